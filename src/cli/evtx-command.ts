import { once } from "node:events";
import { LongwatchError } from "../kernel/errors.js";
import { visible, visibleText } from "../kernel/visible.js";
import { type EvtxFileReport, type EvtxProblem, printEvents } from "../pipeline/evtx/index.js";
import { requireInput } from "../pipeline/ingest/walk.js";
import { NewFile } from "./new-file.js";
import { note } from "./output.js";
import { terminalProgress } from "./progress.js";

interface EvtxFlags {
  jsonl?: boolean;
  xml?: boolean;
  carve?: boolean;
  output?: string;
  problems?: string;
  quiet?: boolean;
}

/** What is named on the screen, of each kind; the rest is counted. */
const NAMED = 10;

export async function runEvtx(paths: string[], flags: EvtxFlags): Promise<void> {
  if (!flags.jsonl && !flags.xml)
    throw new LongwatchError("LW_USAGE", "say in which form to print records: --jsonl or --xml");
  requireInput(paths);
  const output = flags.output === undefined ? undefined : await NewFile.create(flags.output);
  const problems = flags.problems === undefined ? undefined : await NewFile.create(flags.problems);
  const screen = new Screen();
  try {
    const report = await printEvents(
      { paths, format: flags.xml ? "xml" : "jsonl", carve: flags.carve === true },
      {
        write: (bytes) => (output === undefined ? writeOut(bytes) : output.write(bytes)),
        async problem(file, problem) {
          screen.add(file, problem);
          const { offset, recordId, kind, reason } = problem;
          await problems?.write(
            `${JSON.stringify({ file, offset, record_id: recordId ?? null, kind, reason })}\n`,
          );
        },
      },
      terminalProgress(flags.quiet === true),
    );
    if (!flags.quiet) {
      tellFiles(report.files, report.bytes, report.seconds);
      screen.tell();
    }
    requireEvents(report.files);
  } finally {
    await output?.close();
    await problems?.close();
  }
}

/** Waits for a slow reader. On a terminal nothing of a log may act. */
async function writeOut(bytes: Uint8Array | string): Promise<void> {
  const text = () => (typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("utf8"));
  if (!process.stdout.write(process.stdout.isTTY ? visibleText(text()) : bytes))
    await once(process.stdout, "drain");
}

/** The problems that are named: what was lost before what is merely odd. */
class Screen {
  readonly #lost: string[] = [];
  readonly #odd: string[] = [];
  #count = 0;

  add(path: string, { kind, offset, recordId, reason }: EvtxProblem): void {
    const list = kind === "record" || kind === "chunk" ? this.#lost : this.#odd;
    const what = recordId === undefined ? "" : `record ${recordId}: `;
    if (list.length < NAMED) list.push(`${visible(path)}: byte ${offset}: ${what}${reason}`);
    this.#count++;
  }

  tell(): void {
    const named = [...this.#lost, ...this.#odd].slice(0, NAMED);
    for (const line of named) note(`  ${line}`);
    if (this.#count > named.length)
      note(`  … and ${this.#count - named.length} more of this kind; --problems FILE writes them all`);
  }
}

function tellFiles(files: readonly EvtxFileReport[], bytes: number, seconds: number): void {
  const sum = (count: (file: EvtxFileReport) => number) =>
    files.reduce((total, file) => total + count(file), 0);
  const refused = files.filter((file) => file.refused !== undefined);
  const parts = [
    `${files.length - refused.length} of ${files.length} files`,
    `${sum((file) => file.records).toLocaleString("en")} records`,
    ...counted(
      sum((file) => file.hidden),
      "hidden",
    ),
    ...counted(
      sum((file) => file.carved),
      "carved",
    ),
    ...counted(
      sum((file) => file.damaged),
      "damaged",
    ),
    ...counted(
      sum((file) => file.warnings),
      "warnings",
    ),
  ];
  note(`evtx: ${parts.join(", ")}, ${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s`);
  for (const { path, namedHidden, hidden } of files) {
    for (const { recordId, carrier, offset } of namedHidden)
      note(
        `  ${visible(path)}: byte ${offset}: record ${recordId} is hidden in record ${carrier}; this log was edited`,
      );
    if (hidden > namedHidden.length)
      note(`  ${visible(path)}: … and ${hidden - namedHidden.length} more hidden records`);
  }
  for (const { path, refused: reason } of refused.slice(0, NAMED)) note(`  ${visible(path)}: ${reason}`);
  if (refused.length > NAMED) note(`  … and ${refused.length - NAMED} more that were not read`);
}

function counted(count: number, what: string): string[] {
  return count === 0 ? [] : [`${count.toLocaleString("en")} ${what}`];
}

/** Exit code 3 is for input that is unreadable in whole. */
function requireEvents(files: readonly EvtxFileReport[]): void {
  if (files.some((file) => file.refused === undefined)) return;
  const [first] = files;
  throw new LongwatchError(
    "LW_INPUT_UNREADABLE",
    files.length === 1 && first
      ? (first.refused ?? "")
      : `none of the ${files.length} files is a Windows event log${first ? `; the first: ${first.refused}` : ""}`,
    { ...(first && { file: first.path }) },
  );
}
