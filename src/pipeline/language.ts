import { z } from "zod";
import { readYaml } from "../intel/index.js";
import { LongwatchError } from "../kernel/errors.js";
import { type Language, templateParts } from "../kernel/language.js";
import { visible } from "../kernel/visible.js";
import { ENGLISH } from "../report/index.js";
import { MESSAGES } from "./messages.js";

/** A text longer than this is none of a sentence, and would stand in a page a thousand times. */
const LONGEST = 4_000;

const fileSchema = z.strictObject({
  tag: z.string().min(1).max(100),
  messages: z.record(z.string().max(200), z.string().max(LONGEST)),
});

/** Every text that can be translated, by key. */
export const catalogue = (): Record<string, string> => ({ ...MESSAGES, ...ENGLISH });

/** A line is sought from the start of the file, and nobody reads thousands. */
const WARNINGS_SHOWN = 20;

/** Places of arguments, each once, whether they have plural forms or not. */
const placesOf = (text: string): Set<number> =>
  new Set(templateParts(text).flatMap((part) => (typeof part === "string" ? [] : [part.position])));

/** What is wrong with the text of a key, in words that follow the key. */
function defectOf(text: string, english: string): string | undefined {
  if (visible(text) !== text)
    return `has a line end or a character that cannot be seen: "${clipped(visible(text))}"`;
  const parts = templateParts(text);
  if (parts.some((part) => typeof part === "string" && /\{\d/.test(part)))
    return `has an argument that is written neither {0} nor {0, plural, one {# host} other {# hosts}}: "${clipped(text)}"`;
  if (parts.some((part) => typeof part !== "string" && part.forms?.has("other") === false))
    return `has plural forms without other: "${clipped(text)}"`;
  const places = placesOf(english);
  const strange = [...placesOf(text)].find((place) => !places.has(place));
  return strange === undefined ? undefined : `has {${strange}}, which the English text has not: "${english}"`;
}

const clipped = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

/**
 * A translation: YAML or JSON, `tag` and `messages`. Keys that no catalogue has are warned of, for a catalogue changes.
 * @throws LW_LANGUAGE with file and line where it cannot be used
 */
export function readLanguage(file: string): { language: Language; warnings: string[] } {
  const { value, lineOf } = readYaml(file, "LW_LANGUAGE");
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path ?? [];
    throw new LongwatchError(
      "LW_LANGUAGE",
      `${visible(path.join(".")) || "the file"}: ${issue?.message ?? "has a wrong form"}; a translation has a tag and messages, as \`longwatch language\` writes them`,
      { file, line: lineOf(path) },
    );
  }
  const { tag, messages } = parsed.data;
  requireTag(tag, file, lineOf(["tag"]));
  const english = catalogue();
  const unknown: string[] = [];
  for (const [key, text] of Object.entries(messages)) {
    if (!Object.hasOwn(english, key)) {
      unknown.push(key);
      continue;
    }
    const defect = defectOf(text, english[key] ?? "");
    if (defect !== undefined)
      throw new LongwatchError("LW_LANGUAGE", `${visible(key)} ${defect}`, {
        file,
        line: lineOf(["messages", key]),
      });
  }
  const known = Object.entries(messages).filter(([key]) => Object.hasOwn(english, key));
  return {
    language: { tag, messages: Object.fromEntries(known) },
    warnings: [
      ...unknown
        .slice(0, WARNINGS_SHOWN)
        .map((key) => `${visible(file)}:${lineOf(["messages", key])}: no text has the key ${visible(key)}`),
      ...(unknown.length > WARNINGS_SHOWN
        ? [`… and ${unknown.length - WARNINGS_SHOWN} more of this kind`]
        : []),
    ],
  };
}

function requireTag(tag: string, file: string, line: number): void {
  try {
    Intl.getCanonicalLocales(tag);
  } catch {
    throw new LongwatchError(
      "LW_LANGUAGE",
      `${visible(tag)} is no language tag (BCP 47), such as km or zh-Hant`,
      { file, line },
    );
  }
}
