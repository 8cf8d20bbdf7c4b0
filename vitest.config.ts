import { defineConfig } from "vitest/config";

/** Real data and killed processes take minutes: they run by `npm run test:corpus` and `npm run test:kill`. */
const CORPUS = ["test/**/corpus/**/*.test.ts", "test/**/*corpus*.test.ts"];
const KILL = ["test/**/kill/**/*.test.ts", "test/**/*kill*.test.ts"];

export default defineConfig({
  test: {
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
