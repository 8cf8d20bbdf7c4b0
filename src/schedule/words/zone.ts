import { utcOffset } from "../../kernel/time.js";
import { likelihoodWord } from "../../model/assessment.js";
import type { ScheduleAnalysis } from "../../model/schedule.js";
import { listed, percent } from "./text.js";

type Human = Pick<ScheduleAnalysis, "hypotheses" | "offset" | "zones" | "foreign" | "daylight_saving">;

/** Zones named in a sentence. */
const NAMED = 6;
/** Probability below which a zone is not named. */
const NAMEABLE = 0.05;
/** How sure "people do, or do not, change their clocks" must be to be said. */
const SAID = 0.9;

/** Who made the activity, and by which clock they live. */
export function zoneSentences(human: Human): string[] {
  const { hypotheses, offset } = human;
  if (hypotheses === null || offset === null) return [];
  return [
    whoSentence(hypotheses),
    offsetSentence(offset),
    sharedSentence(human),
    ...clockSentences(human),
    ...foreignSentences(human),
  ];
}

function whoSentence({ human, victim }: NonNullable<Human["hypotheses"]>): string {
  if (victim > human)
    return `It is ${likelihoodWord(victim)} (${percent(victim)}) that the activity follows the watched place's own rhythm; the hours below are then that place's and say nothing about operators.`;
  const own =
    victim > 0.01
      ? `; that it is the watched place's own rhythm, ${likelihoodWord(victim)} (${percent(victim)})`
      : "";
  return `It is ${likelihoodWord(human)} (${percent(human)}) that people with a working day of their own made this activity${own}.`;
}

function offsetSentence({
  best_minutes,
  interval95: [from, to],
  posterior,
}: NonNullable<Human["offset"]>): string {
  const mass = posterior.reduce(
    (sum, { offset_minutes, probability }) =>
      [offset_minutes - 1440, offset_minutes, offset_minutes + 1440].some(
        (each) => each >= from && each <= to,
      )
        ? sum + probability
        : sum,
    0,
  );
  return `If so, it is ${likelihoodWord(mass)} (${percent(mass)}) that their clocks are between ${utcOffset(from)} and ${utcOffset(to)}, with ${utcOffset(best_minutes)} the best estimate.`;
}

function sharedSentence({ zones }: Human): string {
  const nameable = zones.filter(({ probability }) => probability >= NAMEABLE);
  const shown = (nameable.length > 0 ? nameable : zones.slice(0, 1)).slice(0, 3);
  const named = shown.map(({ zone, same_clock, probability }) => {
    const others = same_clock.slice(0, NAMED - 1);
    const more = same_clock.length - others.length;
    const alike =
      others.length === 0 ? "" : `, as in ${listed(more > 0 ? [...others, `${more} more`] : others)}`;
    return `${zone} (${percent(probability)}${alike})`;
  });
  return `Clocks that fit are those of ${listed(named)}; hours alone cannot tell apart places whose clocks read the same.`;
}

function clockSentences({ daylight_saving }: Human): string[] {
  if (daylight_saving === null) return [];
  const { probability, shift_minutes } = daylight_saving;
  if (probability >= SAID)
    return [
      `The working day moves with the clocks of a zone with daylight saving (by ${Math.round(shift_minutes)} minutes; probability ${percent(probability)}).`,
    ];
  if (probability <= 1 - SAID)
    return [
      `The working day does not move where clocks elsewhere change (probability of daylight saving ${percent(probability)}).`,
    ];
  return [
    `Whether the working day moves with daylight saving cannot be told (probability ${percent(probability)}).`,
  ];
}

function foreignSentences({ foreign }: Human): string[] {
  switch (foreign) {
    case "yes":
      return ["This is another zone than that of the watched place."];
    case "no":
      return ["Nothing speaks for another zone than that of the watched place."];
    case "undecided":
      return ["Whether it is another zone than that of the watched place cannot be told."];
    default:
      return [];
  }
}
