import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

/** One run of a command as a whole process: seconds of wall clock and of all its processors, bytes of peak resident memory. */
export interface Measured {
  seconds: number;
  cpuSeconds: number;
  peakBytes: number;
  stdout: string;
}

/** Runs the command, tells its process number before and its processor time (`times` of the POSIX shell) after. */
const WRAPPER = '"$@" & echo $! >&3; wait $!; status=$?; times >&3; exit $status';

/** Runs a command to its end and measures it from outside; peak memory is read from /proc while it runs. */
export function measure(command: string, parameters: readonly string[]): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn("sh", ["-c", WRAPPER, "sh", command, ...parameters], {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    let peakBytes = 0;
    const stdout: Buffer[] = [];
    let stderr = "";
    let told = "";
    const watch = setInterval(() => {
      peakBytes = Math.max(peakBytes, highWaterMark(Number.parseInt(told, 10)));
    }, 50);
    child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stdio[3]?.on("data", (chunk: Buffer) => {
      told += chunk.toString("utf8");
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      stderr = (stderr + chunk.toString("utf8")).slice(-20_000);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(watch);
      const seconds = (performance.now() - started) / 1000;
      if (code !== 0) {
        reject(new Error(`${command} ${parameters.join(" ")} ended with ${code}: ${stderr}`));
        return;
      }
      const cpuSeconds = childrenSeconds(told);
      resolve({ seconds, cpuSeconds, peakBytes, stdout: Buffer.concat(stdout).toString("utf8") });
    });
  });
}

/** User and system time of the children: the last line of `times`, such as `1m2.30s 0m0.40s`. */
function childrenSeconds(told: string): number {
  const found = [...(told.trim().split("\n").at(-1) ?? "").matchAll(/(\d+)m([\d.]+)s/g)];
  return found.reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0);
}

function highWaterMark(pid: number): number {
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

/** The machine, first line of every benchmark. Where other programs keep its processors busy, only CPU seconds can be compared. */
export function machine(): string {
  const busy = loadavg()[0] ?? 0;
  return `machine: ${availableParallelism()} × ${cpus()[0]?.model ?? "unknown processor"}, ${(totalmem() / 1024 ** 3).toFixed(0)} GiB, Node ${process.version}; load before: ${busy.toFixed(1)}`;
}

export function gib(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(2)} GiB`;
}

export function print(label: string, text: string): void {
  process.stdout.write(`${label.padEnd(34)} ${text}\n`);
}
