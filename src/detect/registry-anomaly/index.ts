import { chunks, groupBy } from "../../kernel/group-by.js";
import { parseTime } from "../../kernel/time.js";
import { severityRank } from "../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { ownerParameters } from "../shared/host-owners.js";
import { findingOf, identityOf } from "./finding.js";
import { type Candidate, type Judged, judge, type Limits } from "./judge.js";
import { registryList } from "./list.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import {
  beginnings,
  hostKey,
  ownerKey,
  type Telemetry,
  telemetryOf,
  type Writes,
  writesTo,
} from "./writes.js";

const CHUNK = 2_000;
const NOTHING: Telemetry = { events: 0, hosts: 0, hostDays: 0 };

export const detector: Detector = {
  manifest,
  async run(context: DetectContext): Promise<DetectorResult> {
    const owners = await ownerParameters(context);
    const telemetry = await telemetryOf(context, owners);
    const events = [...telemetry.values()].reduce((sum, each) => sum + each.events, 0);
    if (events === 0)
      return {
        findings: [],
        evaluated: [{ what: say("registry-anomaly.events-registry"), count: 0 }],
        notTested: say("registry-anomaly.no-event-tells-registry"),
      };
    const list = registryList();
    const found = await writesTo(context, owners, list, context.parameter("max_groups"));
    const candidates = found.flatMap((writes): Candidate[] => {
      const place = list.placeOf(writes);
      return place === undefined ? [] : [{ writes, place }];
    });
    const least = context.parameter("least_score");
    const judged = (await judgeAll(context, candidates, telemetry))
      .filter(({ score }) => score >= least)
      .sort(gravestFirst);
    const groups = groupBy(judged, (each) => JSON.stringify([each.writes.owner, ...identityOf(each)]));
    const count = (some: readonly { events: number }[]) => some.reduce((sum, each) => sum + each.events, 0);
    return {
      findings: [...groups.values()]
        .slice(0, context.parameter("max_findings"))
        .map((group) => findingOf(context, group as [Judged, ...Judged[]])),
      evaluated: [
        { what: say("registry-anomaly.events-registry"), count: events },
        { what: say("registry-anomaly.writes-places-list"), count: count(found) },
        {
          what: say("registry-anomaly.these-not-what-ordinary"),
          count: count(candidates.map(({ writes }) => writes)),
        },
      ],
    };
  },
};

async function judgeAll(
  context: DetectContext,
  candidates: readonly Candidate[],
  telemetry: ReadonlyMap<string, Telemetry>,
): Promise<Judged[]> {
  const limits: Limits = {
    historyHours: context.parameter("history_hours"),
    commonHosts: context.parameter("common_hosts"),
  };
  const began = new Map<string, number>();
  for (const hosts of chunks([...new Set(candidates.map(({ writes }) => writes.first[3]))], CHUNK))
    for (const [host, at] of await beginnings(context, hosts)) began.set(host, at);
  const ofPlace = groupBy(candidates, placeKey);
  const daysOf = new Map(
    [...ofPlace].map(([key, own]) => [key, own.reduce((sum, { writes }) => sum + writes.hostDays, 0)]),
  );
  const ofFamily = groupBy(candidates, familyKey);
  const valuesOf = new Map(
    [...ofFamily].map(([key, own]) => [key, new Set(own.map(({ writes }) => writes.path)).size]),
  );
  return candidates.map((candidate) => {
    const { writes, place } = candidate;
    return judge(
      candidate,
      {
        telemetry: telemetry.get(ownerKey(writes)) ?? NOTHING,
        beginning: began.get(hostKey(writes.realm, writes.first[3])) ?? parseTime(writes.first[0]),
        otherDays: (daysOf.get(placeKey(candidate)) ?? 0) - writes.hostDays,
        together: place.kind === "setting" ? (valuesOf.get(familyKey(candidate)) ?? 1) : 1,
      },
      limits,
    );
  });
}

const placeKey = ({ writes, place }: Candidate): string => JSON.stringify([ownerKey(writes), place.what]);

/** What one program changed of one kind on one host; of many hosts, the first stands for all. */
const familyKey = ({ writes, place }: Candidate): string =>
  JSON.stringify([ownerKey(writes), place.family, writes.writer.toLowerCase(), writes.first[3]]);

const byText = (a: Writes, b: Writes): number =>
  a.path === b.path ? (a.data < b.data ? -1 : Number(a.data > b.data)) : a.path < b.path ? -1 : 1;

function gravestFirst(a: Judged, b: Judged): number {
  return (
    severityRank(b.severity) - severityRank(a.severity) || b.score - a.score || byText(a.writes, b.writes)
  );
}
