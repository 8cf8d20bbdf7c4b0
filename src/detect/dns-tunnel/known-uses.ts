import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { LongwatchError, messageOf } from "../../kernel/errors.js";
import { packageRoot } from "../../kernel/package-root.js";

const DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/;

const listSchema = z.strictObject({
  zones: z.array(
    z.strictObject({ domain: z.string().regex(DOMAIN), use: z.string().min(1), reason: z.string().min(1) }),
  ),
  forms: z.array(
    z.strictObject({
      form: z.string().min(1),
      action: z.enum(["drop", "cap"]),
      use: z.string().min(1),
      reason: z.string().min(1),
    }),
  ),
  doh: z.array(z.string().regex(DOMAIN)),
});

/** What a name says by its form alone. */
export interface NameForm {
  pattern: RegExp;
  action: "drop" | "cap";
  use: string;
}

/** `known-uses.yaml`: look-ups that look like a tunnel's and are none. */
export class KnownUses {
  readonly forms: readonly NameForm[];
  /** Public resolvers that are asked over HTTPS. */
  readonly doh: readonly string[];
  readonly #zones: ReadonlySet<string>;

  constructor(list: z.infer<typeof listSchema>) {
    this.forms = list.forms.map(({ form, action, use }) => ({ pattern: new RegExp(form), action, use }));
    this.doh = list.doh;
    this.#zones = new Set(list.zones.map(({ domain }) => domain));
  }

  /** True for a listed zone and everything below it. */
  has(zone: string): boolean {
    for (let suffix = zone; suffix.includes("."); suffix = suffix.slice(suffix.indexOf(".") + 1)) {
      if (this.#zones.has(suffix)) return true;
    }
    return false;
  }

  /** The form that at least half of these (names without their domain) have. */
  formOf(names: readonly string[]): NameForm | undefined {
    return this.forms.find(
      ({ pattern }) => names.filter((name) => pattern.test(name)).length * 2 >= Math.max(1, names.length),
    );
  }
}

let loaded: KnownUses | undefined;

/** @throws LW_CONFIG where the list that comes with the program was damaged. */
export function knownUses(): KnownUses {
  if (loaded !== undefined) return loaded;
  const file = join(packageRoot, "src", "detect", "dns-tunnel", "known-uses.yaml");
  try {
    loaded = new KnownUses(listSchema.parse(parseYaml(readFileSync(file, "utf8"))));
    return loaded;
  } catch (error) {
    throw new LongwatchError(
      "LW_CONFIG",
      `The list of known uses of the DNS cannot be read (${messageOf(error)}): install Longwatch again.`,
      { file },
      error,
    );
  }
}
