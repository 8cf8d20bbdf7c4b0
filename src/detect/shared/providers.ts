import { z } from "zod";
import { shippedList } from "../../kernel/shipped-list.js";

/** A vendor whose storage, backup, synchronisation, content delivery or update service is real. */
export interface Provider {
  name: string;
  kinds: readonly string[];
  /** What a look-alike would imitate: the brand, and the second-level labels of its domains that are long enough to be told apart. */
  brands: readonly string[];
  domains: readonly string[];
}

const listSchema = z.strictObject({
  customer_suffixes: z.array(z.string().min(3)),
  providers: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        kinds: z.array(z.enum(["storage", "backup", "sync", "cdn", "update", "platform"])).min(1),
        brands: z.array(z.string().regex(/^[a-z0-9-]{4,}$/)),
        domains: z.array(z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/)).min(1),
      }),
    )
    .min(1),
});

/** Whose name it is, by the kept list. The longest listed suffix decides. */
export class ProviderList {
  readonly providers: readonly Provider[];
  #byDomain = new Map<string, Provider>();
  #customers: ReadonlySet<string>;

  constructor(providers: readonly Provider[], customerSuffixes: readonly string[]) {
    this.providers = providers;
    this.#customers = new Set(customerSuffixes);
    for (const provider of providers) {
      for (const domain of provider.domains) this.#byDomain.set(domain, provider);
    }
  }

  /** The provider that answers for this name; undefined for everybody else's, and for names that a provider rents to customers. */
  of(name: string): Provider | undefined {
    for (let suffix = name; suffix !== ""; suffix = suffix.slice(suffix.indexOf(".") + 1)) {
      if (this.#customers.has(suffix))
        return suffix === name ? this.#byDomain.get(parentOf(name)) : undefined;
      const provider = this.#byDomain.get(suffix);
      if (provider !== undefined) return provider;
      if (!suffix.includes(".")) return undefined;
    }
    return undefined;
  }
}

function parentOf(name: string): string {
  return name.slice(name.indexOf(".") + 1);
}

/** `providers.yaml`. @throws LW_CONFIG where it was damaged. */
export const providerList = shippedList(
  "The list of providers",
  "src/detect/shared/providers.yaml",
  (content) => {
    const list = listSchema.parse(content);
    return new ProviderList(list.providers, list.customer_suffixes);
  },
);
