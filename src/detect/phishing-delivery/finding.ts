import { unique } from "../../kernel/group-by.js";
import { maskSecrets } from "../../kernel/mask.js";
import { rfc3339 } from "../../kernel/time.js";
import {
  type Evidence,
  entityIn,
  type Finding,
  findingId,
  strictestTlp,
  type Tlp,
  textArgument,
} from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { eventEvidence } from "../shared/event-evidence.js";
import { addressEntities } from "../shared/host-owners.js";
import { distinct } from "../shared/log-evidence.js";
import { plainName } from "./attachment-signs.js";
import type { Judged } from "./judge.js";
import { domainOf } from "./mail.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";

const LISTED = 20;

/** What makes messages one delivery: from whom, and what they bring. */
export function identityOf({ message, signs: { attachment } }: Judged): string[] {
  return [message.realm, message.sender, attachment.sha256 || plainName(attachment.name)];
}

/** One finding of like messages, gravest first. `orgId` is the organisation that they came to. */
export function findingOf(
  context: Pick<DetectContext, "hosts">,
  group: readonly [Judged, ...Judged[]],
  orgId: string | null,
): Finding {
  const [{ message, signs, components, score, severity }] = group;
  const { realm, sender } = message;
  const times = group.map((each) => each.message.at);
  const openings = group.flatMap((each) => each.openings).sort((a, b) => a.at - b.at);
  const [from, to] = [Math.min(...times), Math.max(...times, ...openings.map(({ at }) => at))];
  const recipients = unique(group.flatMap((each) => each.message.recipients)).slice(0, LISTED);
  const hosts = unique(openings.map(({ host }) => host)).slice(0, LISTED);
  const name = plainName(signs.attachment.name) || "an attachment without a name";
  const org = orgId === null ? {} : { org: orgId };
  const entity = entityIn(realm);
  const outside = message.outside.replace(/^::ffff:/, "");
  return {
    id: findingId(manifest.id, orgId, ...identityOf(group[0])),
    detector: manifest.id,
    title: say(
      "phishing-delivery.mail-from-brings",
      sender || say("phishing-delivery.nobody"),
      signs.what || say("phishing-delivery.disguised-file"),
      name,
      hosts.length > 0 ? say("phishing-delivery.opened", String(hosts[0])) : "",
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
      ...recipients.map((value) => entity("account", value, "recipient")),
      ...unique(openings.map(({ user }) => user))
        .filter((user) => user !== "")
        .slice(0, LISTED)
        .map((value) => entity("account", value, "victim")),
      ...(signs.attachment.sha256 === "" ? [] : [entity("file", signs.attachment.sha256, "attachment")]),
      // Of providers of mail half the world is a customer: what is named so joins nothing.
      ...(sender.includes("@") ? [entity("domain", domainOf(sender), "mentioned")] : []),
      ...(outside === "::" || outside === "" ? [] : [entity("address", outside, "mentioned")]),
    ],
    attack: techniques(group[0]),
    evidence: distinct([
      ...group.slice(0, LISTED / 2).map(mailEvidence),
      ...openings
        .slice(0, LISTED / 2)
        .map(({ line, image, commandLine }) => eventEvidence(line, `${image}: ${commandLine}`)),
    ]),
    explanation: {
      key: "phishing-delivery.delivered",
      args: [
        textArgument(message.from || "Nobody"),
        textArgument(name),
        textArgument(signs.what || "a disguised file"),
        textArgument(message.subject || "without words"),
        { type: "list", value: recipients.slice(0, 5), ...org },
        { type: "number", value: group.length },
        { type: "time", value: rfc3339(Math.min(...times)) },
        { type: "time", value: rfc3339(Math.max(...times)) },
        textArgument(
          openings[0] === undefined
            ? "No process is known to have opened it."
            : `Opened on ${hosts.slice(0, 5).join(", ")} by ${openings[0].image}.`,
        ),
        {
          type: "list",
          value: components
            .filter(({ value, name: which }) => value >= 0.3 && which !== "unknown")
            .map(({ meaning }) => meaning),
        },
      ],
    },
    caveats: [
      ...(openings.length === 0
        ? [say("phishing-delivery.delivered-not-opened-no")]
        : [say("phishing-delivery.process-joined-mail-by")]),
      ...(orgId === null ? [say("phishing-delivery.whose-mailbox-inventory-does")] : []),
    ],
    facts: {
      sender,
      subject: message.subject,
      attachment: name,
      file_type: signs.attachment.file_type,
      sha256: signs.attachment.sha256,
      messages: group.length,
      opened: hosts,
    },
    tlp: "clear",
  };
}

/** With the strictest marking of the files in which the evidence stands. */
export function marked(finding: Finding, levels: ReadonlyMap<string, Tlp>): Finding {
  return {
    ...finding,
    tlp: strictestTlp(finding.evidence.flatMap(({ source_id }) => levels.get(source_id) ?? [])),
  };
}

function techniques({ signs, openings }: Judged): string[] {
  const { attachment, what, disguise, locked } = signs;
  return [
    "T1566.001",
    ...(openings.length > 0 ? ["T1204.002"] : []),
    ...(attachment.traits.includes("smuggling") ? ["T1027.006"] : []),
    ...(/direction/.test(disguise) ? ["T1036.002"] : []),
    ...(/two extensions/.test(disguise) ? ["T1036.007"] : []),
    ...(attachment.traits.includes("remote template") ? ["T1221"] : []),
    ...(/disk image/.test(what) ? ["T1553.005"] : []),
    ...(locked && attachment.traits.includes("encrypted") ? ["T1027"] : []),
  ];
}

function mailEvidence({ message, signs }: Judged): Evidence {
  const { sourceId, line, at, from, subject } = message;
  return {
    table: "email_activity",
    source_id: sourceId,
    line,
    time: rfc3339(at),
    summary: maskSecrets(`from ${from}, subject ${subject}, with ${signs.attachment.name}`).slice(0, 300),
  };
}
