import { providerList } from "./providers.js";
import { siteOf } from "./site.js";

/** Serves many registrable domains, or a real provider's: then nothing on it is one site's own. */
export function isShared(names: readonly string[], limit: number): boolean {
  const providers = providerList();
  const sites = new Set<string>();
  for (const name of names) {
    if (providers.of(name) !== undefined) return true;
    const site = siteOf(name);
    if (site !== undefined) sites.add(site.domain);
  }
  return sites.size >= limit;
}
