import { say } from "../../catalogue.js";
import { formatNumber, formatTime } from "../../format.js";
import { plural } from "../../text.js";
import { figure } from "../charts/render.js";
import { restOf, sectorsChart } from "../charts/sectors.js";
import { NO_DATA_SHARE, volumesChart } from "../charts/volumes.js";
import { html } from "../markup.js";
import { bytesCell, type Page, type Section, table } from "./parts.js";

const WIDE = 1080;
const NARROW = 380;
const MOST_SECTORS = 30;

export function volumesSection(page: Page): Section {
  const { buckets, step } = page.timeline;
  const section = { id: "volumes", title: "Volumes over time", short: "Volumes" };
  if (buckets.length === 0)
    return { ...section, body: html`<p>The telemetry covers no time, so there is nothing to draw.</p>` };
  const out = buckets.reduce((sum, bucket) => sum + bucket.bytesOut, 0);
  const peak = buckets.reduce((best, bucket) => (bucket.bytesOut > best.bytesOut ? bucket : best));
  const label = `Bytes per ${step} between organisations and the infrastructure, ${buckets[0]?.label} to ${buckets.at(-1)?.label}; busiest ${step} ${peak.label}`;
  const drawing = figure({
    wide: volumesChart(page.timeline, WIDE, "chart-volumes", label),
    narrow: volumesChart(page.timeline, NARROW, "chart-volumes-narrow", label),
    caption: html`<span class="marks"><span><span class="mark swatch-out" aria-hidden="true"></span> out of the organisations</span> <span><span class="mark swatch-in" aria-hidden="true"></span> into them</span> <span><span class="mark swatch-orgs" aria-hidden="true"></span> organisations in contact</span> <span><span class="mark swatch-hatch" aria-hidden="true"></span> no data</span> <span><span class="mark swatch-hatch-light" aria-hidden="true"></span> some sensors down</span></span> Traffic with the infrastructure above only. ${out > 0 && html`Busiest ${step}: ${peak.label} with ${bytesCell(peak.bytesOut)} out.`} Times are UTC.`,
    tableTitle: `The chart as a table (${plural(buckets.length, step)})`,
    table: table({
      className: "compact",
      columns: [
        { title: step === "day" ? "Day" : "Week of" },
        { title: say("head.out"), numeric: true },
        { title: say("head.in"), numeric: true },
        { title: say("head.connections"), numeric: true },
        { title: say("head.organisations"), numeric: true },
        { title: say("head.sensors") },
      ],
      rows: buckets.map((bucket) => [
        bucket.label,
        ...(bucket.down >= NO_DATA_SHARE && bucket.connections === 0
          ? ["no data", "no data", "no data", "no data"]
          : [
              bytesCell(bucket.bytesOut),
              bytesCell(bucket.bytesIn),
              formatNumber(bucket.connections),
              formatNumber(bucket.organisations),
            ]),
        bucket.down <= 0.001
          ? "up"
          : bucket.down >= NO_DATA_SHARE
            ? "down"
            : `${Math.max(1, Math.round(bucket.down * 100))} % of sensor time down`,
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
  const section = { id: "sectors", title: "Sectors", short: "Sectors" };
  if (sorted.length === 0) return { ...section, body: html`<p>The inventory names no sector.</p>` };
  const drawn = sorted.slice(0, MOST_SECTORS);
  const label = `Organisations of ${plural(drawn.length, "sector")} by status`;
  const drawing = figure({
    wide: sectorsChart(drawn, WIDE, "chart-sectors", label),
    narrow: sectorsChart(drawn, NARROW, "chart-sectors-narrow", label),
    caption: html`<span class="marks"><span><span class="mark swatch-compromised" aria-hidden="true"></span> compromised</span> <span><span class="mark swatch-suspected" aria-hidden="true"></span> suspected</span> <span><span class="mark swatch-contacted" aria-hidden="true"></span> contacted</span> <span><span class="mark swatch-quiet" aria-hidden="true"></span> no evidence or no data</span></span> Counts of organisations in the inventory, in this order from left to right.${sorted.length > drawn.length && ` The ${drawn.length} sectors most affected are drawn, all ${sorted.length} stand in the table.`}`,
    tableTitle: `The chart as a table (${plural(sorted.length, "sector")})`,
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
        row.sector || "(no sector)",
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
  return first === null || last === null ? "no time covered" : `${formatTime(first)} – ${formatTime(last)}`;
}
