import { joinSentences } from "../../kernel/lists.js";
import type { ScheduleAnalysis } from "../../model/schedule.js";
import type { ScheduleOptions } from "../options.js";
import { calendarSentences } from "./calendars.js";
import { caveatsOf } from "./caveats.js";
import { confidenceOf } from "./confidence.js";
import { lullSentences } from "./lulls.js";
import { say } from "./messages.js";
import { zoneSentences } from "./zone.js";

type Measured = Omit<ScheduleAnalysis, "words" | "caveats">;

/** What is likely, and how good the evidence is, in sentences of their own (ICD 203); the caveats close the paragraph, so that they are pasted with it. */
export function wordsOf(
  measured: Measured,
  options: ScheduleOptions,
): Pick<ScheduleAnalysis, "words" | "caveats"> {
  const titles = new Map(options.calendars.map(({ country, title }) => [country, title]));
  const titleOf = (country: string) => titles.get(country) ?? country;
  const { calendars: rows, lulls, verdict, reason } = measured;
  const sentences =
    verdict === "human"
      ? [
          ...zoneSentences(measured),
          ...calendarSentences(rows, titleOf),
          ...lullSentences(lulls, { titleOf, rows, ownCountry: options.watched?.country }),
        ]
      : [reason, say("words.nothing-more")];
  const likelihood = joinSentences(sentences);
  const { level, sentence } = confidenceOf(measured, options);
  const caveats = caveatsOf(measured, options);
  return {
    words: {
      likelihood,
      confidence: sentence,
      confidence_level: level,
      paragraph: say("words.paragraph", likelihood, sentence, joinSentences(caveats)),
    },
    caveats,
  };
}
