import { joinItems } from "../kernel/lists.js";
import { DAY, parseTime } from "../kernel/time.js";
import type { Replay, ReplayedOrganisation, ReplayMoment } from "../model/replay.js";
import { say } from "./catalogue.js";

/** `2023-09-04`, or the days between which it lies. */
export function momentText(moment: ReplayMoment | null): string {
  if (moment === null) return say("replay.never");
  const { after, by } = moment;
  if (after === null || parseTime(by) - parseTime(after) <= DAY) return by;
  return say("common.range", after, by);
}

/** The answer in a sentence or two, and what it rests on. */
export function replaySentences(replay: Replay): string[] {
  const { organisations, days, indicators } = replay;
  if (organisations.length === 0) return [say("replay.nobody")];
  const hidden = organisations.flatMap(({ days_hidden }) => days_hidden ?? []).sort((a, b) => a - b);
  const saved = organisations.flatMap(({ days_saved }) => days_saved ?? []).sort((a, b) => a - b);
  const known = organisations.filter(({ suspected }) => suspected !== null).length;
  const [least, most] = [hidden[0], hidden.at(-1)];
  return [
    least === undefined || most === undefined
      ? say("replay.known.no-contact", known, organisations.length, middle(saved))
      : say("replay.known", known, organisations.length, middle(hidden), least, most, middle(saved)),
    say("replay.again", days.length, widest(organisations)),
    ...(indicators.dated > 0 ? [say("replay.dated", indicators.dated)] : []),
    ...(indicators.undated > 0 ? [say("replay.undated", indicators.undated)] : []),
  ];
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
  return joinItems(detectors.filter(({ moment }) => moment.by === first).map(({ id }) => id));
}
