import { unique } from "../../kernel/group-by.js";
import { maskSecrets } from "../../kernel/mask.js";
import { parseTime, rfc3339 } from "../../kernel/time.js";
import {
  type Entity,
  type ExplanationArg,
  entityIn,
  type Finding,
  findingId,
  textArgument,
} from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { eventEvidence } from "../shared/event-evidence.js";
import { addressEntities, orgIdOf } from "../shared/host-owners.js";
import { distinct } from "../shared/log-evidence.js";
import { programName } from "../shared/process-name.js";
import type { RareStarts, TouchedJudged } from "./judge.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import type { Touch } from "./touches.js";

const LONGEST_COMMAND = 400;
const HOSTS_LISTED = 50;
const INTERPRETERS = new Set([
  "cmd",
  "powershell",
  "pwsh",
  "wscript",
  "cscript",
  "mshta",
  "bash",
  "sh",
  "python",
  "perl",
]);
type Hosts = Pick<DetectContext, "hosts">;

/** What speaks, for the explanation. */
const speaking = ({ components }: Pick<RareStarts, "components">): ExplanationArg => ({
  type: "list",
  value: components
    .filter(({ value, name }) => value >= 0.3 && name !== "spread" && name !== "rare")
    .map(({ meaning }) => meaning),
});

/** What tells one finding of rare starts from another within an organisation: the host, the program and its parent. */
export function identityOf({ rares: [{ realm, first }] }: RareStarts): string[] {
  return [realm, first.host.toLowerCase(), programName(first.parentPath), programName(first.path)];
}

/**
 * One finding of the rare starts of one program by one parent on one host, gravest first.
 * @param untold further findings of the same host that are not told
 */
export function rareFinding(
  context: Hosts,
  group: readonly [RareStarts, ...RareStarts[]],
  untold: number,
): Finding {
  const [judged] = group;
  const { components, score, severity } = judged;
  const [{ realm, owner, first, hostDays }] = judged.rares;
  const rares = group.flatMap((each) => each.rares);
  const orgId = orgIdOf(owner);
  const org = orgId === null ? {} : { org: orgId };
  const hosts = unique(rares.flatMap((each) => [each.first.host, each.last.host])).slice(0, HOSTS_LISTED);
  const accounts = unique(rares.flatMap((each) => [each.first.account, each.last.account])).filter(
    (account) => account !== "" && account !== "-",
  );
  const times = rares.flatMap((each) => [parseTime(each.first.line[0]), parseTime(each.last.line[0])]);
  const [from, to] = [
    times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY),
    times.reduce((most, time) => Math.max(most, time), Number.NEGATIVE_INFINITY),
  ];
  const command = short(maskSecrets(first.command === "" ? first.path : first.command));
  const parent = first.parentPath === "" ? "a program that no event names" : first.parentPath;
  const entity = entityIn(realm);
  return {
    id: findingId(manifest.id, orgId, "rare", ...identityOf(judged)),
    detector: manifest.id,
    title: say(
      "process-anomaly.under-rare",
      programName(first.path),
      programName(first.parentPath) || say("process-anomaly.unknown-program"),
      String(hosts[0]),
    ),
    severity,
    score,
    components,
    first_seen: rfc3339(from),
    last_seen: rfc3339(to),
    org_id: orgId,
    entities: [
      ...hosts.map((value) => entity("host", value, "victim")),
      ...addressEntities(context, realm, hosts, from, to),
      ...accounts.map((value) => entity("account", value, "actor")),
      entity("process", first.path, "started"),
      ...(first.parentPath === "" ? [] : [entity("process", first.parentPath, "parent")]),
    ],
    attack: INTERPRETERS.has(programName(first.path)) ? ["T1059"] : [],
    evidence: distinct(
      rares.flatMap((each) =>
        [each.first, each.last].map((start) =>
          eventEvidence(start.line, `${start.parentPath} started ${start.command || start.path}`),
        ),
      ),
    ).slice(0, 20),
    explanation: {
      key: "process-anomaly.rare",
      args: [
        textArgument(first.path),
        textArgument(parent),
        { type: "list", value: hosts, ...org },
        { type: "time", value: rfc3339(from) },
        { type: "time", value: rfc3339(to) },
        textArgument(command),
        speaking(judged),
      ],
    },
    caveats: [
      say("process-anomaly.rare-not-bad-new"),
      say("process-anomaly.what-never-logged-other"),
      ...(untold > 0 ? [say("process-anomaly.more-programs-rare-starts", untold)] : []),
    ],
    facts: {
      what: "rare start",
      relations: unique(rares.map(({ relation }) => relation)),
      host_days: hostDays,
      command,
    },
    tlp: "clear",
  };
}

const TECHNIQUE: Readonly<Record<Touch, string>> = {
  memory: "T1003.001",
  thread: "T1055",
  image: "T1055.012",
};
const DONE: Readonly<Record<Touch, string>> = {
  memory: "read the memory of",
  thread: "started a thread in",
  image: "was replaced in memory:",
};

/** One finding of like touches. */
export function touchFinding(context: Hosts, judged: TouchedJudged): Finding {
  const { touched, components, score, severity } = judged;
  const { kind, realm, owner, source, target, hostNames, accounts, times, first, last, means } = touched;
  const orgId = orgIdOf(owner);
  const org = orgId === null ? {} : { org: orgId };
  const [from, to] = [parseTime(first[0]), parseTime(last[0])];
  const entity = (what: Entity["kind"], value: string, role: string): Entity => ({
    kind: what,
    value,
    realm,
    role,
  });
  return {
    id: findingId(manifest.id, orgId, realm, kind, touched.likeSource, target.toLowerCase()),
    detector: manifest.id,
    title: `${programName(source)} ${DONE[kind]} ${programName(target)}: ${hostNames[0] ?? "a host"}${hostNames.length > 1 ? ` and ${hostNames.length - 1} more` : ""}`,
    severity,
    score,
    components,
    first_seen: rfc3339(from),
    last_seen: rfc3339(to),
    org_id: orgId,
    entities: [
      ...hostNames.map((value) => entity("host", value, "victim")),
      ...addressEntities(context, realm, hostNames, from, to),
      ...accounts.filter((account) => account !== "-").map((value) => entity("account", value, "actor")),
      ...(source === "" ? [] : [entity("process", source, "source")]),
      ...(target === "" || target === source ? [] : [entity("process", target, "target")]),
    ],
    attack: [kind === "thread" && programName(target) === "lsass" ? "T1003.001" : TECHNIQUE[kind]],
    evidence: distinct(
      [first, last].map((line) => eventEvidence(line, `${source} ${DONE[kind]} ${target} (${means})`)),
    ),
    explanation: {
      key: "process-anomaly.touched",
      args: [
        textArgument(source === "" ? "A program that no event names" : source),
        textArgument(DONE[kind]),
        textArgument(target),
        { type: "list", value: hostNames.slice(0, 5), ...org },
        { type: "time", value: rfc3339(from) },
        { type: "time", value: rfc3339(to) },
        { type: "number", value: times },
        speaking(judged),
      ],
    },
    caveats: [say("process-anomaly.debuggers-security-software-tools")],
    facts: { what: kind, source, target, means, times, hosts: touched.hosts },
    tlp: "clear",
  };
}

function short(value: string): string {
  return value.length > LONGEST_COMMAND ? `${value.slice(0, LONGEST_COMMAND)}…` : value;
}
