/** Synthetic mail: harmless bytes with the first bytes of what they stand for. */
import { crc32 } from "node:zlib";

export interface Part {
  name?: string;
  type?: string;
  content: Buffer | string;
}

export interface Mail {
  from?: string;
  to?: string;
  subject?: string;
  text?: string;
  html?: string;
  parts?: readonly Part[];
  /** Fields above the others, as servers put them. */
  trace?: readonly string[];
  /** Fields below those of the servers. */
  fields?: readonly string[];
  date?: string;
}

/** As two servers leave it: ours inside, and ours at the border, which took it from 203.0.113.7. */
export const TRACE = [
  "Return-Path: <bounce@news.example>",
  "Delivered-To: minister@mfa.example",
  "Received: from mx.mfa.example (mx.mfa.example [10.1.0.5]) by store.mfa.example with LMTP id 1; Thu, 26 Nov 2026 09:00:03 +0700",
  "Authentication-Results: mx.mfa.example; spf=fail (says spf=pass) smtp.mailfrom=news.example; dkim=none; dmarc=fail header.from=mfa.example",
  "Received: from [192.168.0.9] (unknown [203.0.113.7]) by mx.mfa.example with ESMTP id 2; Thu, 26 Nov 2026 09:00:01 +0700",
];

/** A message with lines ended by CR LF. */
export function message(mail: Mail = {}): string {
  const { from = '"Office of the Minister" <office@mfa.example>', to = "Desk <desk@mfa.example>" } = mail;
  const head = [
    ...(mail.trace ?? TRACE),
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${mail.subject ?? "Agenda"}`,
    `Date: ${mail.date ?? "Thu, 26 Nov 2026 01:59:58 +0000"}`,
    "Message-ID: <1@news.example>",
    ...(mail.fields ?? []),
    "MIME-Version: 1.0",
  ];
  const body = [
    ...(mail.html === undefined
      ? ["Content-Type: text/plain; charset=utf-8", "", mail.text ?? "See the agenda."]
      : ["Content-Type: text/html; charset=utf-8", "", mail.html]),
  ];
  const { parts = [] } = mail;
  if (parts.length === 0) return [...head, ...body, ""].join("\r\n");
  return [
    ...head,
    'Content-Type: multipart/mixed; boundary="=_b1"',
    "",
    "--=_b1",
    ...body,
    ...parts.flatMap(({ name, type = "application/octet-stream", content }) => [
      "--=_b1",
      `Content-Type: ${type}`,
      "Content-Transfer-Encoding: base64",
      `Content-Disposition: attachment${name === undefined ? "" : `; filename*=UTF-8''${encodeURIComponent(name)}`}`,
      "",
      ...(Buffer.from(content)
        .toString("base64")
        .match(/.{1,76}/g) ?? []),
    ]),
    "--=_b1--",
    "",
  ].join("\r\n");
}

/** Messages as one file, each behind its separator and with an empty line behind it. */
export function mbox(messages: readonly string[]): string {
  return messages
    .map((each) => `From bounce@news.example Thu Nov 26 02:00:05 2026\n${each.replaceAll("\r\n", "\n")}\n`)
    .join("");
}

/** A ZIP archive of stored files. */
export function zip(files: Readonly<Record<string, string | Buffer>>, encrypted = false): Buffer {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const content = Buffer.from(text);
    const title = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(encrypted ? 1 : 0, 2);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(title.length, 22);
    local.push(Buffer.from("PK\x03\x04", "latin1"), common, title, content);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\0", "latin1"), common, rest, title);
    at += 30 + title.length + content.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...local, entries, end]);
}

/** A disk image with these names in its root, and nothing in them. */
export function iso(names: readonly string[], joliet = false): Buffer {
  const sector = 2048;
  const image = Buffer.alloc(20 * sector);
  const record = (name: Buffer, flags: number): Buffer => {
    const bytes = Buffer.alloc((33 + name.length + 1) & ~1);
    bytes[0] = bytes.length;
    bytes.writeUInt32LE(19, 2);
    bytes.writeUInt32LE(sector, 10);
    bytes[25] = flags;
    bytes[32] = name.length;
    name.copy(bytes, 33);
    return bytes;
  };
  const descriptor = (at: number, type: number): void => {
    image[at] = type;
    image.write("CD001", at + 1, "latin1");
    if (type === 2) image.write("%/E", at + 88, "latin1");
    if (type !== 255) record(Buffer.from([0]), 2).copy(image, at + 156);
  };
  descriptor(16 * sector, 1);
  if (joliet) descriptor(17 * sector, 2);
  descriptor((joliet ? 18 : 17) * sector, 255);
  let at = 19 * sector;
  for (const each of [
    record(Buffer.from([0]), 2),
    record(Buffer.from([1]), 2),
    ...names.map((name) =>
      record(joliet ? Buffer.from(name, "utf16le").swap16() : Buffer.from(`${name};1`), 0),
    ),
  ]) {
    each.copy(image, at);
    at += each.length;
  }
  return image;
}

export const LNK = Buffer.from("4c0000000114020000000000c000000000000046", "hex");
export const OLE = Buffer.from("d0cf11e0a1b11ae1", "hex");
