import { groupBy, unique } from "../../kernel/group-by.js";
import { MINUTE, parseTime } from "../../kernel/time.js";
import { severityRank } from "../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { ownerParameters } from "../shared/host-owners.js";
import { processStarts } from "../shared/process-starts.js";
import { hostKey, knownLetters, type Plug, plugCount, plugsOf } from "./drives.js";
import { findingOf, hostsOf, identityOf } from "./finding.js";
import { type Judged, judge } from "./judge.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { fillersOf, offspringOf, type Suspect, suspectsOf } from "./suspect.js";
import { actsOf, type Start, startsFromDrives, type Writing, writingsOntoDrives } from "./traces.js";

export const detector: Detector = {
  manifest,
  async run(context: DetectContext): Promise<DetectorResult> {
    const owners = await ownerParameters(context);
    const started = (await processStarts(context, owners)).reduce((sum, { starts }) => sum + starts, 0);
    if (started === 0)
      return {
        findings: [],
        evaluated: [{ what: say("removable-media-worm.started-programs"), count: 0 }],
        notTested: say("removable-media-worm.no-event-tells-started"),
      };
    const bound = { ...owners, ...(await knownLetters(context)) };
    const most = context.parameter("max_groups");
    const starts = await startsFromDrives(context, bound, most);
    const writings = await writingsOntoDrives(context, bound, most);
    const suspects = await surroundings(context, bound, starts, writings);
    const groups = groupBy(suspects, (each) => JSON.stringify([each.owner, ...identityOf(each)]));
    const leastSigns = context.parameter("least_signs");
    const leastScore = context.parameter("least_score");
    const judged = [...groups.values()].flatMap((group) => {
      // Many programs are called setup.exe: only where it shows signs as well it is the same one.
      const suspicious = group.filter((suspect) => judge(suspect, 1).signs.length >= leastSigns);
      const hosts = unique(suspicious.flatMap(hostsOf)).length;
      const told = suspicious
        .map((suspect) => judge(suspect, hosts))
        .filter(({ score }) => score >= leastScore)
        .sort(gravestFirst);
      return told.length === 0 ? [] : [told as [Judged, ...Judged[]]];
    });
    return {
      findings: judged
        .sort(([a], [b]) => gravestFirst(a, b))
        .slice(0, context.parameter("max_findings"))
        .map((group) => findingOf(context, group)),
      evaluated: [
        { what: say("removable-media-worm.started-programs"), count: started },
        {
          what: say("removable-media-worm.programs-from-drives-neither"),
          count: starts.length,
        },
        {
          what: say("removable-media-worm.folders-drives-into-which"),
          count: writings.length,
        },
        { what: say("removable-media-worm.events-storage-plugged"), count: await plugCount(context) },
      ],
    };
  },
};

/** Traces with what their processes did, and the storage that was plugged in before. */
async function surroundings(
  context: DetectContext,
  bound: Awaited<ReturnType<typeof ownerParameters>>,
  starts: readonly Start[],
  writings: readonly Writing[],
): Promise<Suspect[]> {
  const traces = [...starts, ...writings];
  const hosts = unique(traces.map(({ host }) => host));
  const on = (host: string) => (process: string) => ({ host, process });
  const acts = await actsOf(
    context,
    bound,
    traces.flatMap(({ host, processes }) => processes.map(on(host))),
  );
  const direct = (start: Start) => start.processes.flatMap((process) => acts.get(process) ?? []);
  const offspring = new Map(starts.map((start) => [start, offspringOf(start, direct(start))]));
  const later = await actsOf(
    context,
    bound,
    [...offspring].flatMap(([{ host }, processes]) => processes.map(on(host))),
  );
  const actsOfStart = (start: Start) => [
    ...direct(start),
    ...(offspring.get(start) ?? []).flatMap((process) => later.get(process) ?? []),
  ];
  const plugs = await plugsOf(context, hosts);
  const within = context.parameter("plugged_minutes") * MINUTE;
  return suspectsOf(starts, fillersOf(writings, acts), actsOfStart).map((suspect) => {
    const first = suspect.start ?? suspect.fillers[0]?.writings[0];
    const onHost = plugs.get(hostKey(suspect.realm, suspect.host)) ?? [];
    const letter = (suspect.start?.path ?? suspect.fillers[0]?.writings[0].folder ?? "").slice(0, 1);
    return {
      ...suspect,
      plug: first === undefined ? undefined : lastBefore(onHost, parseTime(first.first[0]), within, letter),
      isNamed: onHost.some((plug) => plug.letter === letter),
    };
  });
}

/** The last of these that may be the drive of this letter, and was plugged in at most so long before. */
function lastBefore(plugs: readonly Plug[], time: number, within: number, letter: string): Plug | undefined {
  return plugs.findLast(
    (plug) =>
      plug.time <= time && time - plug.time <= within && (plug.letter === "" || plug.letter === letter),
  );
}

function gravestFirst(a: Judged, b: Judged): number {
  return (
    severityRank(b.severity) - severityRank(a.severity) ||
    b.score - a.score ||
    (a.suspect.host < b.suspect.host ? -1 : 1)
  );
}
