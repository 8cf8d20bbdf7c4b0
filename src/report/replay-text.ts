import { DAY, parseTime } from "../kernel/time.js";
import type { Replay, ReplayedOrganisation, ReplayMoment } from "../model/replay.js";
import { plural } from "./text.js";

/** `2023-09-04`, or the days between which it lies. */
export function momentText(moment: ReplayMoment | null): string {
  if (moment === null) return "never";
  const { after, by } = moment;
  if (after === null || parseTime(by) - parseTime(after) <= DAY) return by;
  return `${after} to ${by}`;
}

/** The answer in a sentence or two, and what it rests on. */
export function replaySentences(replay: Replay): string[] {
  const { organisations, days, indicators } = replay;
  if (organisations.length === 0)
    return ["No organisation is compromised or suspected, so there is nothing to date."];
  const hidden = organisations.flatMap(({ days_hidden }) => days_hidden ?? []).sort((a, b) => a - b);
  const saved = organisations.flatMap(({ days_saved }) => days_saved ?? []).sort((a, b) => a - b);
  const known = organisations.filter(({ suspected }) => suspected !== null).length;
  const sentences = [
    `With the records of the time, ${known} of ${plural(organisations.length, "organisation")} could have been suspected ${hidden.length === 0 ? "at some time" : `${plural(middle(hidden), "day")} after the first contact (median; ${hidden[0]} to ${hidden.at(-1)})`}, ${plural(middle(saved), "day")} before these records end (median).`,
    `The case was detected again at ${plural(days.length, "earlier day")}, each time with the records from before it alone, with today's detectors and rules. A day is the latest it can be, by ${plural(widest(organisations), "day")} at most.`,
  ];
  if (indicators.dated > 0)
    sentences.push(
      `${plural(indicators.dated, "indicator")} counted from the day on that they are valid from.`,
    );
  if (indicators.undated > 0)
    sentences.push(
      `${plural(indicators.undated, "indicator")} of the watch list ${indicators.undated === 1 ? "says" : "say"} nothing of when ${indicators.undated === 1 ? "it" : "they"} became known and ${indicators.undated === 1 ? "counts" : "count"} as known all along: who got the list later could have known later only.`,
    );
  return sentences;
}

/** Days of the widest interval in which something came up. */
function widest(organisations: readonly ReplayedOrganisation[]): number {
  const widths = organisations.flatMap(({ suspected, compromised }) =>
    [suspected, compromised].flatMap((moment) =>
      moment === null || moment.after === null
        ? []
        : Math.round((parseTime(moment.by) - parseTime(moment.after)) / DAY) - 1,
    ),
  );
  return Math.max(0, ...widths);
}

function middle(sorted: readonly number[]): number {
  return sorted[sorted.length >> 1] ?? 0;
}

/** Detectors whose findings came up earliest. */
export function firstDetectors({ detectors }: ReplayedOrganisation): string {
  const first = detectors[0]?.moment.by;
  return detectors
    .filter(({ moment }) => moment.by === first)
    .map(({ id }) => id)
    .join(", ");
}
