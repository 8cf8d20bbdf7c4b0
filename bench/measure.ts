import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";

/** One run of a command as a whole process. Seconds of wall clock, bytes of peak resident memory. */
export interface Measured {
  seconds: number;
  peakBytes: number;
  stdout: string;
}

/** Runs a command to its end and measures it from outside; peak memory is read from /proc while it runs. */
export function measure(command: string, parameters: readonly string[]): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, parameters, { stdio: ["ignore", "pipe", "pipe"] });
    let peakBytes = 0;
    const stdout: Buffer[] = [];
    let stderr = "";
    const watch = setInterval(() => {
      peakBytes = Math.max(peakBytes, highWaterMark(child.pid));
    }, 100);
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => {
      stderr = (stderr + chunk.toString("utf8")).slice(-20_000);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(watch);
      const seconds = (performance.now() - started) / 1000;
      if (code === 0) resolve({ seconds, peakBytes, stdout: Buffer.concat(stdout).toString("utf8") });
      else reject(new Error(`${command} ${parameters.join(" ")} ended with ${code}: ${stderr}`));
    });
  });
}

function highWaterMark(pid: number | undefined): number {
  try {
    const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return Number(found?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** The machine, first line of every benchmark. */
export function machine(): string {
  return `machine: ${availableParallelism()} × ${cpus()[0]?.model ?? "unknown processor"}, ${(totalmem() / 1024 ** 3).toFixed(0)} GiB, Node ${process.version}`;
}

export function print(label: string, text: string): void {
  process.stdout.write(`${label.padEnd(34)} ${text}\n`);
}
