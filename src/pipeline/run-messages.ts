import { sayer } from "../kernel/language.js";

/** Words of detectors that did not run, and of a file of times whose hours are read. `{n}` is the n-th argument. */
export const RUN_MESSAGES = {
  "run.off.reason": "switched off in the configuration",
  "run.missing.reason": "no records of {0} in this case",

  "times.rejected":
    "{0, plural, one {# line has} other {# lines have}} no time that could be read, of {1}, and {0, plural, one {is} other {are}} left out.",
  "times.no-offset":
    "{0, plural, one {# time has} other {# times have}} no offset from UTC and {0, plural, one {was} other {were}} taken for UTC; if local times are meant, every offset here is wrong by that.",
  "times.first":
    "The file has more events than are held at once: of each actor's, the first in every {0, plural, one {# second} other {# seconds}} was kept.",
  "times.actors": "The file has more events than are held at once: one actor in {0} was kept, by lot.",
  "times.first-and-actors":
    "The file has more events than are held at once: of each actor's, the first in every {0, plural, one {# second} other {# seconds}} was kept, and one actor in {1} was kept, by lot.",
  "times.broken": "The file could not be read to its end ({0}).",
} as const;

export const say = sayer(RUN_MESSAGES);
