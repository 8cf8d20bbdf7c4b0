import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { simulate } from "../scenarios/index.js";

/** Telemetry of the simulated campaign, made once and kept: `folder/scale-X`. Synthetic. */
export async function simulated(folder: string, scale: number): Promise<string> {
  const out = join(folder, `scale-${scale}`);
  const done = `${out}.done`;
  if (existsSync(done)) return out;
  mkdirSync(folder, { recursive: true });
  await simulate({ scenario: "cambodia-2023", out, seed: 2023, scale });
  mkdirSync(done);
  return out;
}

/** All conn logs of a simulation as one gzip file with one header, as a busy sensor's day would be. */
export async function oneConnLog(folder: string, scale: number): Promise<string> {
  const path = join(folder, `conn-${scale}.log.gz`);
  if (existsSync(path)) return path;
  const logs = connLogs(join(await simulated(folder, scale), "logs"));
  const partial = `${path}.partial`;
  async function* lines() {
    let block = "";
    for (const [index, log] of logs.entries()) {
      for await (const line of createInterface({ input: createReadStream(log).pipe(createGunzip()) })) {
        if (line.startsWith("#") && (index > 0 || line.startsWith("#close"))) continue;
        block += `${line}\n`;
        if (block.length < 1 << 20) continue;
        yield block;
        block = "";
      }
    }
    yield block;
  }
  // Level 6, as Zeek's own archiving gzips.
  await pipeline(lines, createGzip({ level: 6 }), createWriteStream(partial));
  renameSync(partial, path);
  return path;
}

function connLogs(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /(^|\/)conn\.[^/]*gz$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}
