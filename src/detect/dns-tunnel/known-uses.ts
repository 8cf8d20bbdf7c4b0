import { z } from "zod";
import { shippedList } from "../../kernel/shipped-list.js";

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

/** `known-uses.yaml`. @throws LW_CONFIG where it was damaged. */
export const knownUses = shippedList(
  "The list of known uses of the DNS",
  "src/detect/dns-tunnel/known-uses.yaml",
  (content) => new KnownUses(listSchema.parse(content)),
);
