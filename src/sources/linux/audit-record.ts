import { add, eventOfFields, type Fields, type HostEvent } from "../host-event.js";
import { typeName, typeNumber } from "./record-types.js";
import { socketAddress } from "./socket-address.js";
import { syscallName } from "./syscalls.js";

/**
 * Records of the Linux audit system, one a line, as auditd writes them (raw or enriched) and as they stand in a syslog. Format: "Audit event parsing library
 * specifications" and "Audit dictionary" of the linux-audit documentation; what the kernel writes as hexadecimal: kernel/audit.c, audit_log_untrustedstring.
 */
const HEAD =
  /(?:^|\s)(?:node=(\S+)\s+)?type=([A-Z][A-Z0-9_]*|UNKNOWN\[\d{1,5}\]|\d{4})\s+(?:msg=)?audit\((\d{1,12})\.(\d{1,9}):(\d{1,19})\):[ ]?/;
/** Programs put their own fields between these. */
const [MESSAGE_BEGIN, MESSAGE_END] = ["msg='", "'"];
const FIELD = /(?<![\w-])([A-Za-z][\w-]*(?:\[\d+\])?)=("[^"]*"|'[^']*'|\{[^{}]*\}|\S*)/g;
/** auditd in its enriched form puts behind it what numbers mean. */
const GROUP_SEPARATOR = "\u001d";
const HEX = /^(?:[0-9A-F]{2})+$/;
/** Fields that hold what a user chose: in quotes, or in hexadecimal where that would not be safe. */
const CHOSEN = new Set(
  "comm exe name cwd path dir file key data cmd acct proctitle ocomm vm old-chardev new-chardev".split(" "),
);
const ARGUMENT = /^a(\d{1,6})(?:\[(\d+)\])?$/;

/** What the head of a record says. */
export interface AuditHead {
  node: string;
  type: string;
  /** Seconds since 1970, and the digits of their fraction. */
  seconds: number;
  fraction: string;
  serial: string;
}

/** A record, and what it says for the others of its event. */
export interface AuditRecord {
  event: HostEvent;
  /** Records of one event have one. */
  key: string;
  type: string;
}

/** The record that a line holds; undefined where it holds none. */
export function auditRecord(line: string, host: string): AuditRecord | { refused: string } | undefined {
  const head = HEAD.exec(line);
  if (head === null) return undefined;
  const [whole, node = host, type = "", seconds, fraction = "", serial = ""] = head;
  const body = line.slice(head.index + whole.length);
  return recordOf({ node, type: typeName(type), seconds: Number(seconds), fraction, serial }, body);
}

export function recordOf(
  { node, type, seconds, fraction, serial }: AuditHead,
  body: string,
): AuditRecord | { refused: string } {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime()) || seconds >= LAST_SECOND)
    return { refused: "its time is none that a clock shows" };
  const time = `${at.toISOString().slice(0, 19)}.${fraction}Z`;
  const number = typeNumber(type);
  const system: Fields = new Map([
    ["Provider_Name", "auditd"],
    ["TimeCreated_SystemTime", time],
    ["EventRecordID", serial],
    ["Channel", "auditd"],
  ]);
  if (number !== undefined) system.set("EventID", String(number));
  if (node !== "") system.set("Computer", node);
  const data: Fields = new Map([["type", type]]);
  const context = new Map<string, string>();
  const behind = body.indexOf(GROUP_SEPARATOR);
  addFields(data, behind < 0 ? body : body.slice(0, behind), type);
  if (behind >= 0) for (const [name, raw] of fieldsIn(body.slice(behind + 1))) data.set(name, unquoted(raw));
  explain(data, context, type);
  return {
    event: eventOfFields("auditd", { system, data, context }, time),
    key: `${node} ${seconds}.${fraction}:${serial}`,
    type,
  };
}

/** The year 10000. */
const LAST_SECOND = 253_402_300_800;

function* fieldsIn(text: string): Generator<readonly [string, string]> {
  for (const [, name = "", raw = ""] of text.matchAll(FIELD)) yield [name, raw];
}

const unquoted = (raw: string): string =>
  raw.length > 1 && /^["'{]/.test(raw) ? raw.slice(1, -1).trim() : raw;

function addFields(data: Fields, text: string, type: string): void {
  const [before, message] = apart(text.trimEnd());
  const parts = new Map<string, string>();
  for (const [name, raw] of fieldsIn(before)) {
    const argument = type === "EXECVE" ? ARGUMENT.exec(name) : null;
    // An argument that is too long for one field comes in several.
    if (argument?.[2] !== undefined) {
      const key = `a${argument[1]}`;
      parts.set(key, (parts.get(key) ?? "") + raw);
    } else put(data, name, raw, argument !== null || CHOSEN.has(name));
  }
  for (const [name, raw] of parts) put(data, name, raw, true);
  for (const [name, raw] of fieldsIn(message)) put(data, name, raw, CHOSEN.has(name));
}

/** The fields of the kernel, and those of a program. */
function apart(text: string): [string, string] {
  const at = text.indexOf(MESSAGE_BEGIN);
  return at < 0 || !text.endsWith(MESSAGE_END)
    ? [text, ""]
    : [text.slice(0, at), text.slice(at + MESSAGE_BEGIN.length, -MESSAGE_END.length)];
}

function put(data: Fields, name: string, raw: string, chosen: boolean): void {
  if (name === "type") return;
  if (!chosen || !HEX.test(raw)) {
    add(data, name, unquoted(raw));
    return;
  }
  const text = Buffer.from(raw, "hex").toString("utf8");
  if (name === "proctitle") add(data, name, text.replaceAll("\u0000", " ").trimEnd());
  // A record can have several keys.
  else if (name === "key" && text.includes("\u0001")) add(data, name, text.split("\u0001"));
  else add(data, name, text);
}

/** What the numbers of a record mean, in the names that auditd's enriched form and ausearch give it. */
function explain(data: Fields, context: Map<string, string>, type: string): void {
  const one = (name: string): string => [data.get(name) ?? ""].flat()[0] ?? "";
  if (type === "SYSCALL" && !data.has("SYSCALL")) {
    const name = syscallName(one("arch"), one("syscall"));
    if (name !== undefined) data.set("SYSCALL", name);
  } else if (type === "SOCKADDR") {
    for (const [name, value] of socketAddress(one("saddr"))) if (!data.has(name)) data.set(name, value);
  } else if (type === "EXECVE") {
    const words: string[] = [];
    for (let number = 0; number < MOST_WORDS && data.has(`a${number}`); number++)
      words.push(one(`a${number}`));
    context.set("command_line", words.join(" "));
  }
}

/** The kernel writes no more arguments than that into a record. */
const MOST_WORDS = 7500;
