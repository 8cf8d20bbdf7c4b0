import { ENGLISH } from "../catalogue.js";
import type { ReportInput } from "../port.js";

const WORD = /[\p{L}\p{N}]+/gu;

/** No digit, dot or other sign: with these it is a name and nothing else. */
const NAME = /^\p{L}+(?:[ _-]\p{L}+)*$/u;

const wordsOf = (text: string): string[] => text.toLowerCase().match(WORD) ?? [];

/** Words in which the report itself speaks: of its messages, of those of the detectors, and of these detectors' titles. */
export class OwnWords {
  readonly #words: ReadonlySet<string>;

  constructor({ assessment, messages }: Pick<ReportInput, "assessment" | "messages">) {
    const texts = [
      ...Object.values(ENGLISH),
      ...Object.values(messages),
      ...assessment.detectors.flatMap(({ id, title }) => [id, title]),
    ];
    this.#words = new Set(texts.flatMap(wordsOf));
  }

  /** Whether a name is made of such words alone, as `web` and `file server` are (and `web.local` is not): in a sentence nobody can tell which of both is meant. */
  isMadeOf(name: string): boolean {
    return NAME.test(name) && wordsOf(name).every((word) => this.#words.has(word));
  }
}
