import type { Explanation, ExplanationArg } from "../model/finding.js";
import {
  exactBytes,
  formatBytes,
  formatDuration,
  formatNumber,
  formatPercent,
  formatTime,
  pluralCategory,
} from "./format.js";

/** A piece of a rendered explanation. Text is as the log had it: each report escapes it in its own way. */
export interface Segment {
  text: string;
  /** `plain` is the template's own text, `problem` marks a defect of the catalogue that must not hide. */
  kind: "plain" | "problem" | ExplanationArg["type"];
  /** The exact value where the text is rounded. */
  exact?: string;
}

/** Lists longer than this are cut, with the rest counted. */
const LIST_LIMIT = 12;

/** `a, b and c`; long lists end in `and 7 more`. */
export function joinList(items: readonly string[], limit = LIST_LIMIT): string {
  if (items.length > limit)
    return `${items.slice(0, limit).join(", ")} and ${formatNumber(items.length - limit)} more`;
  const last = items.at(-1);
  if (last === undefined) return "none";
  return items.length === 1 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}

/**
 * One typed argument. Units: `bytes` in bytes, `duration` in seconds, `percent` as a share 0..1, `time` as RFC 3339 or milliseconds.
 * A value that does not fit its type is shown as it is.
 */
export function renderArgument(arg: ExplanationArg): Segment {
  const { type, value } = arg;
  if (Array.isArray(value))
    return {
      text: joinList(value),
      kind: type,
      ...(value.length > LIST_LIMIT && { exact: value.join(", ") }),
    };
  if (type === "time") return { text: formatTime(value), kind: type, exact: String(value) };
  if (typeof value !== "number") return { text: value, kind: type };
  switch (type) {
    case "bytes":
      return { text: formatBytes(value), kind: type, exact: exactBytes(value) };
    case "duration":
      return { text: formatDuration(value), kind: type, exact: `${formatNumber(value)} seconds` };
    case "percent":
      return { text: formatPercent(value), kind: type, exact: String(value) };
    default:
      return { text: formatNumber(value), kind: type };
  }
}

/** An explanation as pieces of text. A missing template or argument is shown as such: silence would look like a clean result. */
export function explain(explanation: Explanation, messages: Readonly<Record<string, string>>): Segment[] {
  const template = Object.hasOwn(messages, explanation.key) ? messages[explanation.key] : undefined;
  if (template === undefined) return fallback(explanation);
  return templateParts(template).map((part): Segment => {
    if (typeof part === "string") return { text: part, kind: "plain" };
    const arg = explanation.args[part.position];
    if (arg === undefined) return { text: `[argument ${part.position} is missing]`, kind: "problem" };
    if (arg.type === "word") return wordOf(String(arg.value), messages);
    return part.forms !== undefined && typeof arg.value === "number"
      ? { text: pluralForm(part.forms, arg.value), kind: "number" }
      : renderArgument(arg);
  });
}

function wordOf(key: string, messages: Readonly<Record<string, string>>): Segment {
  const word = Object.hasOwn(messages, key) ? messages[key] : undefined;
  return word === undefined
    ? { text: `[no text for “${key}”]`, kind: "problem" }
    : { text: word, kind: "word" };
}

/** The place of an argument in a template, and for a count its plural forms by CLDR category. */
interface Placeholder {
  position: number;
  forms?: ReadonlyMap<string, string>;
}

const PLACEHOLDER = /(\{\d+(?:, plural,(?: [a-z]+ \{[^{}]*\})+)?\})/;

/** `{0}`, and of ICU's message format `{0, plural, one {# host} other {# hosts}}`, where `#` stands for the number. */
export function templateParts(template: string): (string | Placeholder)[] {
  return template.split(PLACEHOLDER).flatMap((part, index): (string | Placeholder)[] => {
    if (index % 2 === 0) return part === "" ? [] : [part];
    const position = Number(/\d+/.exec(part)?.[0]);
    const forms = [...part.matchAll(/([a-z]+) \{([^{}]*)\}/g)].map(
      ([, category = "", form = ""]) => [category, form] as const,
    );
    return [forms.length > 0 ? { position, forms: new Map(forms) } : { position }];
  });
}

/** The form that the current language has for a count; `other` is what every message must have. */
export function pluralForm(forms: ReadonlyMap<string, string>, count: number): string {
  const form = forms.get(pluralCategory(count)) ?? forms.get("other") ?? "#";
  return form.replaceAll("#", formatNumber(count));
}

function fallback(explanation: Explanation): Segment[] {
  const segments: Segment[] = [{ text: `[no text for “${explanation.key}”]`, kind: "problem" }];
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
