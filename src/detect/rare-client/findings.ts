import { rfc3339 } from "../../kernel/time.js";
import {
  type ExplanationArg,
  type Finding,
  findingId,
  type ScoreComponent,
  type Severity,
} from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { ClientEvidence } from "./evidence.js";
import type { Caller } from "./inbound.js";
import { kindOf } from "./kinds.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import type { WeighedClient } from "./outbound.js";
import { upperShare } from "./rarity.js";
import { percent } from "./score.js";

/** Destinations that a finding names, the most visited first. */
const NAMED = 5;

export async function outboundFindings(
  context: DetectContext,
  clients: readonly WeighedClient[],
): Promise<Finding[]> {
  const evidence = await ClientEvidence.load(context, clients.flatMap(wantedOf));
  return clients.map((each) => outboundFinding(each, evidence));
}

function wantedOf({ client }: WeighedClient) {
  const { realm, host, signature } = client;
  return client.uses.slice(0, NAMED).map(({ destination }) => ({ realm, host, signature, destination }));
}

function outboundFinding(weighed: WeighedClient, lines: ClientEvidence): Finding {
  const { client, facts, components, score, severity } = weighed;
  const { realm, host, org, uses } = client;
  const [use] = uses;
  if (use === undefined) throw new Error("a rare client without a destination");
  const tags = org === null ? {} : { org };
  const evidence = lines.of(wantedOf(weighed));
  const first = Math.min(...uses.map((each) => each.first));
  const last = Math.max(...uses.map((each) => each.last));
  const shown = shownOf(facts.kind, use.shown);
  const goals = uses.slice(0, NAMED);
  const why = [
    ...(facts.noName ? ["Nobody calls the destination by a name."] : []),
    ...(facts.noHostHeader ? ["The requests have no Host header."] : []),
    ...(facts.pretence === undefined ? [] : [`As to what it pretends: ${facts.pretence}.`]),
    ...(facts.organisations >= 2 ? [`Hosts of ${facts.organisations} organisations go there with it.`] : []),
  ];
  const args: ExplanationArg[] = [
    { type: "host", value: host, ...tags },
    { type: "number", value: facts.hostsOfClient },
    { type: "number", value: facts.hostsSeen },
    { type: "text", value: facts.kind },
    { type: "text", value: shown },
    { type: use.name === "" ? "address" : "domain", value: use.destination },
    { type: "number", value: facts.hostsOfDestination },
    { type: "number", value: facts.requests },
    { type: "time", value: rfc3339(use.first) },
    { type: "time", value: rfc3339(use.last) },
    { type: "number", value: facts.hours },
    { type: "number", value: facts.days },
    { type: "text", value: why.join(" ") },
  ];
  return {
    id: findingId(manifest.id, org, realm, host, client.signature),
    detector: manifest.id,
    title: say("rare-client.goes-client-hardly-anyone", host, use.destination),
    severity,
    score,
    components,
    first_seen: rfc3339(first),
    last_seen: rfc3339(last),
    org_id: org,
    entities: [
      ...goals.map(({ name, destination }) => ({
        kind: name === "" ? ("address" as const) : ("domain" as const),
        value: destination,
        role: "server",
      })),
      { kind: "host", value: host, realm, role: "victim" },
      { kind: "fingerprint", value: shown, role: "client" },
    ],
    attack: [...manifest.attack],
    evidence,
    explanation: { key: "rare-client.outbound", args },
    caveats: caveatsOf(weighed),
    facts: {
      client: shown,
      kind: facts.kind,
      signature: client.signature,
      direction: "outbound",
      hosts_of_client: facts.hostsOfClient,
      hosts_seen: facts.hostsSeen,
      share_at_most: rounded(upperShare(facts.hostsOfClient, facts.hostsSeen)),
      destinations: goals.map(({ destination }) => destination),
      addresses: [...new Set(goals.flatMap(({ addresses }) => addresses))],
      ports: [...new Set(goals.flatMap(({ ports }) => ports))].sort((a, b) => a - b),
      hosts_of_destination: facts.hostsOfDestination,
      requests: facts.requests,
      hours: facts.hours,
      days: facts.days,
      no_name: facts.noName,
      no_host_header: facts.noHostHeader,
      pretence: facts.pretence ?? "",
      organisations: facts.organisations,
    },
    tlp: lines.tlpOf(evidence),
  };
}

function rounded(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}

/** The client in words. */
function shownOf(kind: string, text: string): string {
  return text === "" && kind === "user agent" ? "no user agent" : text.slice(0, 200);
}

function caveatsOf({ facts }: WeighedClient): string[] {
  const list = [
    "Every network has programs that only one host runs. Ask what this one is: the finding supports other evidence and is none by itself.",
  ];
  if (facts.kind === "JA3") list.push(say("rare-client.browsers-shuffle-their-tls"));
  if (facts.diverse) list.push(say("rare-client.so-many-hosts-here"));
  if (facts.organisations === 0) list.push(say("rare-client.no-inventory-names-owner"));
  return list;
}

/** A client outside, as it stands among all outside clients. */
export interface WeighedCaller {
  caller: Caller;
  clientsWithIt: number;
  clientsSeen: number;
  imitated: string | undefined;
  severity: Severity;
  components: ScoreComponent[];
  score: number;
}

export async function inboundFindings(
  context: DetectContext,
  callers: readonly WeighedCaller[],
): Promise<Finding[]> {
  const wanted = callers.map(({ caller }) => wantedCaller(caller));
  const lines = await ClientEvidence.load(context, wanted);
  return callers.map((each) => inboundFinding(context, each, lines));
}

function wantedCaller({ realm, client, server, signature }: Caller) {
  return { realm, host: client, signature, destination: server };
}

function inboundFinding(context: DetectContext, weighed: WeighedCaller, lines: ClientEvidence): Finding {
  const { caller, clientsSeen, clientsWithIt, components, score, severity } = weighed;
  const org = context.directory.resolve(caller.realm, caller.server, caller.first)?.orgId ?? null;
  const tags = org === null ? {} : { org };
  const shown = shownOf(kindOf(caller.signature), caller.shown);
  const evidence = lines.of([wantedCaller(caller)]);
  const args: ExplanationArg[] = [
    { type: "address", value: caller.client },
    { type: "host", value: caller.server, ...tags },
    { type: "number", value: caller.requests },
    { type: "time", value: rfc3339(caller.first) },
    { type: "time", value: rfc3339(caller.last) },
    { type: "number", value: caller.hours },
    { type: "number", value: caller.days },
    { type: "text", value: shown },
    { type: "number", value: clientsWithIt },
    { type: "number", value: clientsSeen },
  ];
  return {
    id: findingId(manifest.id, org, caller.realm, caller.server, caller.client, caller.signature),
    detector: manifest.id,
    title: say("rare-client.keeps-asking-without-host", caller.client, caller.server),
    severity,
    score,
    components,
    first_seen: rfc3339(caller.first),
    last_seen: rfc3339(caller.last),
    org_id: org,
    entities: [
      { kind: "address", value: caller.client, role: "source" },
      { kind: "host", value: caller.server, realm: caller.realm, role: "target" },
      { kind: "fingerprint", value: shown, role: "client" },
    ],
    attack: [...manifest.attack],
    evidence,
    explanation: { key: "rare-client.inbound", args },
    caveats: [say("rare-client.scanners-checks-availability-ask")],
    facts: {
      client: shown,
      kind: "user agent",
      signature: caller.signature,
      direction: "inbound",
      hosts_of_client: clientsWithIt,
      hosts_seen: clientsSeen,
      share_at_most: rounded(upperShare(clientsWithIt, clientsSeen)),
      destinations: [caller.server],
      ports: [caller.port],
      requests: caller.requests,
      hours: caller.hours,
      days: caller.days,
      no_host_header: true,
      pretence: weighed.imitated === undefined ? "" : `a slip of the pen away from ${weighed.imitated}`,
    },
    tlp: lines.tlpOf(evidence),
  };
}

/** For the outside there is no population of hosts that could be told from each other, so the parts are fewer. */
export function callerComponents(
  caller: Caller,
  clientsWithIt: number,
  clientsSeen: number,
  imitated: string | undefined,
  rarity: number,
): ScoreComponent[] {
  return [
    {
      name: "rare client",
      value: rarity,
      weight: 0.3,
      meaning: say(
        "rare-client.outside-clients-have-at",
        clientsWithIt,
        clientsSeen,
        percent(upperShare(clientsWithIt, clientsSeen)),
      ),
    },
    {
      name: "repetition",
      value: Math.min(1, caller.hours / 48) / 2 + Math.min(1, caller.days / 10) / 2,
      weight: 0.4,
      meaning: say("rare-client.requests-hours-days-full", caller.requests, caller.hours, caller.days),
    },
    {
      name: "no Host header",
      value: 1,
      weight: 0.2,
      meaning: say("rare-client.its-requests-do-not"),
    },
    {
      name: "pretence",
      value: imitated === undefined ? 0 : 1,
      weight: 0.1,
      meaning:
        imitated === undefined
          ? say("rare-client.does-not-visibly-pretend")
          : say("rare-client.its-name-slip-pen", imitated),
    },
  ];
}
