import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { isPublicAddress } from "../shared/endpoint.js";
import { kinshipStrength, type LabelKinship, labelKinship } from "../shared/label-sets.js";
import { type ProviderList, providerList } from "../shared/providers.js";
import { namesOnServers } from "../shared/servers.js";
import { siteOf } from "../shared/site.js";
import { NAMES_KEPT, readSites, type SiteIndex, type SiteUse } from "../shared/site-index.js";
import type { Lexicon } from "./lexicon.js";
import type { Lookalike, LookalikeFinder } from "./lookalike.js";
import { type NameEvidence, nameEvidence } from "./name-evidence.js";
import { oddness } from "./ports.js";
import { LEAST_PRETENCE } from "./score.js";

export interface Candidate {
  use: SiteUse;
  name: NameEvidence;
  lookalike: Lookalike | undefined;
  kinship: LabelKinship | undefined;
}

export interface Selection {
  candidates: Candidate[];
  /** Rare sites that were weighed by name. */
  weighed: number;
  index: SiteIndex;
  /** Addresses that stand out by behaviour. */
  behavioural: number;
}

/**
 * Two cheap nets: what a site's names pretend, and which addresses behave oddly. Only their catch (some thousands) is examined in
 * detail. The second net is why a name on words that no lexicon has is still found.
 */
export async function selectCandidates(
  context: DetectContext,
  tools: { lexicon: Lexicon; lookalikes: LookalikeFinder },
  insideHosts: number,
): Promise<Selection> {
  const index = await readSites(context);
  const popular = Math.max(
    context.parameter("popular_hosts"),
    context.parameter("popular_share") * insideHosts,
  );
  const rare = new Map<string, SiteUse>();
  for (const [domain, use] of index.sites) {
    if (use.hosts <= popular && use.nameCount <= NAMES_KEPT) rare.set(domain, use);
  }
  const kinship = labelKinship([...rare.values()], index.sites.values());
  const most = context.parameter("max_candidates");
  const chosen = new Map<string, { candidate: Candidate; pretence: number }>();
  for (const use of rare.values()) {
    const candidate = weigh(use, kinship.get(use.site.domain), tools);
    const pretence = Math.max(
      candidate.name.value,
      candidate.lookalike?.value ?? 0,
      kinshipStrength(candidate.kinship),
    );
    if (pretence >= LEAST_PRETENCE) chosen.set(use.site.domain, { candidate, pretence });
  }
  const kept = [...chosen.values()]
    .sort((a, b) => b.pretence - a.pretence || compare(a.candidate, b.candidate))
    .slice(0, most);
  const result = new Map(kept.map(({ candidate }) => [candidate.use.site.domain, candidate]));

  const odd = await oddServers(context, popular, most);
  for (const names of (await namesOnServers(context, odd)).values()) {
    for (const domain of rareSites(names, rare, context.parameter("shared_sites"), providerList())) {
      const use = rare.get(domain);
      if (use !== undefined && !result.has(domain))
        result.set(domain, weigh(use, kinship.get(domain), tools));
    }
  }
  return { candidates: [...result.values()], weighed: rare.size, index, behavioural: odd.length };
}

const compare = (a: Candidate, b: Candidate): number => (a.use.site.domain < b.use.site.domain ? -1 : 1);

function weigh(
  use: SiteUse,
  kinship: LabelKinship | undefined,
  tools: { lexicon: Lexicon; lookalikes: LookalikeFinder },
): Candidate {
  const below = use.names.map((name) => serviceLabelsOf(name, use.site.domain));
  return {
    use,
    kinship,
    name: nameEvidence(use.site, below.flat(), tools.lexicon),
    lookalike: tools.lookalikes.find(use.site, below),
  };
}

function serviceLabelsOf(name: string, domain: string): string[] {
  return name.length > domain.length ? name.slice(0, name.length - domain.length - 1).split(".") : [];
}

/** The sites on an address, unless it is shared or a provider's. */
function rareSites(
  names: readonly string[],
  rare: ReadonlyMap<string, SiteUse>,
  shared: number,
  providers: ProviderList,
): string[] {
  if (names.some((name) => providers.of(name) !== undefined)) return [];
  const sites = new Set(names.map((name) => siteOf(name)?.domain).filter((domain) => domain !== undefined));
  return sites.size >= shared ? [] : [...sites].filter((domain) => rare.has(domain));
}

/** Addresses that few hosts use, for days, on several unusual ports or to send far more than they get. */
async function oddServers(context: DetectContext, popular: number, most: number): Promise<string[]> {
  const rows = await context.query<{ ip: string; ports: number[]; skew: number }>(
    `SELECT toString(dst_ip) AS ip, groupUniqArrayIf(32)(dst_port, protocol = 'tcp' AND answered > 0) AS ports,
            log10(1 + greatest(0, sum(bytes_out))) - log10(1 + greatest(0, sum(bytes_in))) AS skew
     FROM contact_hourly
     WHERE channel = 'flow' AND (address_realm, src_ip) IN (SELECT address_realm, ip FROM internal_host)
       AND (address_realm, dst_ip) NOT IN (SELECT address_realm, ip FROM internal_host)
     GROUP BY dst_ip
     HAVING sum(answered) >= {least:Int64} AND uniqCombined(12)(address_realm, src_ip) <= {popular:UInt64}
        AND uniqCombined(12)(toDate(hour)) >= 2
        AND (length(ports) >= 2 OR (skew >= 0.4 AND sum(bytes_out) >= 1000000))
     ORDER BY length(arrayFilter(p -> p NOT IN (80, 443, 53, 25, 22), ports)) DESC, skew DESC, dst_ip
     LIMIT {most:UInt32}`,
    { least: context.parameter("min_connections"), popular: Math.ceil(popular), most: most * 2 },
  );
  return rows
    .filter(({ ports, skew }) => oddness(ports) >= 0.3 || skew >= 0.4)
    .map(({ ip }) => plainAddress(ip))
    .filter((ip) => isPublicAddress(ip) && !context.allow.address(ip))
    .slice(0, most);
}
