import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { LongwatchError, messageOf } from "../../kernel/errors.js";
import { packageRoot } from "../../kernel/package-root.js";

const lexiconSchema = z.strictObject({
  ideas: z.record(
    z.string(),
    z.strictObject({ strength: z.number().min(0).max(1), words: z.array(z.string().min(2)) }),
  ),
  neutral: z.array(z.string().min(2)),
});

/** The words of `lexicon.yaml`. */
export class Lexicon {
  readonly longest: number;
  #words = new Map<string, { idea: string; strength: number }>();
  #neutral: ReadonlySet<string>;

  constructor(
    ideas: Record<string, { strength: number; words: readonly string[] }>,
    neutral: readonly string[],
  ) {
    this.#neutral = new Set(neutral);
    for (const [idea, { strength, words }] of Object.entries(ideas)) {
      for (const word of words) this.#words.set(word, { idea, strength });
    }
    this.longest = Math.max(1, ...[...this.#words.keys(), ...neutral].map((word) => word.length));
  }

  has(text: string): boolean {
    return this.#words.has(text) || this.#neutral.has(text);
  }

  /** The idea that a word stands for; undefined for neutral and unknown ones. */
  word(text: string): { idea: string; strength: number } | undefined {
    return this.#words.get(text);
  }
}

let loaded: Lexicon | undefined;

/** @throws LW_CONFIG where the list that comes with the program was damaged. */
export function lexicon(): Lexicon {
  if (loaded !== undefined) return loaded;
  const file = join(packageRoot, "src", "detect", "cloud-masquerade", "lexicon.yaml");
  try {
    const list = lexiconSchema.parse(parseYaml(readFileSync(file, "utf8")));
    loaded = new Lexicon(list.ideas, list.neutral);
    return loaded;
  } catch (error) {
    throw new LongwatchError(
      "LW_CONFIG",
      `The lexicon cannot be read (${messageOf(error)}): install Longwatch again.`,
      { file },
      error,
    );
  }
}
