import { groupBy } from "../../kernel/group-by.js";
import { severityRank } from "../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { fileName } from "../shared/windows-path.js";
import { findingOf, type Judged } from "./finding.js";
import { gather } from "./gather.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { componentsOf, type Limits, scoreOf, severityFor } from "./score.js";

export const detector: Detector = {
  manifest,
  async run(context: DetectContext): Promise<DetectorResult> {
    const gathered = await gather(context);
    const limits: Limits = {
      dropMinutes: context.parameter("drop_minutes"),
      installerFiles: context.parameter("installer_files"),
      rareHosts: context.parameter("rare_hosts"),
    };
    const least = context.parameter("least_score");
    const judged = gathered.candidates
      .map((candidate): Judged => {
        const components = componentsOf(candidate, limits);
        return {
          candidate,
          components,
          score: scoreOf(components),
          severity: severityFor(candidate, components),
        };
      })
      .filter(({ score }) => score >= least)
      .sort(gravestFirst);
    const groups = groupBy(judged, ({ candidate: { load } }) =>
      JSON.stringify([load.realm, load.owner, fileName(load.program), fileName(load.module)]),
    );
    const findings = [...groups.values()]
      .slice(0, context.parameter("max_findings"))
      .map((group) => findingOf(context, group as [Judged, ...Judged[]]));
    return {
      findings,
      evaluated: [
        { what: say("dll-sideload.loads-libraries"), count: gathered.loads },
        { what: say("dll-sideload.hosts-loads"), count: gathered.hosts },
        { what: say("dll-sideload.groups-loads-not-plainly"), count: gathered.groups },
        { what: say("dll-sideload.configuration-files-programs"), count: gathered.configurations },
        { what: "candidates", count: gathered.candidates.length },
        { what: say("dll-sideload.entries-catalogue"), count: gathered.entries },
        ...(gathered.unreadable > 0
          ? [{ what: say("dll-sideload.files-catalogue-no-entry"), count: gathered.unreadable }]
          : []),
      ],
      ...(gathered.loads + gathered.configurations === 0
        ? { notTested: say("dll-sideload.no-loads-libraries-sysmon") }
        : {}),
    };
  },
};

function gravestFirst(a: Judged, b: Judged): number {
  return (
    severityRank(b.severity) - severityRank(a.severity) ||
    b.score - a.score ||
    (a.candidate.load.module < b.candidate.load.module ? -1 : 1)
  );
}
