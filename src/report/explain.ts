import { missingArgument, pluralForm, templateOf, templateParts } from "../kernel/language.js";
import { JOINTS, joinItems, joinList, LIST_LIMIT } from "../kernel/lists.js";
import type { Explanation, ExplanationArg } from "../model/finding.js";
import { ENGLISH, say } from "./catalogue.js";
import {
  exactBytes,
  formatBytes,
  formatDuration,
  formatNumber,
  formatPercent,
  formatTime,
} from "./format.js";

/** A piece of a rendered explanation. Text is as the log had it: each report escapes it in its own way. */
export interface Segment {
  text: string;
  /** `plain` is the template's own text, `problem` marks a defect of the catalogue that must not hide. */
  kind: "plain" | "problem" | ExplanationArg["type"];
  /** The exact value where the text is rounded. */
  exact?: string;
}

/**
 * One typed argument. Units: `bytes` in bytes, `duration` in seconds, `percent` as a share 0..1, `time` as RFC 3339 or milliseconds.
 * A value that does not fit its type is shown as it is.
 */
export function renderArgument(arg: ExplanationArg): Segment {
  const { type, value } = arg;
  if (Array.isArray(value))
    return {
      text: joinList(value, LIST_LIMIT),
      kind: type,
      ...(value.length > LIST_LIMIT && { exact: joinItems(value) }),
    };
  if (type === "time") return { text: formatTime(value), kind: type, exact: String(value) };
  if (typeof value !== "number") return { text: value, kind: type };
  switch (type) {
    case "bytes":
      return { text: formatBytes(value), kind: type, exact: exactBytes(value) };
    case "duration":
      return { text: formatDuration(value), kind: type, exact: say("unit.seconds", value) };
    case "percent":
      return { text: formatPercent(value), kind: type, exact: String(value) };
    default:
      return { text: formatNumber(value), kind: type };
  }
}

/** An explanation as pieces of text. A missing template or argument is shown as such: silence would look like a clean result. */
export function explain(explanation: Explanation, messages: Readonly<Record<string, string>>): Segment[] {
  const template = templateOf(explanation.key, messages);
  if (template === undefined) return fallback(explanation);
  return templateParts(template).map((part): Segment => {
    if (typeof part === "string") return { text: part, kind: "plain" };
    const arg = explanation.args[part.position];
    if (arg === undefined) return { text: missingArgument(part.position), kind: "problem" };
    if (arg.type === "word") return wordOf(String(arg.value), messages);
    return part.forms !== undefined && typeof arg.value === "number"
      ? { text: pluralForm(part.forms, arg.value), kind: "number" }
      : renderArgument(arg);
  });
}

function wordOf(key: string, messages: Readonly<Record<string, string>>): Segment {
  const word = templateOf(key, messages);
  return word === undefined ? { text: missingText(key), kind: "problem" } : { text: word, kind: "word" };
}

function missingText(key: string): string {
  return `[no text for “${key}”]`;
}

function fallback(explanation: Explanation): Segment[] {
  const segments: Segment[] = [{ text: missingText(explanation.key), kind: "problem" }];
  for (const arg of explanation.args)
    segments.push({ text: " ", kind: "plain" }, renderArgument(arg), { text: ";", kind: "plain" });
  return segments;
}

/** An explanation as one paragraph. */
export function explainText(explanation: Explanation, messages: Readonly<Record<string, string>>): string {
  return explain(explanation, messages)
    .map((segment) => segment.text)
    .join("");
}

/** A sentence that an earlier stage put together by its key. */
export function sayStatement(statement: Explanation): string {
  return explainText(statement, ENGLISH);
}

/** A statement as text, of which what was said before is said already; undefined where neither `english` nor the language has its key. */
export function statementText(
  { key, args }: Explanation,
  english: Readonly<Record<string, string>>,
): string | undefined {
  const template = templateOf(key, english);
  if (template === undefined) return undefined;
  if (JOINTS.some((joint) => joint === key))
    return args.map((arg) => renderArgument(arg).text).join(template);
  return explainText({ key, args }, english);
}

/** Sentences are made of sentences, and lists of lists, by far fewer than this. */
const DEEPEST = 50;

/** A sentence of a stage before in the current language; as it is where nothing tells what it is made of, or where the language has no text for it. */
export function sayAgain(text: string, statements: Readonly<Record<string, Explanation>>, depth = 0): string {
  const statement = Object.hasOwn(statements, text) ? statements[text] : undefined;
  if (statement === undefined || depth > DEEPEST) return text;
  const args = statement.args.map((arg) =>
    arg.type === "said" ? { ...arg, value: sayAgain(String(arg.value), statements, depth + 1) } : arg,
  );
  return statementText({ key: statement.key, args }, {}) ?? text;
}
