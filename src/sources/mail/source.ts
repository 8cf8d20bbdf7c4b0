import type { LineKind, Reader, Shape, Source } from "../port.js";
import { isWhole, linedMail, TORN } from "./lined.js";
import { recognise } from "./recognise.js";

/** Attributes of an attachment, as the column has them. */
const ATTACHMENTS =
  "Array(Tuple(name String, mime_type String, file_type String, size UInt64, sha256 String, members Array(String), traits Array(String)))";

const MEMBERS = [
  ...[
    "time Int64",
    "sent Nullable(Int64)",
    "message_uid String",
    "from String",
    "reply_to String",
    "return_path String",
  ],
  ...[
    "to Array(String)",
    "cc Array(String)",
    "delivered_to Array(String)",
    "subject String",
    "user_agent String",
    "hello String",
  ],
  ...[
    "outside String",
    "received Array(String)",
    "auth_server String",
    "spf String",
    "dkim String",
    "dmarc String",
  ],
  ...["names_code UInt8", "links Array(String)", `attachments ${ATTACHMENTS}`],
];

/** How the engine reads the lines of {@link linedMail}. */
const MAIL_LINES: Shape = {
  key: "mail",
  prelude: [
    `if(startsWith(line, '${TORN}'), substring(line, ${TORN.length + 1}), line) AS whole`,
    `JSONExtract(whole, 'Tuple(${MEMBERS.join(", ")})') AS mail`,
  ],
  rejectLine:
    "multiIf(startsWith(whole, '!'), substring(whole, 2, position(whole, '\\t') - 2), NOT isValidJSON(whole), 'the message did not reach the engine whole', '')",
  rejectText: "if(startsWith(whole, '!'), substring(whole, position(whole, '\\t') + 1), whole)",
  plans: [
    {
      table: "email_activity",
      accept: "1",
      reject: "''",
      columns: {
        product: "'mail'",
        time: "fromUnixTimestamp64Micro(mail.time, 'UTC')",
        src_endpoint_ip: "toIPv6OrDefault(mail.outside)",
        smtp_hello: "mail.hello",
        smtp_from: "mail.return_path",
        smtp_to: "mail.delivered_to",
        email_from: "mail.from",
        email_to: "mail.to",
        email_cc: "mail.cc",
        email_reply_to: "mail.reply_to",
        email_subject: "mail.subject",
        email_message_uid: "mail.message_uid",
        email_sent_time:
          "if(isNull(mail.sent), NULL, fromUnixTimestamp64Micro(assumeNotNull(mail.sent), 'UTC'))",
        email_received_ips:
          "arrayMap(a -> assumeNotNull(a), arrayFilter(a -> isNotNull(a), arrayMap(a -> toIPv6OrNull(a), mail.received)))",
        email_auth_server: "mail.auth_server",
        email_spf: "mail.spf",
        email_dkim: "mail.dkim",
        email_dmarc: "mail.dmarc",
        email_names_password: "mail.names_code",
        email_links: "mail.links",
        email_attachments: "mail.attachments",
        user_agent: "mail.user_agent",
      },
    },
  ],
};

class MailReader implements Reader {
  readonly log = "mail";
  readonly headerLines = 0;
  readonly specialFirstBytes: ReadonlySet<number> = new Set();
  readonly shape = MAIL_LINES;
  readonly sensorInLog = undefined;
  readonly wholeWithoutNewline = isWhole;
  readonly lastApart = true;

  constructor(readonly format: "mbox" | "eml") {}

  special(): LineKind {
    return "data";
  }
}

export const mailSource: Source = {
  id: "mail",
  title: "Mail",
  formats: [
    { format: "eml", description: "a message as it was received (.eml, a file of a maildir)" },
    { format: "mbox", description: "a folder of messages in one file" },
  ],
  lined: linedMail,
  detect({ lines }) {
    const recognised = recognise(lines);
    return "refused" in recognised
      ? { recognised: false, refused: recognised.refused }
      : { recognised: true, reader: new MailReader(recognised.format) };
  },
};
