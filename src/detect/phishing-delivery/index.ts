import { groupBy, unique } from "../../kernel/group-by.js";
import { severityRank } from "../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { HostOwners } from "../shared/host-owners.js";
import { markings } from "../shared/log-evidence.js";
import { type AttachmentSigns, plainName, worstOf } from "./attachment-signs.js";
import { findingOf, identityOf, marked } from "./finding.js";
import { type Judged, judge } from "./judge.js";
import { domainOf, knownSenders, type Message, messagesWorthALook } from "./mail.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { openedAfter, openingsOf } from "./opened.js";

export const detector: Detector = {
  manifest,
  async run(context: DetectContext): Promise<DetectorResult> {
    const { messages: looked, attached } = await messagesWorthALook(
      context,
      context.parameter("max_messages"),
    );
    const messages = looked.filter(({ sender }) => sender === "" || !context.allow.domain(domainOf(sender)));
    const known = await knownSenders(context, unique(messages.map(({ sender }) => sender)));
    const openings = await openingsOf(
      context,
      messages.flatMap((each) => namesOf(worstOf(each))),
    );
    const hours = context.parameter("open_hours");
    const judged = messages
      .flatMap(
        (message) =>
          judge(
            message,
            known.get(`${message.realm}\n${message.sender}`),
            context.parameter("known_days"),
            (signs) => openedAfter(openings, namesOf(signs), message, hours),
          ) ?? [],
      )
      .sort(gravestFirst);
    const owners = new HostOwners(context);
    const least = context.parameter("least_score");
    const groups = groupBy(
      judged.filter(({ score }) => score >= least),
      (each) => JSON.stringify([ownerOf(owners, each), ...identityOf(each)]),
    );
    const findings = [...groups.values()]
      .slice(0, context.parameter("max_findings"))
      .map((group) =>
        findingOf(context, group as [Judged, ...Judged[]], ownerOf(owners, group[0] as Judged)),
      );
    const levels = await markings(
      context,
      findings.flatMap(({ evidence }) => evidence),
    );
    const [all] = await context.query<{ n: number | string }>("SELECT count() AS n FROM email_activity");
    return {
      findings: findings.map((finding) => marked(finding, levels)),
      evaluated: [
        { what: "messages", count: Number(all?.n ?? 0) },
        { what: say("phishing-delivery.messages-which-attachments-known"), count: attached },
        { what: say("phishing-delivery.messages-attachment-says-something"), count: judged.length },
      ],
      ...(attached === 0 ? { notTested: say("phishing-delivery.no-message-case-has") } : {}),
    };
  },
};

/** Under which names what the attachment brings is opened: its own, and those of what runs in it. */
function namesOf(signs: AttachmentSigns | undefined): string[] {
  if (signs === undefined || (signs.value < 0.5 && signs.disguise === "")) return [];
  return [signs.attachment.name, ...signs.attachment.members]
    .map(plainName)
    .filter((name) => name !== "")
    .slice(0, 20);
}

/** The organisation of the sensor that has the mail, where its realm is one organisation's; else that of the host on which it was opened. */
function ownerOf(
  owners: HostOwners,
  { message, openings }: Pick<Judged, "openings"> & { message: Message },
): string | null {
  const sole = owners.ofRealm(message.realm);
  if (sole !== null) return sole;
  const found = unique(openings.map(({ realm, host, at }) => owners.ownerOf(realm, host, at)));
  return found.length === 1 ? (found[0] ?? null) : null;
}

function gravestFirst(a: Judged, b: Judged): number {
  return (
    severityRank(b.severity) - severityRank(a.severity) || b.score - a.score || a.message.at - b.message.at
  );
}
