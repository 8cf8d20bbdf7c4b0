import Table from "cli-table3";
import { columnsOf, cutTo, safe } from "./cells.js";

export interface Column<Row> {
  title: string;
  /** Untrusted text is made safe here, once for all tables. */
  text: (row: Row) => string;
  align?: "left" | "right";
  /** Takes what room is left; narrow terminals cut it. At least one column of a table should. */
  flexible?: boolean;
  /** Dropped first where there is not enough room (the highest number goes first). */
  optional?: number;
  paint?: (text: string, row: Row) => string;
}

const GAP = 2;
const LEAST_FLEXIBLE = 12;

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
      (sum, column) =>
        sum + (column.flexible ? Math.min(natural(column), LEAST_FLEXIBLE) : natural(column)) + GAP,
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
    kept.map((column) => ({ natural: natural(column), flexible: column.flexible === true })),
    width - GAP * (kept.length - 1),
  );
  const table = new Table({
    chars: BARE,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
  });
  const cell = (column: Column<Row>, text: string, columnsWide: number) => {
    const cut = cutTo(text, columnsWide);
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

/** Fixed columns get what they need; flexible ones share the rest in proportion to what they would like. */
function share(columns: readonly { natural: number; flexible: boolean }[], room: number): number[] {
  const fixed = columns.reduce((sum, column) => sum + (column.flexible ? 0 : column.natural), 0);
  const wanted = columns.reduce((sum, column) => sum + (column.flexible ? column.natural : 0), 0);
  const rest = Math.max(0, room - fixed);
  return columns.map((column) => {
    if (!column.flexible) return Math.max(1, Math.min(column.natural, room));
    return wanted <= rest ? column.natural : Math.max(1, Math.floor((column.natural / wanted) * rest));
  });
}
