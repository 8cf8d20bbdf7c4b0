import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Real data and killed processes take minutes: they run by `npm run test:corpus` and `npm run test:kill`. */
const CORPUS = ["test/**/corpus/**/*.test.ts", "test/**/*corpus*.test.ts"];
const KILL = ["test/**/kill/**/*.test.ts", "test/**/*kill*.test.ts"];

/** What runs whole hunts takes longest. Begun last, one file would leave the other core idle; otherwise files go by their size. */
const LONGEST = [
  /\/kill\//,
  /sigma-hunt/,
  /\/scenarios\//,
  /\/(cli|stories)\//,
  /\/corpus\//,
  /\/pipeline\//,
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONGEST.findIndex((folder) => folder.test(moduleId));
      return place < 0 ? LONGEST.length : place;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
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
