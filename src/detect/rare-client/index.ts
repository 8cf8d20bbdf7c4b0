import { severityRank } from "../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { knowsInside, NO_INSIDE } from "../shared/inside.js";
import { type DecisionLimits, isRare } from "./decide.js";
import { callerComponents, inboundFindings, outboundFindings, type WeighedCaller } from "./findings.js";
import { callersSeen, callersWith, hostlessCallers } from "./inbound.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { outboundClients } from "./outbound.js";
import { commonProducts, imitatedProduct } from "./pretence.js";
import { hostsNeeded } from "./rarity.js";
import { type Limits, rarityValue, sumOf } from "./score.js";

export const detector: Detector = { manifest, run };

async function run(context: DetectContext): Promise<DetectorResult> {
  const untested = (notTested: string): DetectorResult => ({ findings: [], evaluated: [], notTested });
  if (!(await knowsInside(context))) return untested(NO_INSIDE);
  const [rows] = await context.query<{ http: number | string; tls: number | string }>(
    "SELECT (SELECT count() FROM http_activity WHERE log_role = 'sensor') AS http, (SELECT count() FROM tls_activity) AS tls",
  );
  if (Number(rows?.http ?? 0) + Number(rows?.tls ?? 0) === 0)
    return untested("neither http_activity nor tls_activity in this case");
  const limits = limitsOf(context);
  const needed = hostsNeeded(limits.maxShare);
  const outbound = await outboundClients(context, needed, limits);
  const inbound = await inboundClients(context, needed, limits);
  const kinds = ["user agent", "JA4", "JA3"];
  const enough = kinds.filter((kind) => (outbound.seen.get(kind) ?? 0) >= needed);
  if (enough.length === 0 && inbound.seen < needed) {
    const seen = kinds.map((kind) => `${outbound.seen.get(kind) ?? 0} with a ${kind}`).join(", ");
    return untested(
      `too few hosts to say which client is rare: ${seen}, and ${inbound.seen} clients outside; ${needed} are needed`,
    );
  }
  const most = context.parameter("max_findings");
  const clients = [...outbound.clients].sort(
    (a, b) =>
      severityRank(b.severity) - severityRank(a.severity) ||
      b.score - a.score ||
      a.client.host.localeCompare(b.client.host) ||
      a.client.signature.localeCompare(b.client.signature),
  );
  return {
    findings: [
      ...(await outboundFindings(context, clients.slice(0, most))),
      ...(await inboundFindings(context, inbound.callers.slice(0, most))),
    ],
    evaluated: [
      ...kinds.map((kind) => {
        const count = outbound.seen.get(kind) ?? 0;
        return {
          what: say("rare-client.hosts", kind, count < needed ? ` (not judged below ${needed})` : ""),
          count,
        };
      }),
      ...outbound.evaluated,
      { what: say("rare-client.these-not-reported-beyond"), count: Math.max(0, clients.length - most) },
      { what: say("rare-client.outside-clients-our-web"), count: inbound.seen },
      { what: say("rare-client.these-repeatedly-without-host"), count: inbound.repeated },
    ],
  };
}

async function inboundClients(
  context: DetectContext,
  needed: number,
  limits: DecisionLimits & Limits,
): Promise<{ seen: number; repeated: number; callers: WeighedCaller[] }> {
  const seen = await callersSeen(context);
  if (seen < needed) return { seen, repeated: 0, callers: [] };
  const callers = await hostlessCallers(context, limits.repeatedHours);
  const counts = await callersWith(
    context,
    callers.map(({ signature }) => signature),
  );
  const products = await commonProducts(context, false, Math.max(3, Math.ceil(seen * limits.maxShare)));
  const weighed = callers.flatMap((caller): WeighedCaller[] => {
    const clientsWithIt = counts.get(caller.signature) ?? 1;
    if (context.allow.address(caller.client) || context.allow.address(caller.server)) return [];
    if (!isRare(clientsWithIt, seen, limits)) return [];
    const imitated = imitatedProduct(caller.shown, products);
    const rarity = rarityValue(clientsWithIt, seen, limits.maxShare);
    const components = callerComponents(caller, clientsWithIt, seen, imitated, rarity);
    const severity = caller.days >= limits.mediumDays ? "low" : "informational";
    return [
      { caller, clientsWithIt, clientsSeen: seen, imitated, severity, components, score: sumOf(components) },
    ];
  });
  return { seen, repeated: callers.length, callers: weighed.sort((a, b) => b.score - a.score) };
}

function limitsOf(context: DetectContext): DecisionLimits & Limits {
  return {
    maxShare: context.parameter("max_share"),
    rareHosts: context.parameter("rare_hosts"),
    maxDestinations: context.parameter("max_destinations"),
    houseShare: context.parameter("house_share"),
    repeatedHours: context.parameter("repeated_hours"),
    mediumDays: context.parameter("medium_days"),
  };
}
