import { groupBy } from "../../kernel/group-by.js";
import { severityRank } from "../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { realmOwners } from "../shared/realm-owner.js";
import { findingOf, identityOf } from "./finding.js";
import { type Judged, judge, type Limits } from "./judge.js";
import { manifest } from "./manifest.js";
import { deletions, hostCounts, type Kind, mechanisms } from "./mechanisms.js";

const KINDS: readonly Kind[] = ["service", "task", "wmi", "run key", "startup folder"];

export const detector: Detector = {
  manifest,
  async run(context: DetectContext): Promise<DetectorResult> {
    const found = await mechanisms(context, context.parameter("max_groups"));
    const hosts = await hostCounts(context);
    const limits: Limits = {
      oftenMinutes: context.parameter("often_minutes"),
      briefMinutes: context.parameter("brief_minutes"),
      commonHosts: context.parameter("common_hosts"),
    };
    const deleted = await deletions(
      context,
      found.filter(({ kind }) => kind === "task").map(({ name }) => name.toLowerCase()),
    );
    const least = context.parameter("least_score");
    const judged = found
      .map((mechanism) =>
        judge(
          mechanism,
          hosts.get(mechanism.realm) ?? 0,
          deleted.get(`${mechanism.realm}|${mechanism.first[3]}|${mechanism.name.toLowerCase()}`),
          limits,
        ),
      )
      .filter(({ score }) => score >= least)
      .sort(gravestFirst);
    const ownerOf = realmOwners(context.directory);
    const groups = groupBy(judged, (each) => JSON.stringify(identityOf(each)));
    return {
      findings: [...groups.values()]
        .slice(0, context.parameter("max_findings"))
        .map((group) => findingOf(group as [Judged, ...Judged[]], ownerOf(group[0]?.mechanism.realm ?? ""))),
      evaluated: [
        ...KINDS.map((kind) => ({
          what: `${kind}: made or changed`,
          count: found.filter((each) => each.kind === kind).reduce((sum, { made }) => sum + made, 0),
        })),
        { what: "like mechanisms", count: found.length },
      ],
      ...(found.length === 0
        ? {
            notTested:
              "no event tells of services, tasks, WMI subscriptions, run keys or startup folders (System 7045, Security 4697, 4698, 4657, Sysmon 11, 13, 20, …)",
          }
        : {}),
    };
  },
};

function gravestFirst(a: Judged, b: Judged): number {
  return (
    severityRank(b.severity) - severityRank(a.severity) ||
    b.score - a.score ||
    (a.mechanism.name < b.mechanism.name ? -1 : 1)
  );
}
