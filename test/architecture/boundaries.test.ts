import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const CONFIG = ".dependency-cruiser.cjs";
const rules: readonly { name: string }[] = createRequire(import.meta.url)(join(ROOT, CONFIG)).forbidden;

interface Report {
  modules: { source: string }[];
  summary: { totalCruised: number; violations: { from: string; to: string; rule: { name: string } }[] };
}

function cruise(folder: string, ...folders: string[]): Report {
  const program = join(ROOT, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const options: ExecFileSyncOptionsWithStringEncoding = {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: "pipe",
  };
  try {
    return JSON.parse(
      execFileSync(process.execPath, [program, ...folders, "--config", CONFIG, "-T", "json"], options),
    );
  } catch (error) {
    // Its exit code is the number of violations; the report is there all the same.
    return JSON.parse((error as { stdout: string }).stdout);
  }
}

/** Rule, the file that breaks it, and what that file imports. */
const PLANTED: readonly [rule: string, from: string, to: string][] = [
  ["no-cycles", "src/pipeline/one.ts", "src/pipeline/two.ts"],
  ["no-unresolvable", "src/pipeline/lost.ts", "src/pipeline/nowhere.ts"],
  ["kernel-imports-nothing-of-ours", "src/kernel/k.ts", "src/model/m.ts"],
  ["model-imports-kernel-only", "src/model/greedy.ts", "src/store/port.ts"],
  ["stage-imports-ports-only", "src/detect/nosy/index.ts", "src/sources/zeek/index.ts"],
  ["stage-imports-ports-only", "src/report/html/index.ts", "src/assess/status.ts"],
  ["stage-imports-ports-only", "src/assess/peek.ts", "src/intel/index.ts"],
  ["stage-is-not-wired-by-itself", "src/correlate/upwards.ts", "src/pipeline/compose.ts"],
  ["stage-is-not-wired-by-itself", "src/intel/upwards.ts", "src/cli/main.ts"],
  ["format-imports-no-format", "src/sources/suricata/index.ts", "src/sources/zeek/index.ts"],
  ["detector-imports-no-detector", "src/detect/nosy/other.ts", "src/detect/plain/index.ts"],
  ["detector-imports-no-detector", "src/detect/shared/backwards.ts", "src/detect/plain/index.ts"],
  ["schedule-is-pure", "src/schedule/greedy.ts", "src/intel/index.ts"],
  ["schedule-is-pure", "src/schedule/upwards.ts", "src/detect/port.ts"],
  ["schedule-through-its-index", "src/detect/nosy/inside.ts", "src/schedule/zone/clocks.ts"],
  ["schedule-through-its-index", "src/pipeline/inside.ts", "src/schedule/units.ts"],
  ["schedule-for-detectors-and-pipeline", "src/report/hours.ts", "src/schedule/index.ts"],
  ["schedule-for-detectors-and-pipeline", "src/assess/hours.ts", "src/schedule/index.ts"],
  ["plant-shares-nothing", "src/plant/cheat.ts", "src/detect/port.ts"],
  ["plant-shares-nothing", "src/plant/borrowed.ts", "scenarios/engine/index.ts"],
  ["plant-through-its-index", "src/pipeline/inside-plant.ts", "src/plant/random.ts"],
  ["plant-for-the-pipeline", "src/detect/plain/learned.ts", "src/plant/index.ts"],
  ["adapters-are-chosen-in-compose", "src/pipeline/shortcut.ts", "src/store/chdb/index.ts"],
  ["adapters-are-chosen-in-compose", "src/store/helper.ts", "src/store/clickhouse/index.ts"],
  ["adapter-imports-no-adapter", "src/store/clickhouse/copy.ts", "src/store/chdb/index.ts"],
  ["engine-library-in-its-adapter", "src/sources/zeek/engine.ts", "chdb"],
  ["cli-imports-pipeline-only", "src/cli/hasty.ts", "src/store/port.ts"],
  ["command-imports-its-steps", "src/cli/hasty.ts", "src/pipeline/index.ts"],
  ["command-is-loaded-when-it-runs", "src/cli/program.ts", "src/cli/hasty-commands.ts"],
  ["pipeline-knows-no-cli", "src/pipeline/chatty.ts", "src/cli/main.ts"],
  ["scenarios-share-nothing", "scenarios/engine/cheat.ts", "src/kernel/time.ts"],
  ["scenarios-from-pipeline-only", "src/detect/plain/cheat.ts", "scenarios/engine/index.ts"],
  ["product-needs-no-dev-dependency", "src/kernel/dev.ts", "fast-check"],
];

/** What the same rules must let pass. */
const ALLOWED: readonly [from: string, to: string][] = [
  ["src/detect/plain/index.ts", "src/detect/port.ts"],
  ["src/detect/plain/index.ts", "src/detect/shared/tools.ts"],
  ["src/detect/plain/index.ts", "src/store/port.ts"],
  ["src/sources/zeek/index.ts", "src/sources/lines.ts"],
  ["src/pipeline/compose.ts", "src/store/chdb/index.ts"],
  ["src/pipeline/compose.ts", "src/detect/plain/index.ts"],
  ["src/pipeline/compose.ts", "scenarios/engine/index.ts"],
  ["src/cli/main.ts", "src/pipeline/compose.ts"],
  ["src/cli/program.ts", "src/cli/output.ts"],
  ["src/store/chdb/index.ts", "chdb"],
  ["src/model/m.ts", "src/kernel/time.ts"],
  ["src/schedule/index.ts", "src/model/m.ts"],
  ["src/detect/plain/index.ts", "src/schedule/index.ts"],
  ["src/pipeline/compose.ts", "src/schedule/index.ts"],
];

describe("each boundary is checked: a planted violation is reported", () => {
  const folder = mkdtempSync(join(tmpdir(), "longwatch-boundaries-"));
  let report: Report;
  beforeAll(() => {
    for (const file of [CONFIG, "tsconfig.json", "package.json"])
      copyFileSync(join(ROOT, file), join(folder, file));
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const imports = new Map<string, string[]>([["src/pipeline/two.ts", ["src/pipeline/one.ts"]]]);
    for (const [from, to] of [...PLANTED.map(([, from, to]) => [from, to] as const), ...ALLOWED]) {
      imports.set(from, [...(imports.get(from) ?? []), to]);
      if (/^(src|scenarios)/.test(to) && !to.includes("nowhere")) imports.set(to, imports.get(to) ?? []);
    }
    for (const [file, targets] of imports) plant(folder, file, targets);
    report = cruise(folder, "src", "scenarios");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const reported = (from: string, to: string): string[] =>
    report.summary.violations
      .filter(
        (violation) =>
          violation.from === from &&
          (violation.to === to ||
            violation.to.includes(specifier(from, to)) ||
            violation.to.includes(`node_modules/${to}/`)),
      )
      .map((violation) => violation.rule.name);

  test.each(PLANTED)("%s: %s → %s", (rule, from, to) => {
    expect(reported(from, to)).toContain(rule);
  });

  test.each(ALLOWED)("allowed: %s → %s", (from, to) => {
    expect(reported(from, to)).toEqual([]);
  });

  test("every rule has its planted violation", () => {
    expect(rules.map(({ name }) => name).filter((name) => !PLANTED.some(([rule]) => rule === name))).toEqual(
      [],
    );
  });
});

test("the check sees every module of ours (with a TypeScript it does not know it would see none, and say that all is well)", () => {
  const sources = ["src", "scenarios"].flatMap((top) =>
    readdirSync(join(ROOT, top), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => `${top}/${file}`),
  );
  const seen = new Set(cruise(ROOT, "src", "scenarios").modules.map(({ source }) => source));
  expect(sources.length).toBeGreaterThan(20);
  expect(sources.filter((file) => !seen.has(file))).toEqual([]);
});

function specifier(from: string, to: string): string {
  if (!/^(src|scenarios)/.test(to)) return to;
  const path = relative(dirname(from), to).replace(/\.ts$/, ".js");
  return path.startsWith(".") ? path : `./${path}`;
}

function plant(folder: string, file: string, targets: readonly string[]): void {
  const lines = targets.map(
    (to, index) =>
      `import * as import${index} from "${specifier(file, to)}";\nexport const use${index} = import${index};`,
  );
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), `${lines.join("\n")}\nexport const here = 1;\n`);
}
