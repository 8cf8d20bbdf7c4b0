import { DAY } from "../../kernel/time.js";
import { type ScoreComponent, type Severity, severityOf } from "../../model/finding.js";
import { siteOf } from "../shared/site.js";
import { type AttachmentSigns, worstOf } from "./attachment-signs.js";
import { addressOf, domainOf, type Known, type Message } from "./mail.js";
import { say } from "./messages.js";
import type { Opening } from "./opened.js";

/** How much each sign takes of what is left to doubt: score = 1 − Π(1 − weight × value). */
export const WEIGHT = {
  attachment: 0.6,
  disguise: 0.4,
  password: 0.3,
  authentication: 0.3,
  sender: 0.3,
  unknown: 0.15,
  opened: 0.6,
};

/**
 * Least scores for low, medium, high, critical. A file that runs is medium alone (0.60), a locked archive with its password low (0.58 from a stranger), a document with macros from a stranger
 * (0.46) nothing; with a sender whom our server does not believe the second is medium (0.71), and so is the third (0.62). High needs a process that opened it: mail comes to
 * everybody, and what is high makes an incident by itself. Never critical: whether it did harm the mail does not say.
 */
const LADDER: readonly [number, number, number, number] = [0.5, 0.6, 0.78, 1.1];
const UNOPENED_LADDER: readonly [number, number, number, number] = [0.5, 0.6, 1.1, 1.1];

export interface Judged {
  message: Message;
  signs: AttachmentSigns;
  components: ScoreComponent[];
  score: number;
  severity: Severity;
  openings: readonly Opening[];
}

/** Undefined where no attachment says anything: whom an answer goes to alone is in every newsletter. */
export function judge(
  message: Message,
  known: Known | undefined,
  knownDays: number,
  openings: (signs: AttachmentSigns) => readonly Opening[],
): Judged | undefined {
  const signs = worstOf(message);
  if (signs === undefined || (signs.value === 0 && signs.disguise === "")) return undefined;
  const opened = signs.value >= 0.5 || signs.disguise !== "" ? openings(signs) : [];
  const isKnown = known !== undefined && message.at - known.first >= knownDays * DAY;
  const component = (name: keyof typeof WEIGHT, value: number, meaning: string): ScoreComponent => ({
    name,
    value,
    weight: WEIGHT[name],
    meaning,
  });
  const [believed, results] = authentication(message);
  const [posing, pretence] = senderSigns(message, believed > 0);
  const hasPassword =
    message.namesPassword && (signs.locked || signs.attachment.traits.includes("encrypted"));
  const components = [
    component(
      "attachment",
      signs.value,
      say("phishing-delivery.brings", signs.what || say("phishing-delivery.file")),
    ),
    component(
      "disguise",
      signs.disguise === "" ? 0 : 1,
      signs.disguise === "" ? say("phishing-delivery.its-name-says-what") : `${sentence(signs.disguise)}`,
    ),
    component(
      "password",
      hasPassword ? 1 : 0,
      hasPassword
        ? say("phishing-delivery.text-names-password-locked")
        : say("phishing-delivery.no-password-stands-beside"),
    ),
    component("authentication", believed, results),
    component("sender", posing, pretence),
    component(
      "unknown",
      isKnown ? 0 : 1,
      isKnown
        ? say("phishing-delivery.sender-has-written-long")
        : say("phishing-delivery.sender-had-not-written"),
    ),
    component(
      "opened",
      opened.length === 0 ? 0 : 1,
      opened[0] === undefined
        ? say("phishing-delivery.no-process-known-have")
        : say("phishing-delivery.started", opened[0].image, opened[0].host),
    ),
  ];
  const doubt = components.reduce((rest, { value, weight }) => rest * (1 - value * weight), 1);
  const score = Math.round((1 - doubt) * 1000) / 1000;
  const severity = severityOf(score, opened.length > 0 ? LADDER : UNOPENED_LADDER);
  return { message, signs, components, score, severity, openings: opened };
}

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;

/** What is good proves nothing: it may be the sender's own field. Forwarding breaks SPF, lists break signatures: only DMARC, which needs both to fail, counts in full. */
function authentication({ spf, dkim, dmarc }: Message): [number, string] {
  const all = [`SPF ${spf}`, `DKIM ${dkim}`, `DMARC ${dmarc}`]
    .filter((each) => !each.endsWith(" "))
    .join(", ");
  if (all === "") return [0, "No server says what it found out about the sender."];
  const meaning = say("phishing-delivery.our-server-says-sender", all);
  if (dmarc === "fail") return [1, meaning];
  if (dmarc === "pass") return [0, meaning];
  if (spf === "fail") return [0.7, meaning];
  return [dkim === "fail" || spf === "softfail" ? 0.4 : 0, meaning];
}

function senderSigns(message: Message, isDoubted: boolean): [number, string] {
  const { sender, from, replyTo, recipients } = message;
  const site = siteName(sender);
  const shown = from.slice(0, Math.max(0, from.lastIndexOf("<"))).toLowerCase();
  const named = /[\w.+-]{1,64}@([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8})/.exec(shown);
  if (named !== null && siteName(named[0]) !== site)
    return [1, `The name shown is an address of ${named[1]}, the sender is at ${domainOf(sender)}.`];
  if (isDoubted && site !== "" && recipients.some((each) => siteName(each.toLowerCase()) === site))
    return [1, `It says that it comes from the recipient's own ${site}, and our server does not believe it.`];
  const answer = addressOf(replyTo);
  if (answer !== "" && siteName(answer) !== site)
    return [0.6, `An answer goes to ${domainOf(answer)}, not to ${domainOf(sender)}.`];
  return [0, "Sender, name shown and address for answers agree."];
}

const siteName = (address: string): string => siteOf(domainOf(address))?.domain ?? domainOf(address);
