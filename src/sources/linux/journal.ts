import type { JsonObject } from "../json-lines.js";
import { type AuditRecord, recordOf } from "./audit-record.js";

/**
 * Lines of `journalctl -o json` (systemd.journal-fields(7), "Journal JSON Format"): all values are texts, but one that is not printable is a list of bytes.
 */
const textIn = (object: JsonObject, name: string): string => {
  const value = object[name];
  return typeof value === "string" ? value : "";
};

export function messageOf(object: JsonObject): string {
  const { MESSAGE: message } = object;
  if (typeof message === "string") return message;
  const isBytes =
    Array.isArray(message) && message.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256);
  return isBytes ? Buffer.from(message as number[]).toString("utf8") : "";
}

/** An audit record that the journal took from the kernel: its message is the type and the fields. Undefined for other lines. */
export function journalRecord(
  object: JsonObject,
  message: string,
): AuditRecord | { refused: string } | undefined {
  if (textIn(object, "_TRANSPORT") !== "audit") return undefined;
  const [type = ""] = /^[A-Z][A-Z0-9_]*(?=\s|$)/.exec(message) ?? [];
  const time = /^(\d{1,12})(\d{6})$/.exec(
    textIn(object, "_SOURCE_REALTIME_TIMESTAMP") || textIn(object, "__REALTIME_TIMESTAMP"),
  );
  if (type === "" || time === null) return { refused: "the audit record has no type or no time" };
  const head = {
    node: textIn(object, "_HOSTNAME"),
    type,
    seconds: Number(time[1]),
    fraction: time[2] ?? "",
    serial: textIn(object, "_AUDIT_ID"),
  };
  return recordOf(head, message.slice(type.length + 1));
}
