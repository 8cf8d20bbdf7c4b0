import Table from "cli-table3";
import { columnsOf, cutTo, safe, wrap } from "./cells.js";

export interface Column<Row> {
  title: string;
  /** Untrusted text is made safe here, once for all tables. */
  text: (row: Row) => string;
  align?: "left" | "right";
  /** Takes what room is left, at least this many columns; narrow terminals cut it. One column of a table should be so. */
  flexible?: number;
  /** What happens to a flexible column's text where it is too long. */
  tooLong?: "end" | "middle" | "wrap";
  /** Dropped first where there is not enough room (the highest number goes first). */
  optional?: number;
  paint?: (text: string, row: Row) => string;
}

const GAP = 2;

const BARE = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: " ".repeat(GAP),
};

/** Aligned columns without lines, never wider than `width`: optional columns go, then flexible ones are cut. */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
  paintTitle: (text: string) => string,
): string[] {
  const texts = new Map(columns.map((column) => [column, rows.map((row) => safe(column.text(row)))]));
  const natural = (column: Column<Row>) =>
    (texts.get(column) ?? []).reduce(
      (most, text) => Math.max(most, columnsOf(text)),
      columnsOf(column.title),
    );
  let kept = [...columns];
  const least = () =>
    kept.reduce(
      (sum, column) => sum + Math.min(natural(column), column.flexible ?? Number.POSITIVE_INFINITY) + GAP,
      -GAP,
    );
  while (least() > width) {
    const weakest = kept.reduce<Column<Row> | undefined>(
      (found, column) => ((column.optional ?? 0) > (found?.optional ?? 0) ? column : found),
      undefined,
    );
    if (weakest === undefined) break;
    kept = kept.filter((column) => column !== weakest);
  }
  const widths = share(
    kept.map((column) => ({
      natural: natural(column),
      least: Math.min(natural(column), column.flexible ?? Number.POSITIVE_INFINITY),
    })),
    width - GAP * (kept.length - 1),
  );
  const table = new Table({
    chars: BARE,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
  });
  const cell = (column: Column<Row>, text: string, columnsWide: number) => {
    if (column.tooLong === "wrap") return wrap(text, columnsWide).join("\n");
    const cut = cutTo(text, columnsWide, column.tooLong);
    return column.align === "right" ? cut.trimEnd().padStart(cut.length) : cut;
  };
  table.push(kept.map((column, index) => paintTitle(cell(column, column.title, widths[index] ?? 1))));
  for (const [at, row] of rows.entries()) {
    table.push(
      kept.map((column, index) => {
        const text = cell(column, texts.get(column)?.[at] ?? "", widths[index] ?? 1);
        return column.paint === undefined ? text : column.paint(text, row);
      }),
    );
  }
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
}

/** Every column gets its least; what is left goes to those that can use it, evenly, none more than it needs. */
function share(columns: readonly { natural: number; least: number }[], room: number): number[] {
  const widths = columns.map((column) => Math.max(1, Math.min(column.least, room)));
  // Where even the least is too much (a hostile name, a terminal of 80), the widest give way first.
  for (let over = widths.reduce((sum, width) => sum + width, 0) - room; over > 0; over--) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = Math.max(1, (widths[widest] ?? 1) - 1);
  }
  let rest = Math.max(0, room - widths.reduce((sum, width) => sum + width, 0));
  const open = columns
    .map((column, index) => ({ index, wants: column.natural - column.least }))
    .filter((column) => column.wants > 0);
  // The most modest first: what it does not use is left to the others.
  open.sort((a, b) => a.wants - b.wants || a.index - b.index);
  for (const [position, column] of open.entries()) {
    const more = Math.min(column.wants, Math.floor(rest / (open.length - position)));
    widths[column.index] = (widths[column.index] ?? 1) + more;
    rest -= more;
  }
  return widths;
}
