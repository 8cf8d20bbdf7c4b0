import { readFileSync } from "node:fs";
import { join } from "node:path";
import ipaddr from "ipaddr.js";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { LongwatchError, messageOf } from "../../kernel/errors.js";
import { packageRoot } from "../../kernel/package-root.js";

const listSchema = z.strictObject({
  uses: z.array(
    z.strictObject({
      name: z.string().min(1),
      domains: z.array(z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/)),
      networks: z.array(z.string().refine((network) => ipaddr.isValidCIDR(network))),
      reason: z.string().min(1),
      source: z.string().min(1),
    }),
  ),
});
export type KnownUse = z.infer<typeof listSchema>["uses"][number];

let loaded: readonly KnownUse[] | undefined;

/** `known-uses.yaml`. @throws LW_CONFIG where the list that comes with the program was damaged. */
export function knownUses(): readonly KnownUse[] {
  if (loaded !== undefined) return loaded;
  const file = join(packageRoot, "src", "detect", "false-protocol", "known-uses.yaml");
  try {
    loaded = listSchema.parse(parseYaml(readFileSync(file, "utf8"))).uses;
    return loaded;
  } catch (error) {
    throw new LongwatchError(
      "LW_CONFIG",
      `The list of known protocols on web ports cannot be read (${messageOf(error)}): install Longwatch again.`,
      { file },
      error,
    );
  }
}

/** The use that a server is known for, by its address or by one of its names. */
export function knownUseOf(address: string, names: readonly string[]): KnownUse | undefined {
  return knownUses().find(
    ({ domains, networks }) =>
      domains.some((domain) => names.some((name) => name === domain || name.endsWith(`.${domain}`))) ||
      networks.some((network) => contains(network, address)),
  );
}

function contains(network: string, address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  const [base, bits] = ipaddr.parseCIDR(network);
  return parsed.kind() === base.kind() && parsed.match(base, bits);
}
