import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { packageRoot } from "../../src/kernel/package-root.js";

interface Entry {
  version?: string;
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}

const lock = JSON.parse(readFileSync(join(packageRoot, "package-lock.json"), "utf8")) as {
  packages: Record<string, Entry>;
};

it("package-lock.json has every platform's packages, without which `npm ci` refuses it", () => {
  const named = Object.values(lock.packages).flatMap((entry) =>
    Object.keys(entry.optionalDependencies ?? {}),
  );
  expect(named.length).toBeGreaterThan(10);
  const missing = named.filter(
    (name) => !Object.keys(lock.packages).some((key) => key.endsWith(`node_modules/${name}`)),
  );
  // After an `npm install` that dropped some: node tools/complete-lock.mjs
  expect(missing).toEqual([]);
});

it("package-lock.json names no registry", () => {
  expect(Object.values(lock.packages).filter((entry) => entry.resolved !== undefined)).toEqual([]);
});
