import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { silentProgress } from "../../src/kernel/progress.js";
import type { Attribution } from "../../src/model/attribution.js";
import { attributeStep, correlateStep, detectStep, loadSettings } from "../../src/pipeline/index.js";
import { CORPUS } from "../support/corpus.js";
import { inCase } from "./case.js";

/**
 * Nothing of the real data may be put down to a named cluster without a trace that is specific to it. Each file of host events, and each folder of network
 * logs, is a realm of its own, so that nothing joins what nobody joined.
 */
const SETS: readonly (readonly [name: string, folders: readonly string[]])[] = [
  ["zeek/slips, suricata, netflow, weblogs", ["zeek/slips", "suricata", "netflow", "weblogs"]],
  ["zeek/otrf-apt29", ["zeek/otrf-apt29"]],
  ["zeek/rita-missing-host", ["zeek/rita-missing-host"]],
  ["windows-json/otrf", ["windows-json/otrf"]],
  ["evtx/attack-samples", ["evtx/attack-samples"]],
  ["evtx/benign-windows10", ["evtx/benign-windows10"]],
  ["evtx/hidden-record, evtx/reader-cases", ["evtx/hidden-record", "evtx/reader-cases"]],
  ["sigma/regression_data", ["sigma/regression_data"]],
];

interface Row {
  set: string;
  rows: number;
  incidents: number;
  campaigns: number;
  insufficient_evidence: number;
  unknown_cluster: number;
  consistent_with: number;
  /** The cluster that ranks highest anywhere in the set, and its posterior; a ranking, and no judgement. */
  first_of_clusters: string;
  posterior: number;
  /** The most that specific traces speak for one cluster, beside what a verdict asks for (natural logarithms). */
  gate: string;
}

function rowOf(set: string, rows: number, attribution: readonly Attribution[]): Row {
  const count = (verdict: Attribution["verdict"]) =>
    attribution.filter((each) => each.verdict === verdict).length;
  const [first] = attribution
    .flatMap(({ hypotheses }) => hypotheses.filter(({ kind }) => kind === "cluster"))
    .sort((a, b) => b.posterior - a.posterior);
  const reached = Math.max(0, ...attribution.map(({ gate }) => gate.reached));
  return {
    set,
    rows,
    incidents: attribution.filter(({ subject_kind }) => subject_kind === "incident").length,
    campaigns: attribution.filter(({ subject_kind }) => subject_kind === "campaign").length,
    insufficient_evidence: count("insufficient_evidence"),
    unknown_cluster: count("unknown_cluster"),
    consistent_with: count("consistent_with"),
    first_of_clusters: first?.title ?? "",
    posterior: Number((first?.posterior ?? 0).toFixed(3)),
    gate: `${reached.toFixed(1)} of ${(attribution[0]?.gate.needed ?? 0).toFixed(1)}`,
  };
}

describe.skipIf(CORPUS === undefined)("attribution on real data", () => {
  const table: Row[] = [];
  afterAll(() => console.table(table));

  it("looks at every folder of the corpus that has logs", () => {
    const seen = SETS.flatMap(([, folders]) => folders.map((folder) => folder.split("/", 1)[0]));
    const all = readdirSync(CORPUS ?? "", { withFileTypes: true }).flatMap((each) =>
      each.isDirectory() ? [each.name] : [],
    );
    // No logs: knowledge, figures of others, and times of commits.
    expect(all.filter((name) => !seen.includes(name)).sort()).toEqual(["intel", "oracles", "schedule"]);
  });

  it.each(SETS)("%s: insufficient evidence, or a trace that is specific", async (name, folders) => {
    const paths = folders.map((folder) => join(CORPUS ?? "", folder));
    const settings = loadSettings(undefined, paths);
    const realmOf = (path: string) => {
      const realm = path.slice((CORPUS ?? "").length + 1).replace(/^(zeek\/[^/]+(?:\/[^/]+)?)\/.*/, "$1");
      return { id: realm, realm, tlp: "clear" as const, owner: "", sharingGroup: "" };
    };
    const { rows, attribution } = await inCase(
      paths,
      async (opened) => {
        const detected = await detectStep(opened, settings, silentProgress);
        const correlation = await correlateStep(opened.store, settings.directory, detected.findings);
        const [read] = await opened.store.query<{ n: number }>(
          "SELECT toUInt64(sum(total_rows)) AS n FROM system.tables WHERE database = currentDatabase() AND (name LIKE '%_activity' OR name IN ('windows_event', 'authentication', 'detection_finding'))",
        );
        return {
          rows: Number(read?.n ?? 0),
          attribution: await attributeStep(opened.store, settings, detected, correlation),
        };
      },
      realmOf,
    );
    expect(rows).toBeGreaterThan(0);
    table.push(rowOf(name, rows, attribution));
    for (const { verdict, subject, cluster, evidence, gate } of attribution) {
      if (verdict === "insufficient_evidence") continue;
      const specific = evidence.filter(
        ({ strength, cells }) =>
          strength === "specific" && cells.some((cell) => cell.cluster === cluster && cell.log_ratio > 0),
      );
      console.log(
        `${name}: ${subject} is ${verdict} ${cluster}: ${JSON.stringify(specific.map(({ what }) => what))}`,
      );
      expect(specific).not.toEqual([]);
      expect(gate.reached).toBeGreaterThanOrEqual(gate.needed);
    }
    // As of today there is no such trace in any of it.
    expect(attribution.filter(({ verdict }) => verdict !== "insufficient_evidence")).toEqual([]);
  });
});
