import { say } from "../../catalogue.js";
import { formatBytes, formatMonth } from "../../format.js";
import type { Markup } from "../markup.js";
import type { Timeline } from "../timeline.js";
import { INK, renderChart } from "./render.js";

/** From this share on a bucket is drawn as “no data”; below it as “partly no data”. */
export const NO_DATA_SHARE = 0.9;

/** Bytes a day stacked by direction, and below it in how many organisations; outages hatched over both. */
export function volumesChart(timeline: Timeline, width: number, id: string, label: string): Markup {
  const { buckets } = timeline;
  const narrow = width < 600;
  const text = { color: INK.muted, fontSize: 12 };
  const left = narrow ? 60 : 66;
  const top = 34;
  const height = narrow ? 360 : 400;
  const lower = narrow ? 78 : 92;
  const upper = height - top - lower - 28 - 44;
  const labels = buckets.map((bucket) => bucket.label);
  // About one label for every 90 pixels, the year only where it changes or begins.
  const every = Math.max(1, Math.ceil(buckets.length / Math.max(2, Math.floor((width - left) / 90))));
  const grids = [
    { left, right: 12, top, height: upper, show: false },
    { left, right: 12, top: top + upper + 28, height: lower, show: false },
  ];
  const category = (gridIndex: number, show: boolean, labelled: boolean) => ({
    type: "category",
    gridIndex,
    data: labels,
    show,
    position: "bottom",
    axisLine: { lineStyle: { color: INK.rule } },
    axisTick: { show: false },
    axisLabel: {
      ...text,
      show: labelled,
      interval: (index: number) =>
        index % every === 0 && (index === 0 || index + every / 2 < labels.length || every === 1),
      formatter: (day: string) => shortDay(day, narrow),
    },
  });
  const value = (
    gridIndex: number,
    name: string,
    formatter: (value: number) => string,
    splitNumber: number,
    more = {},
  ) => ({
    type: "value",
    gridIndex,
    name,
    nameLocation: "end",
    nameGap: 10,
    nameTextStyle: { color: INK.ink, fontSize: 12, align: "left", padding: [0, 0, 0, -left + 4] },
    splitNumber,
    axisLabel: { ...text, formatter },
    splitLine: { lineStyle: { color: INK.rule } },
    ...more,
  });
  const shade = (index: number) => ({
    type: "bar",
    xAxisIndex: index + 2,
    yAxisIndex: index + 2,
    barCategoryGap: "0%",
    silent: true,
    z: 1,
    data: buckets.map((bucket) =>
      bucket.down <= 0.001
        ? "-"
        : { value: 1, itemStyle: { color: bucket.down >= NO_DATA_SHARE ? INK.hatch : INK.hatchLight } },
    ),
  });
  const bars = (name: string, color: string, grid: number, pick: (index: number) => number) => ({
    name,
    type: "bar",
    stack: grid === 0 ? "bytes" : undefined,
    xAxisIndex: grid,
    yAxisIndex: grid,
    barCategoryGap: buckets.length > 60 ? "15%" : "25%",
    silent: true,
    z: 3,
    itemStyle: { color },
    data: buckets.map((bucket, index) =>
      bucket.down >= NO_DATA_SHARE && pick(index) === 0 ? "-" : pick(index),
    ),
  });
  const flat = (gridIndex: number) => ({ type: "value", gridIndex, show: false, min: 0, max: 1 });
  return renderChart({
    id,
    label,
    width,
    height,
    option: {
      grid: grids,
      xAxis: [
        category(0, true, false),
        category(1, true, true),
        category(0, false, false),
        category(1, false, false),
      ],
      yAxis: [
        value(0, say(`volumes.axis.${timeline.step}`), formatBytes, 4),
        value(1, say("volumes.axis.organisations"), (count) => String(count), 2, { minInterval: 1 }),
        flat(0),
        flat(1),
      ],
      series: [
        shade(0),
        shade(1),
        bars("out", INK.out, 0, (index) => buckets[index]?.bytesOut ?? 0),
        bars("in", INK.in, 0, (index) => buckets[index]?.bytesIn ?? 0),
        bars("organisations", INK.quiet, 1, (index) => buckets[index]?.organisations ?? 0),
      ],
    },
  });
}

/** `29 Sep 2023`, or `29 Sep` where there is little room. */
export function shortDay(day: string, narrow: boolean): string {
  const [year, month, date] = day.split("-");
  const name = `${Number(date)} ${formatMonth(Date.UTC(Number(year), Number(month) - 1))}`;
  return narrow ? name : `${name} ${year}`;
}
