import PostalMime, { type Address, type Attachment, type Email } from "postal-mime";
import { messageOf } from "../../kernel/errors.js";
import { type AttachmentFacts, attachmentFacts } from "./attachment.js";
import { linksOf, namesPassword, plainText } from "./body.js";
import type { RawMessage } from "./splitter.js";
import { mailTime, separatorTime } from "./times.js";
import { authenticationOf, traceOf } from "./trace.js";

/** What a message says, in the names of the table's columns. Its text and its attachments' bytes are not kept. */
export interface MailFacts {
  /** Microseconds UTC: when the last server took it, else what the mbox says, else what the sender says. */
  time: number;
  /** Microseconds UTC of the field `Date`, which the sender writes; null where it is no time. */
  sent: number | null;
  message_uid: string;
  from: string;
  reply_to: string;
  return_path: string;
  to: string[];
  cc: string[];
  delivered_to: string[];
  subject: string;
  user_agent: string;
  hello: string;
  outside: string;
  received: string[];
  auth_server: string;
  spf: string;
  dkim: string;
  dmarc: string;
  /** Whether the text names a password. Not called so: what stands behind that word is masked in evidence. */
  names_code: number;
  links: string[];
  attachments: AttachmentFacts[];
}

/** All parts' heads together, and how deep parts may lie in parts: more of either is no mail that a program writes. */
const MOST_HEAD_BYTES = 1024 * 1024;
const DEEPEST_PART = 50;
/** Messages in messages. */
const DEEPEST_MESSAGE = 3;
const MOST_ATTACHMENTS = 100;
const MOST_RECIPIENTS = 500;
const LONGEST_ADDRESS = 320;
const LONGEST_TEXT = 1000;

/** A year is wrong before 1970 and from 2100 on. */
const LAST = Date.UTC(2100, 0, 1);

/** Reads one message. Never throws: why it cannot be read is a result. */
export async function factsOf({ raw, separator }: RawMessage): Promise<MailFacts | { refused: string }> {
  let email: Email;
  try {
    email = await parsed(raw);
  } catch (error) {
    return { refused: `it cannot be read as a message: ${messageOf(error)}` };
  }
  const { headers } = email;
  const value = (key: string): string => headers.find((each) => each.key === key)?.value ?? "";
  const trace = traceOf(headers);
  const sent = mailTime(value("date").slice(0, LONGEST_TEXT));
  const time = trace.received ?? separatorTime(separator) ?? sent;
  if (time === undefined) return { refused: "no field of the message says when it came or was sent" };
  if (time < 0 || time >= LAST)
    return {
      refused: `time ${new Date(time).toISOString()} lies ${time < 0 ? "before 1970" : "in the future"}`,
    };
  const { text = "", html = "" } = email;
  const authentication = authenticationOf(headers);
  return {
    time: time * 1000,
    sent: sent === undefined || sent < 0 || sent >= LAST ? null : sent * 1000,
    message_uid: short(email.messageId ?? ""),
    from: mailbox(email.from),
    reply_to: mailbox(email.replyTo?.[0]),
    return_path: (email.returnPath ?? "").slice(0, LONGEST_ADDRESS),
    to: addressesIn(email.to),
    cc: addressesIn(email.cc),
    delivered_to: headers
      .filter(({ key }) => key === "delivered-to" || key === "x-original-to" || key === "envelope-to")
      .slice(0, 20)
      .map((each) => each.value.trim().replace(/^<|>$/g, "").slice(0, LONGEST_ADDRESS)),
    subject: short(email.subject ?? ""),
    user_agent: short(value("x-mailer") || value("user-agent")),
    hello: trace.hello,
    outside: trace.outside,
    received: trace.addresses,
    auth_server: authentication.server,
    spf: authentication.spf,
    dkim: authentication.dkim,
    dmarc: authentication.dmarc,
    names_code: namesPassword(text) || namesPassword(plainText(html)) ? 1 : 0,
    links: linksOf(text, html),
    attachments: await allAttachments(email.attachments, "", DEEPEST_MESSAGE),
  };
}

function parsed(raw: Buffer): Promise<Email> {
  return PostalMime.parse(raw, {
    maxNestingDepth: DEEPEST_PART,
    maxHeadersSize: MOST_HEAD_BYTES,
    maxRfc822NestingDepth: DEEPEST_MESSAGE,
  });
}

/** Those of a message that is attached as a file (as users report suspicious mail) as well, under its name. */
async function allAttachments(
  attachments: readonly Attachment[],
  within: string,
  deepest: number,
): Promise<AttachmentFacts[]> {
  const facts: AttachmentFacts[] = [];
  for (const { filename, mimeType, content } of chosen(attachments)) {
    const bytes = typeof content === "string" ? Buffer.from(content) : Buffer.from(content as ArrayBuffer);
    const name = `${within}${filename ?? ""}`;
    facts.push(await attachmentFacts(name, mimeType, bytes));
    if (deepest === 0 || !(mimeType === "message/rfc822" || /\.eml$/i.test(filename ?? ""))) continue;
    try {
      const inner = await parsed(bytes);
      facts.push(...(await allAttachments(inner.attachments, `${name}!/`, deepest - 1)));
    } catch {
      // It is no message; as an attachment it is there.
    }
  }
  return facts.slice(0, MOST_ATTACHMENTS);
}

/** Pictures in the text are many in a newsletter: where there is too much, they are left out first. */
function chosen(attachments: readonly Attachment[]): readonly Attachment[] {
  if (attachments.length <= MOST_ATTACHMENTS) return attachments;
  const isPicture = ({ mimeType, related }: Attachment): boolean =>
    related === true || mimeType.startsWith("image/");
  return [...attachments.filter((each) => !isPicture(each)), ...attachments.filter(isPicture)].slice(
    0,
    MOST_ATTACHMENTS,
  );
}

/** `Name <address>`, as Zeek logs it. In a name no `<` is left, so that the last one begins the address. */
function mailbox(address: Address | undefined): string {
  const first = address?.group?.[0] ?? address;
  if (first === undefined) return "";
  const name = short(first.name).replaceAll(/[<>]/g, " ").trim();
  const bare = (first.address ?? "").slice(0, LONGEST_ADDRESS).replaceAll(/[<>]/g, "");
  return name === "" ? bare : `${name} <${bare}>`;
}

function addressesIn(addresses: readonly Address[] | undefined): string[] {
  const list: string[] = [];
  for (const { address, group } of addresses ?? [])
    for (const each of group?.map((member) => member.address) ?? [address ?? ""])
      if (each !== "" && list.length < MOST_RECIPIENTS) list.push(each.slice(0, LONGEST_ADDRESS));
  return list;
}

const short = (text: string): string => text.trim().slice(0, LONGEST_TEXT);
