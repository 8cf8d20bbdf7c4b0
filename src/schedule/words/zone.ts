import { joinList } from "../../kernel/lists.js";
import { utcOffset } from "../../kernel/time.js";
import type { ScheduleAnalysis } from "../../model/schedule.js";
import { likelihoodText } from "../../model/words.js";
import { say } from "./messages.js";
import { percent } from "./text.js";

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
  if (victim > human) return say("words.who.watched", likelihoodText(victim), percent(victim));
  const own = victim > 0.01 ? say("words.who.own", likelihoodText(victim), percent(victim)) : "";
  return say("words.who.people", likelihoodText(human), percent(human), own);
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
  return say(
    "words.offset",
    likelihoodText(mass),
    percent(mass),
    utcOffset(from),
    utcOffset(to),
    utcOffset(best_minutes),
  );
}

function sharedSentence({ zones }: Human): string {
  const nameable = zones.filter(({ probability }) => probability >= NAMEABLE);
  const shown = (nameable.length > 0 ? nameable : zones.slice(0, 1)).slice(0, 3);
  const named = shown.map(({ zone, same_clock, probability }) => {
    const others = same_clock.slice(0, NAMED - 1);
    const more = same_clock.length - others.length;
    const alike =
      others.length === 0
        ? ""
        : say(
            "words.clocks.alike",
            joinList(more > 0 ? [...others, say("words.clocks.more", more)] : others),
          );
    return say("words.clocks.zone", zone, percent(probability), alike);
  });
  return say("words.clocks", joinList(named));
}

function clockSentences({ daylight_saving }: Human): string[] {
  if (daylight_saving === null) return [];
  const { probability, shift_minutes } = daylight_saving;
  if (probability >= SAID)
    return [say("words.daylight.moves", Math.round(shift_minutes), percent(probability))];
  if (probability <= 1 - SAID) return [say("words.daylight.stays", percent(probability))];
  return [say("words.daylight.unknown", percent(probability))];
}

function foreignSentences({ foreign }: Human): string[] {
  return foreign === null ? [] : [say(`words.foreign.${foreign}`)];
}
