import type { Assessment } from "../../../model/assessment.js";
import { shorten, visible } from "../../text.js";
import { sectorName } from "../../words.js";
import type { Markup } from "../markup.js";
import { INK, renderChart } from "./render.js";

export type SectorRow = Assessment["sectors"][number];

const PARTS = [
  { name: "compromised", color: INK.compromised, pick: (row: SectorRow) => row.compromised },
  { name: "suspected", color: INK.suspected, pick: (row: SectorRow) => row.suspected },
  { name: "contacted", color: INK.contacted, pick: (row: SectorRow) => row.contacted },
  { name: "neither", color: INK.quiet, pick: restOf },
] as const;

/** Organisations with no contact, or without data. */
export function restOf(row: SectorRow): number {
  return Math.max(0, row.organisations - row.compromised - row.suspected - row.contacted);
}

/** Organisations of each sector by status, as stacked bars with their counts written in. */
export function sectorsChart(rows: readonly SectorRow[], width: number, id: string, label: string): Markup {
  const narrow = width < 600;
  const left = narrow ? 132 : 220;
  // A category axis counts from below.
  const upward = [...rows].reverse();
  const largest = Math.max(1, ...rows.map((row) => row.organisations));
  const room = width - left - 20;
  return renderChart({
    id,
    label,
    width,
    height: rows.length * 30 + 40,
    option: {
      grid: { left, right: 20, top: 6, bottom: 30 },
      xAxis: {
        type: "value",
        minInterval: 1,
        max: largest,
        axisLabel: { color: INK.muted, fontSize: 12 },
        splitLine: { lineStyle: { color: INK.rule } },
      },
      yAxis: {
        type: "category",
        data: upward.map((_, index) => String(index)),
        axisLine: { lineStyle: { color: INK.rule } },
        axisTick: { show: false },
        axisLabel: {
          color: INK.ink,
          fontSize: narrow ? 12 : 13,
          formatter: (_: string, index: number) => sectorLabel(upward[index]?.sector ?? "", narrow ? 17 : 28),
        },
      },
      series: PARTS.map((part) => ({
        type: "bar",
        stack: "organisations",
        silent: true,
        barWidth: 18,
        itemStyle: { color: part.color, borderColor: INK.paper, borderWidth: 1 },
        data: upward.map((row) => {
          const count = part.pick(row);
          // A digit needs about nine pixels; a bar too narrow for its number stays without one, the table has it.
          const fits = (count / largest) * room > 9 * String(count).length + 4;
          return {
            value: count,
            label: {
              show: count > 0 && fits,
              formatter: String(count),
              color: INK.paper,
              fontSize: 12,
              fontWeight: 600,
            },
          };
        }),
      })),
    },
  });
}

function sectorLabel(sector: string, limit: number): string {
  return shorten(visible(sectorName(sector)), limit);
}
