import { groupBy } from "../../kernel/group-by.js";
import type { SiteUse } from "../shared/site-index.js";

/** More domains than this follow a fashion, not a generator. */
const MOST_ALIKE = 12;

/** The registrable name with runs of digits as `#`: `node17-relay.example` → `node#-relay.example`; undefined without digits. */
export function patternOf({ site }: Pick<SiteUse, "site">): string | undefined {
  if (!/\d/.test(site.label)) return undefined;
  const masked = site.label.replace(/\d+/g, "#");
  const letters = masked.replace(/[^\p{L}]/gu, "").length;
  return masked.includes("#") && letters >= 4 ? `${masked}.${site.suffix}` : undefined;
}

/** Rare domains that differ only in their numbers, e.g. from one numbered series. */
export function patternSiblings(
  sites: readonly SiteUse[],
): Map<string, { sibling: string; pattern: string }[]> {
  const result = new Map<string, { sibling: string; pattern: string }[]>();
  for (const [pattern, alike] of groupBy(sites, (use) => patternOf(use) ?? "")) {
    if (pattern === "" || alike.length < 2 || alike.length > MOST_ALIKE) continue;
    for (const { site } of alike) {
      result.set(
        site.domain,
        alike
          .filter((other) => other.site.domain !== site.domain)
          .map((other) => ({ sibling: other.site.domain, pattern })),
      );
    }
  }
  return result;
}
