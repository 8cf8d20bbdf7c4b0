import ipaddr from "ipaddr.js";
import { z } from "zod";
import { shippedList } from "../../kernel/shipped-list.js";

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

/** `known-uses.yaml`. @throws LW_CONFIG where it was damaged. */
export const knownUses = shippedList(
  "The list of known protocols on web ports",
  "src/detect/false-protocol/known-uses.yaml",
  (content): readonly KnownUse[] => listSchema.parse(content).uses,
);

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
