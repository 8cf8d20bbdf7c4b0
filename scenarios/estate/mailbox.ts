import type { DayBook } from "./day-book.js";
import type { Message } from "./network.js";

interface Letter extends Message {
  /** Address of the server that sent it. */
  from: string;
  /** Whether SPF, DKIM and DMARC say that the sender is who he says. */
  passes: boolean;
  text: string;
  attachment?: { name: string };
}

/** A message as the mail server keeps it: one of an mbox (RFC 4155). Attachments hold harmless text whatever they are called. */
export function mailLine(book: DayBook, ts: number, letter: Letter): void {
  const date = new Date(ts / 1000).toUTCString();
  const [domain = ""] = letter.sender.split("@").slice(1);
  const server = `mail01.${book.estate.organisation.domain}`;
  const verdict = letter.passes ? "pass" : "fail";
  const boundary = `=_${letter.id.replace(/\W/g, "").slice(0, 24)}`;
  const head = [
    `From ${letter.sender} ${asctime(ts)}`,
    `Received: from ${letter.helo} (${letter.from}) by ${server}; ${date}`,
    `Authentication-Results: ${server}; spf=${verdict} smtp.mailfrom=${domain}; dkim=${letter.passes ? "pass" : "none"}; dmarc=${verdict} header.from=${domain}`,
    `From: <${letter.sender}>`,
    ...(letter.replyTo ? [`Reply-To: <${letter.replyTo}>`] : []),
    `To: <${letter.recipient}>`,
    `Subject: ${letter.subject}`,
    `Message-ID: ${letter.id}`,
    `Date: ${date}`,
    "MIME-Version: 1.0",
  ];
  const body = letter.attachment
    ? [
        `Content-Type: multipart/mixed; boundary="${boundary}"`,
        "",
        `--${boundary}`,
        "Content-Type: text/plain; charset=us-ascii",
        "",
        letter.text,
        `--${boundary}`,
        `Content-Type: application/octet-stream; name="${letter.attachment.name}"`,
        `Content-Disposition: attachment; filename="${letter.attachment.name}"`,
        "Content-Transfer-Encoding: base64",
        "",
        Buffer.from("harmless text in place of an attachment (synthetic)").toString("base64"),
        `--${boundary}--`,
      ]
    : ["Content-Type: text/plain; charset=us-ascii", "", letter.text];
  book.line("mail", ts, [...head, ...body, ""].join("\n"));
}

/** As C's `asctime` writes a time, which RFC 4155 asks of the line before a message: `Mon Mar  2 03:06:44 2026`. */
function asctime(ts: number): string {
  const [weekday = "", day = "", month = "", year = "", clock = ""] = new Date(ts / 1000)
    .toUTCString()
    .split(/,? /);
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${clock} ${year}`;
}
