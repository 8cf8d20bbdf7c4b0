import { z } from "zod";
import { readYaml } from "../intel/index.js";
import { LongwatchError } from "../kernel/errors.js";
import type { Language } from "../kernel/language.js";
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

/** Places of arguments, each once, whether they have plural forms or not. */
const placesOf = (text: string): Set<string> =>
  new Set([...text.matchAll(/\{(\d+)[,}]/g)].map(([, place = ""]) => place));

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
    const places = placesOf(english[key] ?? "");
    const strange = [...placesOf(text)].find((place) => !places.has(place));
    if (strange !== undefined)
      throw new LongwatchError(
        "LW_LANGUAGE",
        `${visible(key)} has {${strange}}, which the English text has not: "${english[key]}"`,
        { file, line: lineOf(["messages", key]) },
      );
  }
  const known = Object.entries(messages).filter(([key]) => Object.hasOwn(english, key));
  return {
    language: { tag, messages: Object.fromEntries(known) },
    warnings: unknown.map(
      (key) => `${visible(file)}:${lineOf(["messages", key])}: no text has the key ${visible(key)}`,
    ),
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
