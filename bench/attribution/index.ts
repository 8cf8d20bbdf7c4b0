import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ADMINISTRATION, CRIMINAL } from "../../src/assess/attribution/generic.js";
import { attributedTo, type KnowledgeBase, rivalClusters } from "../../src/intel/knowledge/index.js";
import type { Attribution } from "../../src/model/attribution.js";
import type { RivalClusters } from "../../src/model/cluster-profile.js";
import { importKnowledge } from "../../src/pipeline/knowledge/import.js";
import { loadKnowledge } from "../../src/pipeline/knowledge/load.js";
import { machine, print } from "../measure.js";
import {
  background,
  correlation,
  draw,
  generator,
  incidentOf,
  leaderOf,
  rankOf,
  ranks,
  run,
} from "./cases.js";

const FILE = "intel/enterprise-attack-18.1.stix20.json.gz";
/** A group of whom fewer techniques are known has nothing to be drawn from. */
const LEAST_KNOWN = 8;
const SIZES = [5, 10, 20];
/** Of ten techniques seen, so many are somebody's in general. */
const NOISE = 0.3;
/** Smoothing and the limit of the spread were chosen on seeds without this: incidents that are printed were not there then. */
const FRESH = 10_000;

/**
 * How good attribution by techniques is, and how silent it is where it should be. Needs ATT&CK 18.1 (LONGWATCH_CORPUS).
 *
 * @param scale simulated incidents of each group and size
 */
export async function benchAttribution(_folder: string, scale: number): Promise<void> {
  const file = join(process.env.LONGWATCH_CORPUS ?? "", FILE);
  process.stdout.write(`${machine()}\n`);
  if (!existsSync(file)) {
    process.stdout.write(`not tested: LONGWATCH_CORPUS has no ${FILE}\n`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "longwatch-bench-attribution-"));
  try {
    const out = join(folder, "attack");
    await importKnowledge({ files: [file], out, attackVersion: undefined, grade: undefined });
    const base = await loadKnowledge([out]);
    const rivals = rivalClusters(base);
    print("clusters compared", String(rivals.clusters.length));
    knownGroups(rivals, scale);
    mixture(rivals, scale * 600);
    nobody(rivals, scale * 170);
    administration(rivals, scale * 170);
    artefacts(rivals);
    campaigns(base);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const percent = (part: number, all: number) => (all === 0 ? "–" : `${((100 * part) / all).toFixed(1)} %`);

function verdicts(found: readonly Attribution[]): string {
  const insufficient = found.filter(({ verdict }) => verdict === "insufficient_evidence").length;
  const unknown = found.filter(({ verdict }) => verdict === "unknown_cluster").length;
  return `insufficient ${percent(insufficient, found.length)}, unknown ${percent(unknown, found.length)}, named ${percent(found.length - insufficient - unknown, found.length)} of ${found.length}`;
}

function knownGroups(rivals: RivalClusters, scale: number): void {
  const everyone = background(rivals);
  const groups = rivals.clusters.filter(({ techniques }) => techniques.size >= LEAST_KNOWN);
  print(
    "incidents of known groups",
    `${groups.length} groups with at least ${LEAST_KNOWN} techniques; ${NOISE * 100} % noise`,
  );
  for (const size of SIZES) {
    const next = generator(FRESH + size);
    const made = groups.flatMap(({ id, techniques }) =>
      Array.from({ length: scale }, (_, at) => {
        const own = draw(
          [...techniques.keys()].map((one) => [one, 1] as const),
          Math.round(size * (1 - NOISE)),
          next,
        );
        const others = draw(everyone, size - own.length, next);
        return { id, subject: incidentOf(`${id}-${size}-${at}`, [...new Set([...own, ...others])]) };
      }),
    );
    const found = run(
      made.map(({ subject }) => subject),
      rivals,
    );
    const at = (most: number) =>
      found.filter((each, index) => rankOf(each, made[index]?.id ?? "") <= most).length;
    print(
      `  ${size} techniques`,
      `top-1 ${percent(at(1), found.length)}, top-3 ${percent(at(3), found.length)}; ${verdicts(found)}`,
    );
  }
}

/** Who is behind as often as the priors say: only then can a posterior be right as often as it says. */
function mixture(rivals: RivalClusters, count: number): void {
  const everyone = background(rivals);
  const groups = rivals.clusters.filter(({ techniques }) => techniques.size > 0);
  const next = generator(FRESH + 31);
  const even = (ids: Iterable<string>) => [...ids].map((one) => [one, 1] as const);
  const made = Array.from({ length: count }, (_, at) => {
    const size = SIZES[at % SIZES.length] ?? 10;
    const who = next();
    const group = groups[Math.floor(next() * groups.length)];
    const [truth, list] =
      who < 0.3 && group !== undefined
        ? [group.id, even(group.techniques.keys())]
        : who < 0.6
          ? ["unknown", everyone]
          : who < 0.8
            ? ["criminal", even(CRIMINAL)]
            : ["administration", even(ADMINISTRATION)];
    const own = draw(list, Math.round(size * (1 - NOISE)), next);
    return {
      truth,
      subject: incidentOf(`mixed-${at}`, [...new Set([...own, ...draw(everyone, size - own.length, next)])]),
    };
  });
  const found = run(
    made.map(({ subject }) => subject),
    rivals,
  );
  const pairs = found.flatMap(({ hypotheses }, at) =>
    hypotheses.map(({ cluster, posterior }) => ({ said: posterior, true: cluster === made[at]?.truth })),
  );
  reliability(pairs);
}

/** Of what is said to have a probability, how often is it so? The five first clusters and the three others of every incident. */
function reliability(pairs: readonly { said: number; true: boolean }[]): void {
  print(
    "reliability",
    "30 % known groups, 30 % nobody, 20 % criminals, 20 % administration; posterior said: how often true (cases)",
  );
  const edges = [0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.01];
  let gap = 0;
  for (const [index, from] of edges.slice(0, -1).entries()) {
    const to = edges[index + 1] ?? 1;
    const bin = pairs.filter(({ said }) => said >= from && said < to);
    if (bin.length === 0) continue;
    const said = bin.reduce((sum, pair) => sum + pair.said, 0) / bin.length;
    const truth = bin.filter((pair) => pair.true).length / bin.length;
    gap += (Math.abs(said - truth) * bin.length) / pairs.length;
    print(
      `  ${from.toFixed(2)} to ${Math.min(1, to).toFixed(2)}`,
      `${said.toFixed(3)} said: ${truth.toFixed(3)} true (${bin.length})`,
    );
  }
  print("  expected calibration error", gap.toFixed(3));
}

function nobody(rivals: RivalClusters, count: number): void {
  const everyone = background(rivals);
  print("incidents drawn from no group", "techniques of all groups together");
  for (const size of SIZES) {
    const next = generator(FRESH + 100 + size);
    const found = run(
      Array.from({ length: count }, (_, at) =>
        incidentOf(`nobody-${size}-${at}`, draw(everyone, size, next)),
      ),
      rivals,
    );
    const wins = new Map<string, number>();
    let led = 0;
    for (const each of found) {
      const first = each.hypotheses.find(({ kind }) => kind === "cluster")?.cluster ?? "";
      wins.set(first, (wins.get(first) ?? 0) + 1);
      if (leaderOf(each)?.kind === "cluster") led++;
    }
    const sizes = rivals.clusters.map(({ techniques }) => techniques.size);
    const rates = rivals.clusters.map(({ id }) => (wins.get(id) ?? 0) / count);
    print(
      `  ${size} techniques`,
      `${verdicts(found)}; a cluster ranks before all others in ${percent(led, count)}; size of description and rate of ranking first among clusters: r = ${correlation(sizes, rates).toFixed(2)}, rank r = ${correlation(ranks(sizes), ranks(rates)).toFixed(2)}; most often first: ${percent(Math.max(...wins.values()), count)}`,
    );
  }
}

function administration(rivals: RivalClusters, count: number): void {
  print("ordinary administration", "acts of administrators, 10 % of somebody's in general");
  const everyone = background(rivals);
  for (const size of SIZES) {
    const next = generator(FRESH + 200 + size);
    const found = run(
      Array.from({ length: count }, (_, at) => {
        const own = draw(
          ADMINISTRATION.map((one) => [one, 1] as const),
          Math.round(size * 0.9),
          next,
        );
        return incidentOf(`admin-${size}-${at}`, [...own, ...draw(everyone, size - own.length, next)]);
      }),
      rivals,
    );
    const led = found.filter((each) => leaderOf(each)?.kind === "administration").length;
    print(`  ${size} techniques`, `${verdicts(found)}; administration ranks first in ${percent(led, count)}`);
  }
}

/** One specific trace each, beside techniques of nobody: what a name takes. */
function artefacts(rivals: RivalClusters): void {
  const everyone = background(rivals);
  const next = generator(FRESH + 7);
  const known = rivals.clusters.flatMap(({ id, isUnnamed, artefacts: own }) =>
    own.flatMap(({ kind, value, specificity }) =>
      kind === "domain" && specificity === "specific"
        ? [{ id, isUnnamed, value: value.replaceAll("[.]", ".") }]
        : [],
    ),
  );
  const found = run(
    known.map(({ value }, at) =>
      incidentOf(`trace-${at}`, draw(everyone, 6, next), [
        { entities: [{ kind: "domain", value, role: "server" }] },
      ]),
    ),
    rivals,
  );
  const right = found.filter((each, at) => rankOf(each, known[at]?.id ?? "") === 1).length;
  print(
    "one specific domain, 6 techniques of nobody",
    `its cluster is first in ${percent(right, found.length)}; ${verdicts(found)}`,
  );
}

/** Each attributed campaign of ATT&CK, held against the groups as if neither it nor the reports on it were known. */
function campaigns(base: KnowledgeBase): void {
  const attributed = [...base.entries.values()].flatMap(({ entry }) => {
    const to = entry.kind === "campaign" && entry.imported !== undefined ? attributedTo(base, entry) : [];
    return to.length > 0 && entry.techniques.length > 0 ? [{ entry, to }] : [];
  });
  print(
    "leave one campaign out",
    `${attributed.length} campaigns of ${new Set(attributed.flatMap(({ to }) => to)).size} groups`,
  );
  const results = attributed.map(({ entry, to }) => {
    const rivals = rivalClusters(base, { without: entry.id });
    const techniques = entry.techniques.map(({ technique }) => technique);
    const [found] = run([incidentOf(entry.id, [...new Set(techniques)])], rivals);
    const left = rivals.clusters.find(({ id }) => to.includes(id))?.techniques.size ?? 0;
    const rank = found === undefined ? 99 : Math.min(...to.map((id) => rankOf(found, id)));
    const posterior = found?.hypotheses.find(({ cluster }) => to.includes(cluster))?.posterior ?? 0;
    print(
      `  ${entry.id} of ${to.join(", ")}`,
      `${techniques.length} techniques, ${left} left of the group; place ${rank > 5 ? "beyond 5" : rank}, posterior ${posterior.toFixed(3)}, ${found?.verdict}`,
    );
    return { found, rank };
  });
  const wrong = results.filter(
    ({ found: one, rank }) =>
      rank > 1 && one?.hypotheses[0]?.kind === "cluster" && one.hypotheses[0].posterior > 0.5,
  ).length;
  const within = (most: number) => results.filter(({ rank }) => rank <= most).length;
  const found = results.flatMap((each) => each.found ?? []);
  print(
    "  together",
    `top-1 ${within(1)}, top-3 ${within(3)}, top-5 ${within(5)} of ${results.length}; another cluster above 50 % in ${wrong}; ${verdicts(found)}`,
  );
}
