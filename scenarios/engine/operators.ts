import { DAY, dateOf, HOUR, MINUTE, micros, weekday } from "./clock.js";
import type { Rhythm } from "./description.js";
import type { Rng } from "./rng.js";

/** The default seed has the rhythm that the case suggests, the first; any other seed draws one of the rest. */
export function drawRhythm(rhythms: Rhythm[], rng: Rng, usesFacts: boolean): Rhythm {
  const [first, ...rest] = rhythms;
  if (!first) throw new Error("simulate: rhythms.yaml is empty");
  return usesFacts ? first : rng.pick(rest);
}

function local(rhythm: Rhythm, ts: number): number {
  return ts + rhythm.utc_offset_minutes * MINUTE;
}

/** Whether the operators are on their holiday. */
export function atRest(rhythm: Rhythm, ts: number): boolean {
  const here = local(rhythm, ts);
  return here >= micros(rhythm.lull.from) && here < micros(rhythm.lull.to) + DAY;
}

/** Chance that the operators work on a victim they would have worked on, by day. */
function zeal(rhythm: Rhythm, day: number): number {
  if (rhythm.days_off.includes(dateOf(day))) return 0;
  if (rhythm.days.includes(weekday(day))) return 1;
  return rhythm.half_days.includes(weekday(day)) ? 0.45 : 0.03;
}

/** When a session starts on that (local) day; undefined if nobody works. Few start late, hardly any over lunch. */
export function drawOperatorTime(rng: Rng, rhythm: Rhythm, day: number): number | undefined {
  if (!rng.chance(zeal(rhythm, day))) return undefined;
  const [opens, closes] = rhythm.hours;
  const [lunch, back] = rhythm.lunch;
  let hour = opens + 0.1;
  for (let tries = 0; tries < 20; tries++) {
    hour = rng.chance(0.05) ? rng.between(closes, closes + 2.5) : rng.between(opens + 0.1, closes - 0.6);
    if (hour < lunch - 0.2 || hour >= back || rng.chance(0.08)) break;
  }
  const ts = day + hour * HOUR - rhythm.utc_offset_minutes * MINUTE;
  return atRest(rhythm, ts) ? undefined : ts;
}
