import ipaddr from "ipaddr.js";
import { unique } from "../../kernel/group-by.js";
import { maskSecrets } from "../../kernel/mask.js";
import { parseTime, rfc3339 } from "../../kernel/time.js";
import {
  type Entity,
  type Evidence,
  type Finding,
  type FindingPart,
  findingId,
  type ScoreComponent,
  severityOf,
  severityRank,
} from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { type EventLine, eventEvidence } from "../shared/event-evidence.js";
import { addressEntities, orgIdOf } from "../shared/host-owners.js";
import { inWords } from "./judge.js";
import { manifest } from "./manifest.js";
import { MEANS } from "./means.js";
import { say } from "./messages.js";
import type { Hop, Movement } from "./movement.js";
import { isKnownAccount } from "./step.js";

/** Least score for low, medium, high, critical. */
export const LADDER = [0.2, 0.5, 0.75, 0.92] as const;
/** Hosts that a movement ties together; a finding about more says how machines are here, to correlation. The others are mentioned. */
const TIED = 7;
const LISTED = 50;
const TOLD = 8;
const EVIDENCE = 20;
const LONGEST_SUMMARY = 300;

export interface Judged {
  movement: Movement;
  components: ScoreComponent[];
  score: number;
}

/** @param more further movements of the same account from the same host, less grave ones */
export function findingOf(
  context: Pick<DetectContext, "hosts">,
  { movement, components, score }: Judged,
  more: number,
): Finding {
  const { hops } = movement;
  const [begin] = hops as [Hop];
  const { realm, owner, source } = begin.step;
  const orgId = orgIdOf(owner);
  const org = orgId === null ? {} : { org: orgId };
  const severity = severityOf(score, LADDER);
  const isGrave = severityRank(severity) >= severityRank("medium");
  const first = Math.min(...hops.map(({ step }) => step.first));
  const last = Math.max(...hops.map(({ step }) => step.last));
  const hosts = unique(hops.flatMap(({ step }) => [step.source, step.target])).filter((host) => host !== "");
  const accounts = unique(
    hops
      .flatMap(({ step }) => [step.actor, step.account])
      .flatMap((each) => (each !== undefined && isKnownAccount(each) ? [each.label] : [])),
  );
  // Told are the steps that tell, and those they follow from; the rest are in the facts.
  const told = hops.filter((hop) => hop.isTelling || hops.some(({ before }) => before === hop));
  const path = (told.length > 0 ? told : hops).map(stepInWords);
  const telling = components
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value * b.weight - a.value * a.weight);
  return {
    id: findingId(
      manifest.id,
      orgId,
      realm,
      source,
      ...(source === "" ? [begin.step.target] : []),
      begin.step.account.domain,
      begin.step.account.name,
    ),
    detector: manifest.id,
    title: say(
      "lateral-movement.from-host-host",
      hosts.slice(0, 4).join(" → "),
      hosts.length > 4 ? say("lateral-movement.more", hosts.length - 4) : "",
      source === "" ? say("lateral-movement.from-unknown-host") : "",
    ),
    severity,
    score: Math.round(score * 1000) / 1000,
    components,
    first_seen: rfc3339(first),
    last_seen: rfc3339(last),
    org_id: orgId,
    entities: entitiesOf(context, { realm, source, hosts, accounts, first, last, isGrave }),
    attack: unique(
      (told.length > 0 ? told : hops).flatMap(({ step }) =>
        step.means.size === 0
          ? [...MEANS.logon.attack]
          : [...step.means.keys()]
              .filter((each) => MEANS[each].strength >= 0.1 || step.means.size === 1)
              .flatMap((each) => [...MEANS[each].attack]),
      ),
    ).sort(),
    evidence: (told.length > 0 ? told : hops)
      .flatMap(({ step }) =>
        step.evidence.map(({ line, what }) =>
          evidenceOf(line, `${step.source || "unknown host"} → ${step.target}: ${what}`),
        ),
      )
      .slice(0, EVIDENCE),
    explanation: {
      key: "lateral-movement.path",
      args: [
        { type: "list", value: hosts.slice(0, LISTED), ...org },
        { type: "time", value: rfc3339(first) },
        { type: "time", value: rfc3339(last) },
        {
          type: "text",
          value: [
            ...path.slice(0, TOLD),
            ...(path.length > TOLD ? [`${path.length - TOLD} more steps`] : []),
            ...(more > 0 ? [`${more} more such movements, less grave`] : []),
          ].join("; "),
          ...org,
        },
        { type: "text", value: telling.map(({ meaning }) => meaning).join("; "), ...org },
      ],
    },
    caveats: [
      say("lateral-movement.administrators-work-from-afar"),
      ...(source === "" ? [say("lateral-movement.no-record-says-from")] : []),
    ],
    // What is grave and has one step says by its entities where it leads.
    ...((hops.length > 1 || !isGrave) && { parts: partsOf(hops) }),
    facts: {
      hosts: hosts.slice(0, LISTED),
      accounts: accounts.slice(0, LISTED),
      means: unique(hops.flatMap(({ step }) => [...step.means.keys()])).sort(),
      path: path.slice(0, LISTED),
      steps: hops.length,
      traits: telling.map(({ name }) => name),
    },
    tlp: "clear",
  };
}

/** Each step: that an account came to one host and to another does not tie these to each other beyond it. */
function partsOf(hops: readonly Hop[]): FindingPart[] {
  return hops.slice(0, LISTED).map(({ step }) => {
    const { realm, source, target, account, actor, first, last } = step;
    const hosts = [
      ...(source === "" ? [] : [{ value: source, role: "origin" }]),
      { value: target, role: "victim" },
    ];
    const accounts = unique(
      [actor, account].flatMap((each) => (each && isKnownAccount(each) ? [each.label] : [])),
    );
    return {
      first_seen: rfc3339(first),
      last_seen: rfc3339(last),
      entities: [
        ...hosts.map(({ value, role }): Entity => ({ kind: kindOf(value), value, realm, role })),
        ...accounts.map((value): Entity => ({ kind: "account", value, realm, role: "account" })),
      ],
    };
  });
}

const kindOf = (host: string): Entity["kind"] => (ipaddr.isValid(host) ? "address" : "host");

/** A line of an event log, or of what a sensor saw ({@link LINE_OF_WIRE}). */
function evidenceOf(line: EventLine, what: string): Evidence {
  const [time, source_id, source_line, table, eventId] = line;
  if (eventId !== 0) return eventEvidence(line, what);
  const summary = maskSecrets(what);
  return {
    table,
    source_id,
    line: Number(source_line),
    time: rfc3339(parseTime(time)),
    summary: summary.length > LONGEST_SUMMARY ? `${summary.slice(0, LONGEST_SUMMARY)}…` : summary,
  };
}

/** `ws5 → ws6 as CONTOSO\anna: a program started over WMI (whoami), 2024-03-01T12:00:00.000Z` */
function stepInWords(hop: Hop): string {
  const { source, target, account, means, first } = hop.step;
  const [strongest] = [...means].sort(([a], [b]) => MEANS[b].strength - MEANS[a].strength);
  const detail =
    strongest === undefined || strongest[1].detail === "" ? "" : ` (${maskSecrets(strongest[1].detail)})`;
  return `${source || "an unknown host"} → ${target}${isKnownAccount(account) ? ` as ${account.label}` : ""}: ${inWords(hop)}${detail}, ${rfc3339(first)}`;
}

function entitiesOf(
  context: Pick<DetectContext, "hosts">,
  {
    realm,
    source,
    hosts,
    accounts,
    first,
    last,
    isGrave,
  }: {
    realm: string;
    source: string;
    hosts: string[];
    accounts: string[];
    first: number;
    last: number;
    isGrave: boolean;
  },
): Entity[] {
  const tied = hosts.slice(0, TIED);
  const role = (host: string) =>
    !isGrave || !tied.includes(host) ? "mentioned" : host === source ? "origin" : "victim";
  return [
    ...hosts.slice(0, LISTED).map(
      (value): Entity => ({
        kind: kindOf(value),
        value,
        realm,
        role: role(value),
      }),
    ),
    ...accounts
      .slice(0, LISTED)
      .map((value): Entity => ({ kind: "account", value, realm, role: isGrave ? "account" : "mentioned" })),
    ...addressEntities(context, realm, tied, first, last, isGrave ? "victim" : "mentioned"),
  ];
}
