import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { FaultPlan } from "./front-faults.js";

/** A running front of chDB that speaks the server's HTTP interface, for tests of the server adapter. */
export interface HttpFront {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** Replaces the planned faults. */
  plan(...faults: FaultPlan[]): Promise<void>;
  close(): Promise<void>;
}

export async function startHttpFront(password = ""): Promise<HttpFront> {
  const folder = mkdtempSync(join(tmpdir(), "longwatch-front-"));
  const script = fileURLToPath(new URL("./front-server.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, folder], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, FRONT_PASSWORD: password },
  });
  const url = `http://127.0.0.1:${await portOf(child)}`;
  return {
    url,
    async plan(...faults) {
      await fetch(`${url}/fault`, { method: "POST", body: JSON.stringify(faults) });
    },
    async close() {
      child.stdin?.end();
      if (child.exitCode === null) await once(child, "exit");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function portOf(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error("the front has no output");
  for await (const line of createInterface({ input: child.stdout }))
    return (JSON.parse(line) as { port: number }).port;
  throw new Error("the front ended before it was ready");
}
