import { say } from "../../catalogue.js";
import { formatNumber, formatTime } from "../../format.js";
import { sectorName } from "../../words.js";
import { figure } from "../charts/render.js";
import { restOf, sectorsChart } from "../charts/sectors.js";
import { NO_DATA_SHARE, volumesChart } from "../charts/volumes.js";
import { html, phrase } from "../markup.js";
import { bytesCell, type Page, type Section, table } from "./parts.js";

const WIDE = 1080;
const NARROW = 380;
const MOST_SECTORS = 30;

export function volumesSection(page: Page): Section {
  const { buckets, step } = page.timeline;
  const section = { id: "volumes", title: say("volumes.title"), short: say("volumes.short") };
  if (buckets.length === 0) return { ...section, body: html`<p>${say("volumes.none")}</p>` };
  const out = buckets.reduce((sum, bucket) => sum + bucket.bytesOut, 0);
  const peak = buckets.reduce((best, bucket) => (bucket.bytesOut > best.bytesOut ? bucket : best));
  const label = say(
    `volumes.label.${step}`,
    buckets[0]?.label ?? "",
    buckets.at(-1)?.label ?? "",
    peak.label,
  );
  const drawing = figure({
    wide: volumesChart(page.timeline, WIDE, "chart-volumes", label),
    narrow: volumesChart(page.timeline, NARROW, "chart-volumes-narrow", label),
    caption: html`<span class="marks"><span><span class="mark swatch-out" aria-hidden="true"></span> ${say("volumes.out")}</span> <span><span class="mark swatch-in" aria-hidden="true"></span> ${say("volumes.in")}</span> <span><span class="mark swatch-orgs" aria-hidden="true"></span> ${say("volumes.organisations")}</span> <span><span class="mark swatch-hatch" aria-hidden="true"></span> ${say("common.no-data")}</span> <span><span class="mark swatch-hatch-light" aria-hidden="true"></span> ${say("volumes.partly")}</span></span> ${say("volumes.caption")} ${out > 0 && phrase(`volumes.busiest.${step}`, peak.label, bytesCell(peak.bytesOut))} ${say("common.utc")}`,
    tableTitle: say(`volumes.table.${step}`, buckets.length),
    table: table({
      className: "compact",
      columns: [
        { title: say(step === "day" ? "head.day" : "head.week-of") },
        { title: say("head.out"), numeric: true },
        { title: say("head.in"), numeric: true },
        { title: say("head.connections"), numeric: true },
        { title: say("head.organisations"), numeric: true },
        { title: say("head.sensors") },
      ],
      rows: buckets.map((bucket) => [
        bucket.label,
        ...(bucket.down >= NO_DATA_SHARE && bucket.connections === 0
          ? new Array<string>(4).fill(say("common.no-data"))
          : [
              bytesCell(bucket.bytesOut),
              bytesCell(bucket.bytesIn),
              formatNumber(bucket.connections),
              formatNumber(bucket.organisations),
            ]),
        bucket.down <= 0.001
          ? say("sensor.up")
          : bucket.down >= NO_DATA_SHARE
            ? say("sensor.down")
            : say("volumes.down", Math.max(1, Math.round(bucket.down * 100))),
      ]),
    }),
  });
  return { ...section, body: drawing };
}

export function sectorsSection(page: Page): Section {
  const sorted = [...page.input.assessment.sectors].sort(
    (a, b) =>
      b.compromised - a.compromised ||
      b.suspected - a.suspected ||
      b.contacted - a.contacted ||
      b.organisations - a.organisations ||
      (a.sector < b.sector ? -1 : 1),
  );
  const section = { id: "sectors", title: say("sectors.title"), short: say("sectors.short") };
  if (sorted.every(({ sector }) => sector === "" || sector === "unknown"))
    return { ...section, body: html`<p>${say("sectors.none")}</p>` };
  const drawn = sorted.slice(0, MOST_SECTORS);
  const label = say("sectors.label", drawn.length);
  const drawing = figure({
    wide: sectorsChart(drawn, WIDE, "chart-sectors", label),
    narrow: sectorsChart(drawn, NARROW, "chart-sectors-narrow", label),
    caption: html`<span class="marks"><span><span class="mark swatch-compromised" aria-hidden="true"></span> ${say("status.compromised")}</span> <span><span class="mark swatch-suspected" aria-hidden="true"></span> ${say("status.suspected")}</span> <span><span class="mark swatch-contacted" aria-hidden="true"></span> ${say("status.contacted")}</span> <span><span class="mark swatch-quiet" aria-hidden="true"></span> ${say("sectors.neither")}</span></span> ${say("sectors.caption")}${sorted.length > drawn.length && ` ${say("sectors.left-out", drawn.length, sorted.length)}`}`,
    tableTitle: say("sectors.table", sorted.length),
    table: table({
      className: "compact",
      columns: [
        { title: say("head.sector") },
        { title: say("head.organisations"), numeric: true },
        { title: say("head.compromised"), numeric: true },
        { title: say("head.suspected"), numeric: true },
        { title: say("head.contacted"), numeric: true },
        { title: say("head.neither"), numeric: true },
      ],
      rows: sorted.map((row) => [
        sectorName(row.sector),
        row.organisations,
        row.compromised,
        row.suspected,
        row.contacted,
        restOf(row),
      ]),
    }),
  });
  return { ...section, body: drawing };
}

/** Start and end of all telemetry, for the head of the page. */
export function periodText(first: string | null, last: string | null): string {
  return first === null || last === null
    ? say("page.no-period")
    : `${formatTime(first)} – ${formatTime(last)}`;
}
