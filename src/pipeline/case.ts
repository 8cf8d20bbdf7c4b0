import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { LongwatchError, messageOf } from "../kernel/errors.js";
import { contentId } from "../kernel/ids.js";
import { packageRoot } from "../kernel/package-root.js";
import type { Store } from "../store/port.js";
import { BATCHED_TABLES } from "../store/visible.js";
import { caseState, setCaseState } from "./case-state.js";
import { type OpenStore, openStore } from "./compose.js";
import { dropUnfinishedMerges } from "./ingest/compact.js";
import { dropStaleDerived } from "./ingest/derive.js";
import { Manifest } from "./ingest/manifest.js";
import { type Lease, takeLease } from "./lease.js";
import { takeLock } from "./lock.js";
import { caseError } from "./system-error.js";

/** Raised when tables change in a way that older programs would misread. */
const SCHEMA_VERSION = 1;

/** An open case: a folder with the engine's data, the report, and room for spool files. */
export interface Case {
  folder: string;
  store: Store;
  manifest: Manifest;
  /** Partitions of a killed process that were dropped on opening. */
  orphansDropped: number;
  spoolFolder: string;
  reportFolder: string;
  close(): Promise<void>;
}

export interface CaseOptions extends OpenStore {
  folder: string;
  /** Refuse a folder that is no case yet. */
  mustExist?: boolean;
  /** Reads only. On a server another process may be importing: what it has not finished is left alone, and not seen. */
  readsOnly?: boolean;
}

/**
 * Opens or creates a case; what a killed process left is cleaned up.
 * @throws LW_CASE_BUSY, LW_CASE_VERSION, LW_CASE_INVALID, LW_STORE…
 */
export async function openCase(options: CaseOptions): Promise<Case> {
  const { folder } = options;
  if (options.mustExist && !existsSync(join(folder, "store")))
    throw new LongwatchError(
      "LW_CASE_INVALID",
      "there is no case here; run `longwatch ingest` or `longwatch hunt` first, or name another folder with --case",
      { file: folder },
    );
  prepareFolder(folder);
  const release = takeLock(folder);
  let store: Store | undefined;
  let lease: Lease | undefined;
  try {
    store = await openStore(join(folder, "store"), options);
    await prepareTables(store, folder);
    await settleMerges(store);
    const onlyLooks = options.readsOnly && store.engine !== "chdb";
    // Embedded, the folder's lock is enough.
    if (!onlyLooks && store.engine !== "chdb") lease = await takeLease(store);
    const manifest = await Manifest.load(store, lease?.assertHeld);
    let orphansDropped = 0;
    if (onlyLooks) {
      store.setVisible({ batches: manifest.liveBatches() });
    } else {
      await dropUnfinishedMerges(store);
      orphansDropped = await manifest.dropOrphans();
      await dropStaleDerived(store, manifest);
    }
    const opened = store;
    const spoolFolder = join(folder, "spool");
    rmSync(spoolFolder, { recursive: true, force: true });
    mkdirSync(spoolFolder, { mode: 0o700 });
    return {
      folder,
      store,
      manifest,
      orphansDropped,
      spoolFolder,
      reportFolder: join(folder, "report"),
      async close() {
        await lease?.release();
        await opened.close();
        rmSync(spoolFolder, { recursive: true, force: true });
        release();
      },
    };
  } catch (error) {
    await lease?.release();
    await store?.close();
    release();
    throw caseError(error, folder);
  }
}

/** Makes the tables, or brings them up to date, unless the case notes that these very statements were the last to do so. */
async function prepareTables(store: Store, folder: string): Promise<void> {
  const statements = schemaStatements();
  const schema = contentId(...statements);
  if (await hasTables(store)) {
    await checkVersion(store, folder);
    if ((await caseState(store, "schema")) === schema) return;
  }
  for (const statement of statements) await store.command(statement);
  if ((await caseState(store, "schema_version")) === undefined)
    await setCaseState(store, "schema_version", String(SCHEMA_VERSION));
  await setCaseState(store, "schema", schema);
}

function schemaStatements(): string[] {
  const folder = join(packageRoot, "src/store/schema");
  return readdirSync(folder)
    .sort()
    .flatMap((name) =>
      readFileSync(join(folder, name), "utf8")
        .replaceAll(/^\s*--.*$/gm, "")
        .split(";"),
    )
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}

async function hasTables(store: Store): Promise<boolean> {
  const [table] = await store.query<{ n: number }>(
    "SELECT count() AS n FROM system.tables WHERE database = currentDatabase() AND name = 'case_state'",
  );
  return table?.n !== 0;
}

/** Before anything is created: a newer version may know the tables otherwise. */
async function checkVersion(store: Store, folder: string): Promise<void> {
  const version = await caseState(store, "schema_version");
  if (version === undefined || Number(version) <= SCHEMA_VERSION) return;
  throw new LongwatchError(
    "LW_CASE_VERSION",
    `this case was written by a newer Longwatch (schema ${version}, this program knows ${SCHEMA_VERSION}); use that version, or start a new case with --case`,
    { file: folder },
  );
}

/**
 * The embedded engine's adapter stops merging in the background for the tables that are there when it opens. Here it is said for each
 * table: event tables are written in large parts and never merged, also in a new case; the small ones must be, because each import adds
 * a part to them and the engine refuses inserts into a table of thousands.
 */
async function settleMerges(store: Store): Promise<void> {
  if (store.engine !== "chdb") return;
  for (const table of BATCHED_TABLES) await store.command(`SYSTEM STOP MERGES ${table}`);
  for (const table of [
    "source_slice",
    "superseded_batch",
    "source_path",
    "finding",
    "detector_run",
    "schedule_analysis",
    "case_state",
    "host_organisation",
    "internal_host",
  ])
    await store.command(`SYSTEM START MERGES ${table}`);
}

function prepareFolder(folder: string): void {
  try {
    const isNew = !existsSync(folder);
    makeFolder(resolve(folder));
    if (!isNew && !existsSync(join(folder, "store"))) {
      const foreign = readdirSync(folder).filter((name) => !CASE_ENTRIES.has(name));
      if (foreign.length > 0)
        throw new LongwatchError(
          "LW_CASE_INVALID",
          `the folder is not a case and not empty (it holds ${foreign[0]}); name a new folder with --case`,
          { file: folder },
        );
    }
    accessSync(folder, constants.W_OK | constants.X_OK);
    // A case is sensitive (design, section 5), also where it was made with a laxer umask.
    chmodSync(folder, 0o700);
  } catch (error) {
    const known = caseError(error, folder);
    if (known instanceof LongwatchError) throw known;
    throw new LongwatchError(
      "LW_CASE_INVALID",
      `the case folder cannot be created or written: ${messageOf(error)}`,
      { file: folder },
      error,
    );
  }
}

/** One by one from the top: a recursive mkdir on a read-only file system says "no such file or directory". */
function makeFolder(folder: string): void {
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory()) mkdirSync(folder);
    return;
  }
  makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

const CASE_ENTRIES = new Set(["store", "report", "spool", "lock"]);
