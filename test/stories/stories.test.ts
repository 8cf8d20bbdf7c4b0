/**
 * Stories: a small folder of input, commands, and what the user then sees, word for word. Each `*.yaml` beside this file is one; paths are
 * relative to a fresh folder, so nothing but durations has to be made equal.
 */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { compileProgram } from "../support/compiled.js";

const step = z.strictObject({
  command: z.array(z.string()),
  exit: z.number().default(0),
  /** Word for word. */
  stdout: z.string().optional(),
  stderr: z.string().optional(),
  /** Texts that must stand there, where the whole is long. */
  stdout_has: z.array(z.string()).default([]),
  stderr_has: z.array(z.string()).default([]),
  /** Standard output is one JSON text that has at least this. */
  json: z.unknown().optional(),
  /** Standard output is this many JSON texts, one a line. */
  json_lines: z.number().optional(),
  creates: z.array(z.string()).default([]),
  leaves_out: z.array(z.string()).default([]),
});
const story = z.strictObject({
  title: z.string(),
  files: z.record(z.string(), z.string()).default({}),
  folders: z.array(z.string()).default([]),
  steps: z.array(step).min(1),
});

const FOLDER = dirname(fileURLToPath(import.meta.url));
const program = await compileProgram();
const temporary = mkdtempSync(join(tmpdir(), "longwatch-stories-"));
afterAll(() => {
  rmSync(temporary, { recursive: true, force: true });
});

function normal(text: string): string {
  return text.replaceAll(/\d+\.\d MB in \d+\.\d s/g, "N MB in N s");
}

describe("stories", () => {
  const names = readdirSync(FOLDER)
    .filter((name) => name.endsWith(".yaml"))
    .sort();
  it.each(names)(
    "%s",
    (name) => {
      const { files, folders, steps, title } = story.parse(parse(readFileSync(join(FOLDER, name), "utf8")));
      const folder = join(temporary, basename(name, ".yaml"));
      mkdirSync(folder);
      for (const path of folders) mkdirSync(join(folder, path), { recursive: true });
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      for (const { command, ...expected } of steps) {
        const what = `${title}: longwatch ${command.join(" ")}`;
        const run = spawnSync(process.execPath, [program.cli, ...command], {
          cwd: folder,
          encoding: "utf8",
          env: { ...process.env, NO_COLOR: "1" },
        });
        const seen = `${what}\n--- exit ${run.status}\n--- stdout\n${run.stdout}\n--- stderr\n${run.stderr}`;
        expect(run.status, seen).toBe(expected.exit);
        if (expected.stdout !== undefined) expect(normal(run.stdout), what).toBe(expected.stdout);
        if (expected.stderr !== undefined) expect(normal(run.stderr), what).toBe(expected.stderr);
        for (const text of expected.stdout_has) expect(run.stdout, what).toContain(text);
        for (const text of expected.stderr_has) expect(run.stderr, what).toContain(text);
        if (expected.json !== undefined)
          expect(JSON.parse(run.stdout), what).toMatchObject(expected.json as object);
        if (expected.json_lines !== undefined) {
          const lines = run.stdout.split("\n").slice(0, -1);
          expect(
            lines.map((line) => typeof JSON.parse(line)),
            what,
          ).toEqual(Array.from({ length: expected.json_lines }, () => "object"));
        }
        for (const path of expected.creates)
          expect(existsSync(join(folder, path)), `${what}: ${path}`).toBe(true);
        for (const path of expected.leaves_out)
          expect(existsSync(join(folder, path)), `${what}: ${path}`).toBe(false);
      }
    },
    180_000,
  );
});
