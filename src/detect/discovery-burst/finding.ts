import { unique } from "../../kernel/group-by.js";
import { maskSecrets } from "../../kernel/mask.js";
import { parseTime, rfc3339 } from "../../kernel/time.js";
import { entityIn, type Finding, findingId, textArgument } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { eventEvidence } from "../shared/event-evidence.js";
import { addressEntities, orgIdOf } from "../shared/host-owners.js";
import { distinct } from "../shared/log-evidence.js";
import { programName } from "../shared/process-name.js";
import type { Judged } from "./judge.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";

const COMMANDS_TOLD = 12;
const LONGEST_COMMAND = 120;

/** What tells one finding from another: the host, the account and the program behind the commands. */
export function identityOf({ session: { realm, host, account, starter } }: Judged): string[] {
  return [realm, host.toLowerCase(), account.toLowerCase(), programName(starter)];
}

/** One finding of the bursts of one account under one program on one host, gravest first. */
export function findingOf(
  context: Pick<DetectContext, "hosts">,
  bursts: readonly [Judged, ...Judged[]],
  isLearned: boolean,
): Finding {
  const [{ session, starter, components, score, severity }] = bursts;
  const { realm, host, account } = session;
  const orgId = orgIdOf(session.owner);
  const asked = bursts.flatMap((each) => each.session.asked);
  const times = asked.map(({ launch }) => parseTime(launch.line[0]));
  const from = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const to = times.reduce((most, time) => Math.max(most, time), Number.NEGATIVE_INFINITY);
  const [first, last] = [rfc3339(from), rfc3339(to)];
  const techniques = unique(bursts.flatMap((each) => [...each.techniques.keys()]));
  const commands = unique(asked.map(({ launch }) => short(maskSecrets(launch.command || launch.path))));
  const told = commands.slice(0, COMMANDS_TOLD);
  const org = orgId === null ? {} : { org: orgId };
  const behind = session.starter === "" ? "a program that no event names" : session.starter;
  const entity = entityIn(realm);
  return {
    id: findingId(manifest.id, orgId, ...identityOf(bursts[0])),
    detector: manifest.id,
    title: say(
      "discovery-burst.kinds-discovery-commands",
      techniques.length,
      host,
      session.starter === "" ? "" : say("discovery-burst.under", programName(session.starter)),
    ),
    severity,
    score,
    components,
    first_seen: first,
    last_seen: last,
    org_id: orgId,
    entities: [
      entity("host", host, "victim"),
      ...addressEntities(context, realm, [host], from, to),
      ...(account === "" ? [] : [entity("account", account, "actor")]),
      ...(session.starter === "" ? [] : [entity("process", session.starter, "starter")]),
    ],
    attack: techniques,
    evidence: distinct(
      asked.map(({ launch, questions }) =>
        eventEvidence(
          launch.line,
          `${launch.command || launch.path} (${questions.map(({ question, attack }) => `${question}, ${attack}`).join("; ")})`,
        ),
      ),
    ).slice(0, 20),
    explanation: {
      key: "discovery-burst.asked",
      args: [
        textArgument(account === "" ? "An account that no event names" : account),
        { type: "number", value: techniques.length },
        { type: "host", value: host, ...org },
        { type: "time", value: first },
        { type: "time", value: last },
        { type: "number", value: bursts.length },
        textArgument(`${behind}${starter.what === "" ? "" : `, ${starter.what}`}`),
        { type: "list", value: told },
        {
          type: "list",
          value: components.filter(({ value }) => value >= 0.3).map(({ meaning }) => meaning),
        },
      ],
    },
    caveats: [
      say("discovery-burst.administrators-ask-same-when"),
      ...(isLearned ? [] : [say("discovery-burst.too-few-hosts-days.2")]),
      ...(commands.length > told.length
        ? [say("discovery-burst.more-commands-not-listed", commands.length - told.length)]
        : []),
    ],
    facts: {
      techniques: techniques.length,
      commands: told,
      bursts: bursts.length,
      starter: session.starter,
    },
    tlp: "clear",
  };
}

function short(text: string): string {
  return text.length > LONGEST_COMMAND ? `${text.slice(0, LONGEST_COMMAND)}…` : text;
}
