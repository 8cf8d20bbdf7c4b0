import cliProgress from "cli-progress";
import type { Progress, ProgressReport } from "../kernel/progress.js";

/** Seconds between lines where standard error is no terminal. */
const PLAIN_INTERVAL = 15;

/** Draws progress on standard error: a bar for each step on a terminal, a line now and then elsewhere. */
export function terminalProgress(quiet: boolean): Progress {
  if (quiet) return { report() {}, finish() {} };
  return process.stderr.isTTY ? new Bars() : new Lines();
}

class Bars implements Progress {
  #bar: cliProgress.SingleBar | undefined;
  #step = "";
  #started = 0;

  report(state: ProgressReport): void {
    if (this.#step !== state.step) this.#begin(state);
    this.#bar?.setTotal(Math.max(state.total ?? state.done, 1));
    this.#bar?.update(state.done, payload(state, this.#started));
  }

  finish(step: string, summary: string): void {
    if (this.#step !== step) return;
    if (this.#bar) this.#bar.update(this.#bar.getTotal(), { left: "", item: "" });
    this.#bar?.stop();
    this.#bar = undefined;
    this.#step = "";
    if (summary !== "") process.stderr.write(`${summary}\n`);
  }

  #begin(state: ProgressReport): void {
    this.#bar?.stop();
    this.#step = state.step;
    this.#started = performance.now();
    this.#bar = new cliProgress.SingleBar({
      format: `${state.step.padEnd(9)} {bar} {percentage}% {amount} {speed} {left} {item}`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: false,
      barsize: 24,
      barCompleteChar: "█",
      barIncompleteChar: "░",
      fps: 8,
    });
    this.#bar.start(Math.max(state.total ?? 1, 1), state.done, payload(state, this.#started));
  }
}

class Lines implements Progress {
  #last = 0;
  #step = "";
  #started = 0;

  report(state: ProgressReport): void {
    const now = performance.now();
    if (this.#step !== state.step) {
      this.#step = state.step;
      this.#started = now;
      this.#last = now;
      return;
    }
    if (now - this.#last < PLAIN_INTERVAL * 1000) return;
    this.#last = now;
    const { amount, speed, left, item } = payload(state, this.#started);
    const share = state.total ? `${Math.floor((100 * state.done) / state.total)}%` : "";
    const parts = [share, amount, speed, left, item].filter((part) => part !== "");
    process.stderr.write(`${state.step}: ${parts.join(" ")}\n`);
  }

  finish(step: string, summary: string): void {
    if (summary !== "") process.stderr.write(`${summary}\n`);
    if (this.#step === step) this.#step = "";
  }
}

/** What stands beside a bar. */
export function payload(
  state: ProgressReport,
  started: number,
): { amount: string; speed: string; left: string; item: string } {
  const seconds = (performance.now() - started) / 1000;
  const amount =
    state.unit === "bytes"
      ? `${megabytes(state.done)}/${megabytes(state.total ?? state.done)} MB`
      : `${state.done}/${state.total ?? "?"} ${state.unit}`;
  const speed =
    state.rows && seconds > 1 ? `${Math.round(state.rows / seconds).toLocaleString("en")} rows/s` : "";
  const item = (state.item ?? "").replaceAll(/[^\x20-\x7e]/g, "?");
  return {
    amount,
    speed,
    left: timeLeft(state, seconds),
    item: item.length > 40 ? `…${item.slice(-39)}` : item,
  };
}

/** Steps of unequal length have no rate to go by, and neither has a beginning: then nothing is said. */
function timeLeft({ unit, done, total }: ProgressReport, seconds: number): string {
  const paced = unit === "bytes" || unit === "rows";
  if (!paced || !total || seconds < 2 || done < total / 100 || done >= total) return "";
  const left = Math.round((seconds * (total - done)) / done);
  const [hours, minutes] = [Math.floor(left / 3600), Math.floor((left % 3600) / 60)];
  if (hours > 0) return `ETA ${hours} h ${minutes} min`;
  return minutes > 0 ? `ETA ${minutes} min ${left % 60} s` : `ETA ${left} s`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}
