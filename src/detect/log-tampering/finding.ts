import { groupBy, unique } from "../../kernel/group-by.js";
import { HOUR, MINUTE, rfc3339 } from "../../kernel/time.js";
import { type Entity, type Finding, findingId, SEVERITIES, severityRank } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { addressEntities, HostOwners } from "../shared/host-owners.js";
import { distinct } from "../shared/log-evidence.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { hostKey } from "./pairs.js";
import { KINDS, type SignGroup } from "./sign.js";

const MOST_EVIDENCE = 12;
const MOST_LISTED = 10;
const WEIGHT = { grade: 0.6, unexplained: 0.2, corroborated: 0.2 };

/** One finding for each group. */
export function findingsOf(context: DetectContext, groups: readonly SignGroup[]): Finding[] {
  const nearby = context.parameter("corroboration_hours") * HOUR;
  const byHost = groupBy(groups, hostKey);
  const owners = new HostOwners(context);
  return groups
    .map((group) => {
      const others = (byHost.get(hostKey(group)) ?? []).filter(
        (other) => other !== group && isIntended(other) && meet(other, group, nearby),
      );
      return findingOf(context, group, others, owners.ownerOf(group.realm, group.host, group.last));
    })
    .sort(
      (a, b) =>
        severityRank(b.severity) - severityRank(a.severity) || b.score - a.score || (a.id < b.id ? -1 : 1),
    );
}

const isIntended = ({ signs }: SignGroup): boolean => signs.some(({ harmless }) => harmless === "");

const meet = (a: SignGroup, b: SignGroup, within: number): boolean =>
  a.first - within <= b.last && b.first - within <= a.last;

function findingOf(
  context: DetectContext,
  group: SignGroup,
  others: readonly SignGroup[],
  orgId: string | null,
): Finding {
  const { kind, realm, host, signs, first, last } = group;
  const { title, grade } = KINDS[kind];
  const attack = unique(signs.flatMap((sign) => sign.attack ?? KINDS[kind].attack));
  const logs = unique(signs.map(({ log }) => log).filter((log) => log !== ""));
  const accounts = unique(signs.flatMap((sign) => sign.accounts));
  const harmless = unique(signs.map((sign) => sign.harmless));
  const unexplained = harmless.includes("");
  const corroborated = others.length > 0;
  const components = [
    {
      name: "grade",
      value: grade,
      weight: WEIGHT.grade,
      meaning: say("log-tampering.how-far-kind-sign"),
    },
    {
      name: "unexplained",
      value: unexplained ? 1 : 0,
      weight: WEIGHT.unexplained,
      meaning: unexplained
        ? say("log-tampering.nothing-harmless-known-looks")
        : say("log-tampering.may-be-harmless", harmless.join("; ")),
    },
    {
      name: "corroborated",
      value: corroborated ? 1 : 0,
      weight: WEIGHT.corroborated,
      meaning: corroborated
        ? say(
            "log-tampering.host-at-about-same",
            others.map((other) => KINDS[other.kind].title.toLowerCase()).join("; "),
          )
        : say("log-tampering.no-other-kind-sign"),
    },
  ];
  const score = components.reduce((sum, { value, weight }) => sum + value * weight, 0);
  const entities: Entity[] = [
    { kind: "host", value: host, realm, role: "victim" },
    ...addressEntities(context, realm, [host], first, last),
    ...accounts
      .slice(0, MOST_LISTED)
      .map((value): Entity => ({ kind: "account", value, realm, role: "actor" })),
  ];
  const org = orgId === null ? {} : { org: orgId };
  return {
    id: findingId(manifest.id, orgId, kind, realm, host.toLowerCase()),
    detector: manifest.id,
    title: `${title}: ${host}`,
    severity: severityOf(group, unexplained, others.length),
    score: Math.round(score * 1000) / 1000,
    components,
    first_seen: rfc3339(first),
    last_seen: rfc3339(last),
    org_id: orgId,
    entities,
    attack,
    evidence: distinct(signs.flatMap(({ evidence }) => evidence)).slice(0, MOST_EVIDENCE),
    explanation: {
      key: `log-tampering.${accounts.length > 0 ? "by" : "signs"}${last - first < MINUTE ? ".once" : ""}`,
      args: [
        { type: "host", value: host, ...org },
        { type: "number", value: group.count },
        { type: "time", value: rfc3339(first) },
        { type: "time", value: rfc3339(last) },
        { type: "list", value: unique(signs.map(({ what }) => what)).slice(0, MOST_LISTED) },
        ...(accounts.length > 0
          ? [{ type: "list" as const, value: accounts.slice(0, MOST_LISTED), ...org }]
          : []),
      ],
    },
    caveats: [
      ...harmless
        .filter((each) => each !== "")
        .map((each) => `For some of it a harmless reason is known: ${each}.`),
      ...(kind === "cleared" ? [say("log-tampering.administrators-clear-logs-as")] : []),
    ],
    facts: { sign: kind, signs: group.count, logs, accounts, corroborated },
    tlp: "clear",
  };
}

/**
 * That of the kind; one step lower where a harmless reason is known, one higher where another kind of sign stands beside it: to critical with two others, since
 * whoever repairs a full disk or prepares an image clears logs and stops a service as well.
 */
function severityOf({ kind }: SignGroup, unexplained: boolean, others: number): Finding["severity"] {
  const own = severityRank(KINDS[kind].severity);
  const most = others >= 2 ? severityRank("critical") : Math.max(own, severityRank("high"));
  const rank = unexplained ? Math.min(most, own + (others > 0 ? 1 : 0)) : Math.max(0, own - 1);
  return SEVERITIES[rank] ?? "informational";
}
