import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect } from "vitest";
import { Warnings } from "../../src/intel/text/problems.js";
import { Collector } from "../../src/intel/watchlist/collect.js";
import { readWatchlist } from "../../src/intel/watchlist/read.js";
import { LongwatchError } from "../../src/kernel/errors.js";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new folder with these files; gone when the test file is done. */
export function folderWith(files: Record<string, string | Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), "longwatch-intel-"));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** The user's error that `run` throws; anything else fails the test. */
export function errorOf(run: () => unknown): LongwatchError {
  try {
    run();
  } catch (error) {
    if (error instanceof LongwatchError) return error;
    throw error;
  }
  return expect.fail("nothing was thrown");
}

export function readList(text: string, file = "list.txt") {
  const warnings = new Warnings();
  const collector = new Collector(
    { source: "test list", confidence: 0.5, tlp: "amber", owner: "", sharingGroup: "" },
    warnings,
  );
  const format = readWatchlist(text, file, collector);
  return { format, indicators: collector.indicators, warnings: warnings.list(), refused: collector.refused };
}

/** `kind value` of each indicator. */
export function watched(text: string): string[] {
  return readList(text).indicators.map(({ kind, value }) => `${kind} ${value}`);
}
