import { DayBook } from "./day-book.js";
import { buildEstate } from "./estate.js";
import { planIntrusions } from "./intrusions.js";
import { ordinaryDay } from "./ordinary.js";
import { writeEstateOutputs } from "./outputs.js";
import { intrusionDay } from "./steps.js";

interface Run {
  scenario: string;
  out: string;
  seed: number;
  scale: number;
}

/** One day after the other: a day is held in memory, no more. */
export async function simulateEstate(
  { scenario, out, seed, scale }: Run,
  onDay: (done: { rows: number; totalRows: number; bytes: number }) => void,
): Promise<{ files: number; rows: number; bytes: number }> {
  const estate = buildEstate(scenario, seed, scale);
  const intrusions = planIntrusions(estate);
  const total = { files: await writeEstateOutputs(estate, intrusions, out), rows: 0, bytes: 0 };
  const records = new Map<string, number>();
  for (const [index, day] of estate.days.entries()) {
    const book = new DayBook(estate, day, records);
    ordinaryDay(book);
    intrusionDay(book, intrusions);
    await book.write(out);
    total.files += book.files;
    total.rows += book.rows;
    total.bytes += book.bytes;
    onDay({
      rows: total.rows,
      totalRows: Math.round((total.rows * estate.days.length) / (index + 1)),
      bytes: total.bytes,
    });
  }
  return total;
}
