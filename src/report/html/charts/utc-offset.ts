import { utcOffset } from "../../../kernel/time.js";
import type { AssessedSchedule } from "../../../model/assessed-schedule.js";
import { formatPercent } from "../../format.js";
import type { Markup } from "../markup.js";
import { Drawing } from "./drawing.js";
import { INK } from "./render.js";

export type Offset = NonNullable<AssessedSchedule["offset"]>;

const FROM = -12 * 60;
const TO = 14 * 60;
const TOP = 34;
const HEIGHT = 150;

/** How probable each offset from UTC is; those within the 95 % interval in the colour of the data, all others grey. */
export function utcOffsetChart(offset: Offset, width: number, id: string, label: string): Markup {
  const drawing = new Drawing();
  const [left, right] = [14, 14];
  const scale = (width - left - right) / (TO - FROM + 60);
  const x = (minutes: number) => left + (minutes - FROM + 30) * scale;
  const largest = Math.max(...offset.posterior.map(({ probability }) => probability), Number.MIN_VALUE);
  const [from, to] = offset.interval95;
  const bottom = TOP + HEIGHT;
  drawing.rect(x(from - 30), TOP - 6, (to - from + 60) * scale, HEIGHT + 6, INK.out, { opacity: 0.1 });
  for (const { offset_minutes: minutes, probability } of offset.posterior) {
    if (probability < 0.002) continue;
    const height = (probability / largest) * HEIGHT;
    const within = minutes >= from && minutes <= to;
    // Half-hours stand between the whole ones, and are as thin as that asks.
    const bar = (minutes % 60 === 0 ? 40 : 12) * scale;
    drawing.rect(x(minutes) - bar / 2, bottom - height, bar, height, within ? INK.out : INK.quiet, {
      radius: 1,
    });
  }
  drawing.line(
    [
      [left, bottom],
      [width - right, bottom],
    ],
    INK.rule,
  );
  for (let minutes = FROM; minutes <= TO; minutes += 240)
    drawing.text(x(minutes), bottom + 14, signed(minutes / 60), { align: "center" });
  const best = offset.posterior.find(({ offset_minutes }) => offset_minutes === offset.best_minutes);
  const title = `${utcOffset(offset.best_minutes)}  ${formatPercent(best?.probability ?? 0)}`;
  const align =
    x(offset.best_minutes) > width * 0.7 ? "right" : x(offset.best_minutes) < width * 0.3 ? "left" : "center";
  drawing.text(x(offset.best_minutes) + (align === "right" ? 12 : align === "left" ? -12 : 0), 14, title, {
    align,
    color: INK.ink,
    bold: true,
    size: 13,
  });
  return drawing.render({ id, label, width, height: bottom + 28 });
}

const signed = (hours: number): string => (hours === 0 ? "UTC" : hours > 0 ? `+${hours}` : `−${-hours}`);
