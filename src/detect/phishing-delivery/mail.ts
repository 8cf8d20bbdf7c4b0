import { parseTime } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";

export interface Attachment {
  name: string;
  mime_type: string;
  /** By its first bytes; '' where Zeek saw it. */
  file_type: string;
  size: number;
  sha256: string;
  members: string[];
  traits: string[];
}

/** A message with an attachment that is worth a look. */
export interface Message {
  realm: string;
  sourceId: string;
  line: number;
  /** Milliseconds UTC. */
  at: number;
  uid: string;
  /** `Name <address>`. */
  from: string;
  sender: string;
  replyTo: string;
  returnPath: string;
  recipients: string[];
  subject: string;
  outside: string;
  spf: string;
  dkim: string;
  dmarc: string;
  namesPassword: boolean;
  links: string[];
  attachments: Attachment[];
}

type Row = Omit<Message, "at" | "line" | "namesPassword" | "attachments" | "sender"> & {
  at: string;
  line: number | string;
  names_password: number;
  attachments: (unknown[] | Record<string, unknown>)[];
};

/** What is plainly harmless by its bytes needs no look. */
const WORTH_A_LOOK =
  "arrayExists(a -> NOT (a.file_type IN ('image', 'pdf') AND match(a.name, '(?i)\\\\.(?:png|jpe?g|gif|bmp|pdf)$')), email_attachments)";
const HEAD = `address_realm AS realm, toString(source_id) AS sourceId, source_line AS line, toString(time) AS at, email_message_uid AS uid, email_from AS from,
    email_reply_to AS replyTo, smtp_from AS returnPath, email_subject AS subject, toString(src_endpoint_ip) AS outside, toString(email_spf) AS spf,
    toString(email_dkim) AS dkim, toString(email_dmarc) AS dmarc, email_names_password AS names_password, email_links AS links`;
const RECIPIENTS = "arraySlice(arrayDistinct(arrayConcat(smtp_to, email_to, email_cc)), 1, 50)";

/** A tuple without names, so that the engine writes it as a list. */
const MAIL = `SELECT ${HEAD}, ${RECIPIENTS} AS recipients,
    arrayMap(a -> tuple(a.name, a.mime_type, a.file_type, a.size, a.sha256, a.members, a.traits), email_attachments) AS attachments
  FROM email_activity WHERE product = 'mail' AND ${WORTH_A_LOOK} ORDER BY time DESC, sourceId, line LIMIT {most:UInt32}`;
/** Of mail that Zeek saw the files are rows of their own. */
const SEEN = `SELECT ${HEAD}, min(${RECIPIENTS}) AS recipients,
    groupArraySorted(100)(tuple(f.file_name, f.file_mime_type, '', f.file_size, f.hash_sha256, CAST([] AS Array(String)), CAST([] AS Array(String)))) AS attachments
  FROM (SELECT *, arrayJoin(file_uids) AS uid_of_file FROM email_activity WHERE product != 'mail') AS e
  INNER JOIN (SELECT file_uid, file_name, toString(file_mime_type) AS file_mime_type, file_size, hash_sha256 FROM file_activity
    WHERE file_name != '' AND file_uid IN (SELECT arrayJoin(file_uids) FROM email_activity WHERE product != 'mail')) AS f ON e.uid_of_file = f.file_uid
  GROUP BY ALL ORDER BY at DESC, sourceId, line LIMIT {most:UInt32}`;

/** Messages with attachments, the newest first; of how many messages attachments are known. */
export async function messagesWorthALook(
  context: Pick<DetectContext, "query">,
  most: number,
): Promise<{ messages: Message[]; attached: number }> {
  const received = await context.query<Row>(MAIL, { most });
  const seen = await context.query<Row>(SEEN, { most });
  const [all] = await context.query<{ attached: number | string }>(
    "SELECT countIf(notEmpty(email_attachments)) AS attached FROM email_activity",
  );
  return {
    messages: [...received, ...seen].map(messageOf),
    attached: Number(all?.attached ?? 0) + seen.length,
  };
}

function messageOf({ names_password, at, line, attachments, ...row }: Row): Message {
  return {
    ...row,
    at: parseTime(at),
    line: Number(line),
    sender: addressOf(row.from) || addressOf(row.returnPath),
    namesPassword: Number(names_password) === 1,
    attachments: attachments.map(attachmentOf),
  };
}

function attachmentOf(tuple: unknown[] | Record<string, unknown>): Attachment {
  const [name, mime_type, file_type, size, sha256, members, traits] = Object.values(tuple);
  return { name, mime_type, file_type, size: Number(size), sha256, members, traits } as Attachment;
}

/** The address of `Name <address>`, lower case. */
export function addressOf(mailbox: string): string {
  const at = mailbox.lastIndexOf("<");
  return (at < 0 ? mailbox : mailbox.slice(at + 1).replace(/>\s*$/, "")).trim().toLowerCase();
}

export const domainOf = (address: string): string => address.slice(address.lastIndexOf("@") + 1);

/** How a sender is known in the case: messages of the same address, and when the first came (milliseconds UTC). */
export interface Known {
  messages: number;
  first: number;
}

const SENDER =
  "lower(trimBoth(if(position(email_from, '<') > 0, replaceRegexpOne(extract(email_from, '<([^<]*)$'), '>\\\\s*$', ''), email_from)))";

/** By realm and address; and how many messages the case has. */
export async function knownSenders(
  context: Pick<DetectContext, "query">,
  senders: readonly string[],
): Promise<ReadonlyMap<string, Known>> {
  const known = new Map<string, Known>();
  for (let from = 0; from < senders.length; from += 2000) {
    const rows = await context.query<{ realm: string; sender: string; n: number | string; first: string }>(
      `SELECT address_realm AS realm, ${SENDER} AS sender, uniqCombined(12)(email_message_uid) AS n, toString(min(time)) AS first
       FROM email_activity WHERE sender IN {senders:Array(String)} GROUP BY realm, sender`,
      { senders: senders.slice(from, from + 2000) },
    );
    for (const { realm, sender, n, first } of rows)
      known.set(`${realm}\n${sender}`, { messages: Number(n), first: parseTime(first) });
  }
  return known;
}
