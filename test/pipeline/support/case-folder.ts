import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { silentProgress } from "../../../src/kernel/progress.js";
import type { FileReport } from "../../../src/model/ingest-report.js";
import { type Case, openCase } from "../../../src/pipeline/case.js";
import { type IngestOptions, ingest } from "../../../src/pipeline/ingest/ingest.js";

/** A folder with logs and a case beside it, for one test. */
export interface CaseFolder {
  root: string;
  logs: string;
  opened: Case;
  put(path: string | Buffer, content: string | Uint8Array): void;
  /** Imports the logs (or what else is named) and returns the reports by path below `logs`. */
  ingest(options?: Partial<IngestOptions>): Promise<Map<string, FileReport>>;
  query<Row = Record<string, unknown>>(sql: string): Promise<Row[]>;
  /** The only value of a query. */
  value(sql: string): Promise<unknown>;
  /** Closes the case and opens it again, as the next process does. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

export async function openCaseFolder(): Promise<CaseFolder> {
  const root = mkdtempSync(join(tmpdir(), "longwatch-case-"));
  const logs = join(root, "logs");
  mkdirSync(logs);
  let opened = await openCase({ folder: join(root, "case") });
  const query = <Row>(sql: string) => opened.store.query<Row>(sql);
  return {
    root,
    logs,
    get opened() {
      return opened;
    },
    put(path, content) {
      const whole =
        typeof path === "string" ? join(logs, path) : Buffer.concat([Buffer.from(`${logs}/`), path]);
      if (typeof whole === "string") mkdirSync(dirname(whole), { recursive: true });
      writeFileSync(whole, content);
    },
    async ingest(options = {}) {
      const report = await ingest(opened, {
        paths: [logs],
        exclude: [],
        settings: { csvMappings: [] },
        sensorFor: () => undefined,
        isExcluded: () => false,
        progress: silentProgress,
        ...options,
      });
      return new Map(report.files.map((file) => [file.path.slice(logs.length + 1), file]));
    },
    query,
    async value(sql) {
      const [row] = await query<Record<string, unknown>>(sql);
      return row && Object.values(row)[0];
    },
    async reopen() {
      await opened.close();
      opened = await openCase({ folder: join(root, "case") });
    },
    async close() {
      await opened.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Lines of a report that are accounted for. */
export function accounted(file: FileReport): number {
  return file.rows + file.rejected + file.header_lines + file.blank_lines + file.unused_lines;
}
