import { z } from "zod";
import { shippedList } from "../../kernel/shipped-list.js";

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

/** `lexicon.yaml`. @throws LW_CONFIG where it was damaged. */
export const lexicon = shippedList("The lexicon", "src/detect/cloud-masquerade/lexicon.yaml", (content) => {
  const list = lexiconSchema.parse(content);
  return new Lexicon(list.ideas, list.neutral);
});
