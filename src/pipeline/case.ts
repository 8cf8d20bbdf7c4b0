import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LongwatchError, messageOf } from "../kernel/errors.js";
import { packageRoot } from "../kernel/package-root.js";
import type { Store } from "../store/port.js";
import { type OpenStore, openStore } from "./compose.js";
import { Manifest } from "./ingest/manifest.js";

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
}

/**
 * Opens or creates a case; what a killed process left is cleaned up.
 * @throws LW_CASE_BUSY, LW_CASE_VERSION, LW_CASE_INVALID, LW_STORE…
 */
export async function openCase(options: CaseOptions): Promise<Case> {
  const { folder } = options;
  if (options.mustExist && !existsSync(join(folder, "store")))
    throw new LongwatchError("LW_CASE_INVALID", "there is no case here; run `longwatch ingest` or `longwatch hunt` first, or name another folder with --case", { file: folder });
  prepareFolder(folder);
  const release = takeLock(folder);
  let store: Store | undefined;
  try {
    store = await openStore(join(folder, "store"), options);
    await createTables(store);
    await checkVersion(store, folder);
    const manifest = await Manifest.load(store);
    const orphansDropped = await manifest.dropOrphans();
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
        await opened.close();
        rmSync(spoolFolder, { recursive: true, force: true });
        release();
      },
    };
  } catch (error) {
    await store?.close();
    release();
    throw error;
  }
}

async function createTables(store: Store): Promise<void> {
  const folder = join(packageRoot, "src/store/schema");
  for (const name of readdirSync(folder).sort()) {
    const text = readFileSync(join(folder, name), "utf8").replaceAll(/^--.*$|^\s+--.*$/gm, "");
    for (const statement of text.split(";")) if (statement.trim() !== "") await store.command(statement.trim());
  }
}

async function checkVersion(store: Store, folder: string): Promise<void> {
  const [row] = await store.query<{ value: string }>("SELECT value FROM case_state FINAL WHERE key = 'schema_version'");
  if (row === undefined) {
    await store.insert("case_state", [{ key: "schema_version", value: String(SCHEMA_VERSION), version: 1 }]);
  } else if (Number(row.value) > SCHEMA_VERSION) {
    throw new LongwatchError("LW_CASE_VERSION", `this case was written by a newer Longwatch (schema ${row.value}, this program knows ${SCHEMA_VERSION}); use that version, or start a new case`, { file: folder });
  }
}

function prepareFolder(folder: string): void {
  try {
    const isNew = !existsSync(folder);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!isNew && !existsSync(join(folder, "store"))) {
      const foreign = readdirSync(folder).filter((name) => !CASE_ENTRIES.has(name));
      if (foreign.length > 0)
        throw new LongwatchError("LW_CASE_INVALID", `the folder is not a case and not empty (it holds ${foreign[0]}); name a new folder with --case`, { file: folder });
    }
    accessSync(folder, constants.W_OK | constants.X_OK);
    // A case is sensitive (design, section 5), also where it was made with a laxer umask.
    chmodSync(folder, 0o700);
  } catch (error) {
    if (error instanceof LongwatchError) throw error;
    throw new LongwatchError("LW_CASE_INVALID", `the case folder cannot be created or written: ${messageOf(error)}`, { file: folder }, error);
  }
}

const CASE_ENTRIES = new Set(["store", "report", "spool", "lock"]);

/** The engine locks its own folder; this lock exists to name the other process. */
function takeLock(folder: string): () => void {
  const path = join(folder, "lock");
  if (existsSync(path)) {
    const [pid, started] = readFileSync(path, "utf8").split("\n");
    if (pid !== String(process.pid) && started !== undefined && started === processStart(Number(pid)))
      throw new LongwatchError("LW_CASE_BUSY", `process ${pid} has this case open; wait for it to end, or choose another folder with --case`, { file: folder });
  }
  try {
    writeFileSync(path, `${process.pid}\n${processStart(process.pid)}`, { mode: 0o600 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code === "ENOSPC" ? "LW_DISK_FULL" : "LW_CASE_INVALID";
    throw new LongwatchError(code, `the case folder cannot be written: ${messageOf(error)}`, { file: folder }, error);
  }
  return () => rmSync(path, { force: true });
}

/** When a process began, in kernel ticks where there is /proc, so that a reused process number is not taken for the old process. */
function processStart(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch {
    return undefined;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
