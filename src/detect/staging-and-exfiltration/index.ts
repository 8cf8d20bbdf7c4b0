import { groupBy, unique } from "../../kernel/group-by.js";
import { severityRank } from "../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { ownerParameters } from "../shared/host-owners.js";
import { baseName } from "./act.js";
import { chainsOf } from "./chains.js";
import { findingOf, identityOf, isInside } from "./finding.js";
import { type Judged, judge } from "./judge.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { actsOf, arrivalsOf, type Done, hostCounts } from "./starts.js";
import { seenOnWire } from "./wire.js";

export const detector: Detector = { manifest, run };

async function run(context: DetectContext): Promise<DetectorResult> {
  const owners = await ownerParameters(context);
  const hosts = await hostCounts(context, owners);
  const looked = {
    what: "starts of programs with their command lines, and scripts of PowerShell",
    count: hosts.starts,
  };
  if (hosts.starts === 0)
    return {
      findings: [],
      evaluated: [looked],
      notTested: say("staging-and-exfiltration.no-event-has-command"),
    };
  const least = context.parameter("least_starts");
  const { acts: all, beyond } = await actsOf(context, owners, {
    groups: context.parameter("max_groups"),
    bytes: context.parameter("max_bytes"),
  });
  const acts = all.filter((done) => leaves(context, done));
  const names = unique(
    acts.flatMap(({ act }) =>
      act.kind === "packing" ? [baseName(act.archive)] : act.kind === "upload" ? [baseName(act.file)] : [],
    ),
  ).filter((name) => name !== "");
  const arrivals = await arrivalsOf(context, names.sort());
  const chains = chainsOf(acts, arrivals, {
    windowHours: context.parameter("window_hours"),
    nearMinutes: context.parameter("near_minutes"),
  });
  const wire = await seenOnWire(context, chains, {
    minutes: context.parameter("wire_minutes"),
    bytes: context.parameter("wire_bytes"),
  });
  const limits = {
    routineWeeks: context.parameter("routine_weeks"),
    commonHosts: context.parameter("common_hosts"),
  };
  const judged = chains
    .map((chain) => judge(chain, hosts.of(chain), wire, limits))
    .filter(({ score }) => score >= context.parameter("least_score"))
    .sort(gravestFirst);
  const groups = groupBy(judged, (each) => JSON.stringify([each.chain.owner, ...identityOf(each)]));
  const count = (kind: Done["act"]["kind"]) => acts.filter(({ act }) => act.kind === kind).length;
  return {
    findings: [...groups.values()]
      .slice(0, context.parameter("max_findings"))
      .map((group) => findingOf(context, group as [Judged, ...Judged[]])),
    evaluated: [
      looked,
      { what: say("staging-and-exfiltration.commands-pack-copy-or"), count: acts.length - count("upload") },
      { what: say("staging-and-exfiltration.commands-send-files-away"), count: count("upload") },
      {
        what: say("staging-and-exfiltration.commands-send-files-within"),
        count: all.length - acts.length,
      },
      ...(beyond > 0
        ? [{ what: say("staging-and-exfiltration.commands-these-kinds-there"), count: beyond }]
        : []),
      { what: say("staging-and-exfiltration.chains-these"), count: chains.length },
      { what: say("staging-and-exfiltration.uploads-network-sensor-saw"), count: wire.size },
    ],
    ...(judged.length === 0 && hosts.starts < least
      ? {
          notTested: say("staging-and-exfiltration.only-command-lines-scripts", hosts.starts, least),
        }
      : {}),
  };
}

function leaves({ allow }: Pick<DetectContext, "allow">, { act, host }: Done): boolean {
  if (act.kind !== "upload" || act.server === "") return true;
  return !isInside(act.server, host) && !allow.address(act.server) && !allow.domain(act.server);
}

function gravestFirst(a: Judged, b: Judged): number {
  return (
    severityRank(b.severity) - severityRank(a.severity) ||
    b.score - a.score ||
    (identityOf(a).join("\n") < identityOf(b).join("\n") ? -1 : 1)
  );
}
