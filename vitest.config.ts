import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Real data and killed processes take minutes: they run by `npm run test:corpus` and `npm run test:kill`. */
const CORPUS = ["test/**/corpus/**/*.test.ts", "test/**/*corpus*.test.ts"];
const KILL = ["test/**/kill/**/*.test.ts", "test/**/*kill*.test.ts"];

/** The longest file first: begun last, it would leave the other core idle. */
class KillFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isKill = ({ project }: TestSpecification) => project.name === "kill";
    return [...sorted.filter(isKill), ...sorted.filter((file) => !isKill(file))];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: KillFirst },
    // The embedded engine is one to a process, and its memory is given back only when that process ends.
    pool: "forks",
    maxWorkers: 2,
    globalSetup: "test/support/global-setup.ts",
    testTimeout: 120_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["test/**/*.test.ts"], exclude: [...CORPUS, ...KILL] },
      },
      {
        extends: true,
        test: { name: "corpus", include: CORPUS, testTimeout: 300_000, hookTimeout: 300_000 },
      },
      { extends: true, test: { name: "kill", include: KILL, testTimeout: 600_000, hookTimeout: 300_000 } },
    ],
  },
});
