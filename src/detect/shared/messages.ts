import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "shared.no-inside-host-known":
    "no inside host is known: name your networks in the inventory or under internal networks",
} as const;

export const say = sayer(WORDS);

/** Sentences that several detectors say, by key. */
export const messages: Readonly<Record<string, string>> = {
  ...WORDS,
};
