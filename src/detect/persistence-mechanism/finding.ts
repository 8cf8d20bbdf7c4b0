import { unique } from "../../kernel/group-by.js";
import { maskSecrets } from "../../kernel/mask.js";
import { parseTime, rfc3339 } from "../../kernel/time.js";
import { entityIn, type Finding, findingId, textArgument } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { eventEvidence } from "../shared/event-evidence.js";
import { addressEntities, orgIdOf } from "../shared/host-owners.js";
import { distinct } from "../shared/log-evidence.js";
import { fileName } from "../shared/windows-path.js";
import type { Judged } from "./judge.js";
import { manifest } from "./manifest.js";
import { type Kind, plainName } from "./mechanisms.js";
import { say } from "./messages.js";

const HOSTS_LISTED = 50;
const LONGEST_COMMAND = 400;

const TECHNIQUE: Readonly<Record<Kind, string>> = {
  service: "T1543.003",
  task: "T1053.005",
  wmi: "T1546.003",
  "run key": "T1547.001",
  "startup folder": "T1547.001",
};

const WORDS: Readonly<Record<Kind, string>> = {
  service: "service",
  task: "scheduled task",
  wmi: "WMI subscription",
  "run key": "run key",
  "startup folder": "file in a startup folder",
};

/** What tells one mechanism of an organisation from another within a realm: its kind, its name, and the file it starts. */
export function identityOf({ mechanism: { kind, realm, name }, traits }: Judged): string[] {
  return [realm, kind, plainName(name).toLowerCase(), fileName(traits.file)];
}

/** One finding of like mechanisms, gravest first. */
export function findingOf(
  context: Pick<DetectContext, "hosts">,
  group: readonly [Judged, ...Judged[]],
): Finding {
  const [{ mechanism, traits, components, score, severity }] = group;
  const all = group.map((each) => each.mechanism);
  const orgId = orgIdOf(mechanism.owner);
  const hosts = unique(all.flatMap(({ hostNames }) => hostNames));
  const users = unique(all.flatMap((each) => each.users));
  const times = all.flatMap(({ first, last }) => [parseTime(first[0]), parseTime(last[0])]);
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const [first, last] = [rfc3339(from), rfc3339(to)];
  const { realm, kind } = mechanism;
  const name = plainName(mechanism.name);
  const command = short(maskSecrets(mechanism.command));
  const org = orgId === null ? {} : { org: orgId };
  const entity = entityIn(realm);
  return {
    id: findingId(manifest.id, orgId, ...identityOf(group[0])),
    detector: manifest.id,
    title: say(
      "persistence-mechanism.starts",
      WORDS[kind],
      name === "" ? say("persistence-mechanism.without-name") : name,
      started(group[0]),
      hosts[0] ?? say("persistence-mechanism.host"),
      hosts.length > 1 ? say("persistence-mechanism.more", hosts.length - 1) : "",
    ),
    severity,
    score,
    components,
    first_seen: first,
    last_seen: last,
    org_id: orgId,
    entities: [
      ...hosts.slice(0, HOSTS_LISTED).map((value) => entity("host", value, "victim")),
      ...addressEntities(context, realm, hosts.slice(0, HOSTS_LISTED), from, to),
      ...users.slice(0, 20).map((value) => entity("account", value, "maker")),
      ...(kind === "service" ? [entity("service", name, "service")] : []),
      ...(/^(?:[a-z]:)?\\/i.test(traits.file) ? [entity("file", traits.file, "program")] : []),
      ...(mechanism.maker === "" ? [] : [entity("process", mechanism.maker, "maker")]),
    ],
    attack: [TECHNIQUE[kind]],
    evidence: distinct(
      all
        .slice(0, 8)
        .flatMap((each) => [
          eventEvidence(each.first, `${WORDS[each.kind]} ${plainName(each.name)}: ${each.command}`),
          eventEvidence(each.last, `${WORDS[each.kind]} ${plainName(each.name)}: ${each.command}`),
        ]),
    ).slice(0, 20),
    explanation: {
      key: "persistence-mechanism.made",
      args: [
        textArgument(WORDS[kind]),
        textArgument(name),
        { type: "number", value: hosts.length },
        { type: "list", value: hosts.slice(0, 5), ...org },
        { type: "time", value: first },
        { type: "time", value: last },
        textArgument(command === "" ? "what, no event says" : command),
        textArgument(
          users.length === 0 ? "Who made it no event says." : `Made as ${users.slice(0, 5).join(", ")}.`,
        ),
        {
          type: "list",
          value: components
            .filter(({ value, name: which }) => value >= 0.3 && which !== "rare")
            .map(({ meaning }) => meaning),
        },
      ],
    },
    caveats: [
      say("persistence-mechanism.software-administrators-make-such"),
      ...(mechanism.type === "definition in a file"
        ? [say("persistence-mechanism.task-definition-file-what")]
        : []),
      ...(hosts.length > HOSTS_LISTED
        ? [say("persistence-mechanism.more-hosts-not-listed", hosts.length - HOSTS_LISTED)]
        : []),
    ],
    facts: {
      what: kind,
      name,
      command,
      account: mechanism.account,
      type: mechanism.type,
      interval: mechanism.interval,
      made: all.reduce((sum, each) => sum + each.made, 0),
      hosts: hosts.length,
    },
    tlp: "clear",
  };
}

function started({ mechanism: { kind, type }, traits }: Judged): string {
  if (kind === "wmi" && /script/i.test(type)) return "a script";
  const program = fileName(traits.program);
  if (program === "") return "what no event says";
  return traits.file === traits.program ? program : `${program} with ${fileName(traits.file)}`;
}

function short(text: string, most = LONGEST_COMMAND): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
