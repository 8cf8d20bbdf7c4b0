import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "strobe.no-connections-case": "no connections in this case",
  "strobe.hourly-contacts": "hourly contacts",
  "strobe.pairs-busy-hour": "pairs with a busy hour",
  "strobe.strobes-allow-list-left": "strobes on the allow-list left out",
  "strobe.strobes-not-reported-beyond": "strobes not reported (beyond max_findings)",
  "strobe.connections-hour-at-busiest":
    "{0} connections an hour at the busiest; nothing at 3,600, full at 360,000",
  "strobe.hours-at-or-above": "{0} hours at or above the limit; full at a week's",
  "strobe.opened-connections": "{0} opened {1} connections to {2}",
  "strobe.strobe-names-noise-programs":
    "A strobe names noise: programs that retry without pause, pollers, defects. By itself it says nothing of an intruder.",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "strobe.pair":
    "{0} opened {1} connections to {2} (port {3}) between {4} and {5}: {6} an hour at the most, in {7} hours of that kind. {8} of the " +
    "connections were answered.",
};
