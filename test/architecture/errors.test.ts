import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ERRORS, type ErrorCode, LongwatchError } from "../../src/kernel/errors.js";

const ROOT = join(import.meta.dirname, "../..");
const codes = Object.keys(ERRORS) as ErrorCode[];
const page = readFileSync(join(ROOT, "docs/errors.md"), "utf8");
/** `| code | exit | meaning |` lines of the page. */
const documented = new Map(
  [...page.matchAll(/^\| `(LW_[A-Z_]+)`\s*\| (\d)\s*\| ([^|]+) \|/gm)].map(
    ([, code = "", exit, meaning = ""]) => [code, { exit: Number(exit), meaning: meaning.trim() }],
  ),
);
const source = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && file !== join("kernel", "errors.ts"))
  .map((file) => readFileSync(join(ROOT, "src", file), "utf8"))
  .join("\n");

const used = new Set([...source.matchAll(/"(LW_[A-Z_]+)"/g)].map(([, code = ""]) => code));

describe("docs/errors.md and the catalogue", () => {
  test.each(codes)("%s stands there with its exit code and meaning", (code) => {
    expect(documented.get(code)).toEqual({ exit: ERRORS[code].exit, meaning: ERRORS[code].meaning });
  });

  test("the page names no code that does not exist", () => {
    expect([...documented.keys()].filter((code) => !(code in ERRORS))).toEqual([]);
    expect(
      [...page.matchAll(/LW_[A-Z_]+/g)].map(([code]) => code).filter((code) => !(code in ERRORS)),
    ).toEqual([]);
  });

  test.each(codes)("%s is thrown somewhere", (code) => {
    expect(used.has(code)).toBe(true);
  });

  test("source code uses no other", () => {
    expect([...used].filter((code) => !(code in ERRORS))).toEqual([]);
  });
});

test("an error reads as compilers taught everyone to read errors", () => {
  const error = new LongwatchError("LW_INVENTORY", "10.0.0.0/33 is no network", {
    file: "organisations.csv",
    line: 17,
  });
  expect(error.describe()).toBe("organisations.csv:17: 10.0.0.0/33 is no network [LW_INVENTORY]");
  expect(error.exitCode).toBe(2);
});
