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
      format: `${state.step.padEnd(9)} {bar} {percentage}% {amount} {speed} ETA {eta_formatted} {item}`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: false,
      barsize: 24,
      barCompleteChar: "█",
      barIncompleteChar: "░",
      etaBuffer: 50,
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
    const { amount, speed, item } = payload(state, this.#started);
    const share = state.total ? `${Math.floor((100 * state.done) / state.total)}% ` : "";
    process.stderr.write(`${state.step}: ${share}${amount} ${speed} ${item}\n`);
  }

  finish(step: string, summary: string): void {
    if (summary !== "") process.stderr.write(`${summary}\n`);
    if (this.#step === step) this.#step = "";
  }
}

function payload(state: ProgressReport, started: number): { amount: string; speed: string; item: string } {
  const seconds = (performance.now() - started) / 1000;
  const amount =
    state.unit === "bytes"
      ? `${megabytes(state.done)}/${megabytes(state.total ?? state.done)} MB`
      : `${state.done}/${state.total ?? "?"} ${state.unit}`;
  const speed =
    state.rows && seconds > 1 ? `${Math.round(state.rows / seconds).toLocaleString("en")} rows/s` : "";
  const item = (state.item ?? "").replaceAll(/[^\x20-\x7e]/g, "?");
  return { amount, speed, item: item.length > 40 ? `…${item.slice(-39)}` : item };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}
