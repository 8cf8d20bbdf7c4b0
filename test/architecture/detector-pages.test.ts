import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { DetectorManifest } from "../../src/detect/port.js";
import { DETECTORS } from "../../src/detect/registry.js";
import { packageRoot } from "../../src/kernel/package-root.js";

const HEAD = "## Parameters\n";

/** The last section of a detector's page, made from its manifest. */
function section({ id, parameters }: DetectorManifest): string {
  const rows = Object.entries(parameters).map(
    ([name, { default: value, unit, meaning }]) =>
      `| \`${name}\` | ${value} | ${unit} | ${meaning.replaceAll("|", "\\|")} |\n`,
  );
  if (rows.length === 0) return `${HEAD}\nNone.\n`;
  return `${HEAD}\nSet in \`longwatch.yaml\` under \`detectors: ${id}: parameters:\`.\n\n| parameter | default | unit | meaning |\n|---|---|---|---|\n${rows.join("")}`;
}

/**
 * Every detector has a page, and its parameters stand there as the code has them. After a change of a manifest, `LONGWATCH_UPDATE_DOCS=1 npx vitest run
 * --project unit test/architecture/detector-pages.test.ts` writes the section anew.
 */
describe.each(DETECTORS.map(({ manifest }) => [manifest.id, manifest] as const))(
  "docs/detectors/%s.md",
  (id, manifest) => {
    const path = join(packageRoot, "docs", "detectors", `${id}.md`);

    test("is there", () => {
      expect(existsSync(path)).toBe(true);
    });

    test("ends with the parameters of the manifest", () => {
      const page = readFileSync(path, "utf8");
      const [text = "", ...rest] = page.split(HEAD);
      expect(rest.length).toBeLessThanOrEqual(1);
      const current = `${text.trimEnd()}\n\n${section(manifest)}`;
      if (process.env.LONGWATCH_UPDATE_DOCS === "1") writeFileSync(path, current);
      expect(readFileSync(path, "utf8")).toBe(current);
    });
  },
);
