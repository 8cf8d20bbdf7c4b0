import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { contentId } from "../../src/kernel/ids.js";
import { silentProgress } from "../../src/kernel/progress.js";
import { type Case, openCase } from "../../src/pipeline/case.js";
import { ingest } from "../../src/pipeline/ingest/ingest.js";
import type { SensorAssignment } from "../../src/pipeline/ingest/sensor.js";
import { CORPUS } from "../support/corpus.js";
import { shared } from "../support/shared.js";

type SensorFor = (path: string) => SensorAssignment | undefined;

const SENSORS = {
  /** All files are of one realm, as where nothing is configured. */
  one: () => undefined,
  /** Each event log is a realm of its own, so that a finding says in which sample it was made, and nothing joins what nobody joined. */
  byFile: (path) => {
    const realm = basename(path, ".evtx");
    return { id: realm, realm, tlp: "clear", owner: "", sharingGroup: "" };
  },
} satisfies Record<string, SensorFor>;

/** Brings logs into a case of their own, does the work there, and leaves nothing behind. */
export async function inCase<Result>(
  paths: readonly string[],
  work: (opened: Case) => Promise<Result>,
  sensorFor: SensorFor = SENSORS.one,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "longwatch-corpus-"));
  try {
    return await inOpened(join(folder, "case"), async (opened) => {
      await bring(opened, paths, sensorFor);
      return work(opened);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface CaseCopy {
  opened: Case;
  /** Closes it and leaves nothing behind. */
  close(): Promise<void>;
}

/**
 * A case with logs of the corpus that several test files ask for: they are brought in once in a run, and everyone has a copy.
 * @param name of a file or folder below the corpus
 */
export async function openCopy(name: string, sensors: keyof typeof SENSORS = "one"): Promise<CaseCopy> {
  const original = await shared(contentId("corpus", name, sensors), (folder) =>
    inOpened(folder, (opened) => bring(opened, [join(CORPUS ?? "", name)], SENSORS[sensors])),
  );
  const folder = mkdtempSync(join(tmpdir(), "longwatch-corpus-"));
  // The engine's folder has links from one part of it to another.
  cpSync(original, folder, { recursive: true, verbatimSymlinks: true });
  const opened = await openCase({ folder });
  return {
    opened,
    async close() {
      await opened.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Does the work in an {@link openCopy}. */
export async function inCopy<Result>(
  name: string,
  work: (opened: Case) => Promise<Result>,
  sensors?: keyof typeof SENSORS,
): Promise<Result> {
  const { opened, close } = await openCopy(name, sensors);
  try {
    return await work(opened);
  } finally {
    await close();
  }
}

async function inOpened<Result>(folder: string, work: (opened: Case) => Promise<Result>): Promise<Result> {
  const opened = await openCase({ folder });
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

async function bring(opened: Case, paths: readonly string[], sensorFor: SensorFor): Promise<void> {
  await ingest(opened, {
    paths,
    exclude: [],
    settings: { csvMappings: [] },
    sensorFor,
    isExcluded: () => false,
    progress: silentProgress,
  });
}
