import { type SiteUse, serviceLabels } from "./site-index.js";

/** Two or more otherwise unrelated domains that carry the same service labels, and how surprising that is. */
export interface LabelKinship {
  /** Labels shared with the closest siblings. */
  shared: string[];
  siblings: string[];
  /**
   * How many other domains would carry these labels by chance, were labels handed out independently. Well under 1: one hand chose
   * the names.
   */
  expected: number;
  /** The siblings one by one, the least expected first. */
  kin: { domain: string; shared: string[]; expected: number }[];
}

const MOST_KIN = 20;

/** Labels that hosting panels and mail set-ups create for everyone: shared by millions, so they say nothing of kinship. */
const CONVENTIONAL = new Set([
  "www",
  "mail",
  "webmail",
  "smtp",
  "imap",
  "pop",
  "mx",
  "ftp",
  "autodiscover",
  "autoconfig",
  "cpanel",
  "whm",
  "webdisk",
  "cpcontacts",
  "cpcalendars",
  "m",
  "mta-sts",
  "lyncdiscover",
  "sip",
  "enterpriseenrollment",
  "enterpriseregistration",
  "_dmarc",
  "_domainkey",
  "localhost",
]);

/** Sites with more labels than this are too large to be told by them. */
const MOST_LABELS = 16;
/** A pair of labels on more sites than this, or on a larger share, is a convention of the trade. */
const MOST_SITES = 60;

/** From this many expected siblings on, a shared set is no kinship at all. */
const UNREMARKABLE = 3;

/**
 * Finds kin among `sites` (rare ones, real providers already gone) from the data alone: no label is known beforehand.
 *
 * `background` is every site of the telemetry that tells how common a label is.
 *
 * For each pair of sites the labels both carry are weighed against how often each label occurs in the background:
 * expected = sites of the background × (ways to choose as many of the site's labels) × Π share(label), the two sites themselves left out of the shares, and the shares of small samples drawn towards
 * 1 in 13 (1.5 of 20 made-up sites): a dozen sites cannot show that a label is rare. Pairs are found through pairs of labels, so the
 * work grows with the number of labels on a site and not with the square of the sites.
 */
export function labelKinship(
  sites: readonly SiteUse[],
  background: Iterable<SiteUse> = sites,
): Map<string, LabelKinship> {
  const labelled = sites
    .map((use) => ({ use, labels: kinLabels(use) }))
    .filter(({ labels }) => labels.length >= 2 && labels.length <= MOST_LABELS);
  const frequency = new Map<string, number>();
  let total = 0;
  // Also sites with a single label, and popular ones, say how common a label is.
  for (const use of background) {
    total += 1;
    for (const label of kinLabels(use)) frequency.set(label, (frequency.get(label) ?? 0) + 1);
  }
  const expected = (shared: readonly string[]): number =>
    shared.reduce(
      (product, label) => product * ((Math.max(0, (frequency.get(label) ?? 0) - 2) + 1.5) / (total + 20)),
      total,
    );

  const found = new Map<string, LabelKinship>();
  for (const [left, right] of kinPairs(labelled)) {
    const a = labelled[left];
    const b = labelled[right];
    if (a === undefined || b === undefined || sameName(a.use, b.use)) continue;
    const shared = a.labels.filter((label) => b.labels.includes(label));
    const chance = expected(shared);
    // Some k of n labels are found to agree more easily than k that were named beforehand.
    const forA = chance * choose(a.labels.length, shared.length);
    const forB = chance * choose(b.labels.length, shared.length);
    if (forA < UNREMARKABLE) note(found, a.use.site.domain, b.use.site.domain, shared, forA);
    if (forB < UNREMARKABLE) note(found, b.use.site.domain, a.use.site.domain, shared, forB);
  }
  return found;
}

function kinLabels(use: SiteUse): string[] {
  return serviceLabels(use).filter((label) => !CONVENTIONAL.has(label));
}

/** Number of ways to choose k of n. */
function choose(n: number, k: number): number {
  let ways = 1;
  for (let step = 1; step <= k; step++) ways = (ways * (n - k + step)) / step;
  return ways;
}

/** Pairs of positions that share at least two labels, once each. */
function* kinPairs(labelled: readonly { labels: readonly string[] }[]): Generator<[number, number]> {
  const holders = new Map<string, number[]>();
  labelled.forEach(({ labels }, position) => {
    for (let a = 0; a < labels.length; a++) {
      for (let b = a + 1; b < labels.length; b++) {
        const key = `${labels[a]} ${labels[b]}`;
        const list = holders.get(key);
        if (list === undefined) holders.set(key, [position]);
        else list.push(position);
      }
    }
  });
  const seen = new Set<number>();
  for (const positions of holders.values()) {
    if (positions.length < 2 || positions.length > MOST_SITES) continue;
    for (let a = 0; a < positions.length; a++) {
      for (let b = a + 1; b < positions.length; b++) {
        const left = positions[a] as number;
        const right = positions[b] as number;
        const key = left * labelled.length + right;
        if (seen.has(key)) continue;
        seen.add(key);
        yield [left, right];
      }
    }
  }
}

/** `acme.com` and `acme.net` are one owner's in the open, not two unrelated domains. */
function sameName(a: SiteUse, b: SiteUse): boolean {
  return a.site.label === b.site.label;
}

function note(
  found: Map<string, LabelKinship>,
  domain: string,
  sibling: string,
  shared: string[],
  expected: number,
): void {
  const known = found.get(domain) ?? { shared, expected, siblings: [], kin: [] };
  found.set(domain, known);
  known.kin.push({ domain: sibling, shared, expected });
  known.kin.sort((a, b) => a.expected - b.expected || (a.domain < b.domain ? -1 : 1)).splice(MOST_KIN);
  known.siblings = known.kin.map((each) => each.domain);
  known.shared = known.kin[0]?.shared ?? shared;
  known.expected = known.kin[0]?.expected ?? expected;
}

/** 0 where three or more such domains are expected by chance, 1 where fewer than one in a hundred is. */
export function kinshipStrength(kinship: { expected: number } | undefined): number {
  if (kinship === undefined) return 0;
  return Math.min(
    1,
    Math.max(0, Math.log10(UNREMARKABLE / kinship.expected) / Math.log10(UNREMARKABLE / 0.01)),
  );
}
