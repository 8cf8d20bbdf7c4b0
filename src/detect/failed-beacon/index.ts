import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { knowsInside, NO_INSIDE } from "../shared/inside.js";
import { missingNameFindings } from "./lookups.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import type { SeverityLimits } from "./score.js";
import { silentServers } from "./servers.js";

export const detector: Detector = { manifest, run };

async function run(context: DetectContext): Promise<DetectorResult> {
  if (!(await knowsInside(context))) return { findings: [], evaluated: [], notTested: NO_INSIDE };
  const [seen] = await context.query<{ flows: number; lookups: number }>(
    "SELECT countIf(channel = 'flow') AS flows, countIf(channel = 'dns') AS lookups FROM contact_hourly",
  );
  const flows = Number(seen?.flows ?? 0);
  const lookups = Number(seen?.lookups ?? 0);
  if (flows + lookups === 0)
    return { findings: [], evaluated: [], notTested: say("failed-beacon.neither-connections-nor-look") };
  const limits = severityLimits(context);
  const parts = [
    ...(flows > 0 ? [await silentServers(context, limits)] : []),
    ...(lookups > 0 ? [await missingNameFindings(context, limits)] : []),
  ];
  return {
    findings: parts.flatMap((part) => part.findings),
    evaluated: [
      { what: say("failed-beacon.hourly-contacts"), count: flows },
      { what: say("failed-beacon.hourly-look-ups"), count: lookups },
      ...parts.flatMap((part) => part.evaluated),
    ],
  };
}

function severityLimits(context: DetectContext): SeverityLimits {
  return {
    regularShare: context.parameter("regular_share"),
    mediumAttempts: context.parameter("medium_attempts"),
    mediumScore: context.parameter("medium_score"),
    lowScore: context.parameter("low_score"),
    rareHosts: context.parameter("rare_hosts"),
    listServers: context.parameter("list_servers"),
  };
}
