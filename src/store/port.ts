/**
 * The store: one ClickHouse dialect behind one port. `store/chdb` runs it in this process, `store/clickhouse` on a server.
 * SQL stands next to the code that needs it; values are bound as `{name:Type}`, identifiers are never built from input.
 */
export type SqlValue = string | number | bigint | boolean | null | readonly SqlValue[];
export type SqlParameters = Record<string, SqlValue>;

export interface QueryOptions {
  /** Settings for this query alone. The adapter adds memory limits and spilling to all queries. */
  settings?: Record<string, string | number>;
}

/** A file that the engine shall read by itself: nothing of it passes through JavaScript. */
export interface LineFile {
  /** Absolute path of an uncompressed file whose lines end in LF. */
  path: string;
  bytes: number;
  /** Where the file holds no lines but rows in RowBinary: their columns, as CREATE TABLE has them. */
  structure?: string;
}

/**
 * In a statement for {@link Store.ingestLines}: the table expression that yields `line String, row UInt64` (row counts from 0), or the columns of the file's
 * structure.
 */
export const LINES = "__LINES__";

/** Which rows of the event tables reading statements see. */
export interface Visible {
  /** Rows of these batches; of all where it is not given. Needed where a server may hold another process's half-done work. */
  batches?: readonly string[];
  /** Rows from before this moment, milliseconds UTC, a midnight: the case as it was then. */
  before?: number;
}

export interface Store {
  /** `chdb` or `clickhouse`, for messages. */
  readonly engine: string;

  /** Rows as objects. 64-bit integers come as numbers where they are safe ones, else as strings. */
  query<Row>(sql: string, parameters?: SqlParameters, options?: QueryOptions): Promise<Row[]>;

  /** Rows one by one, in bounded memory. The caller reads to the end or breaks off; either frees the engine. */
  stream<Row>(sql: string, parameters?: SqlParameters, options?: QueryOptions): AsyncIterable<Row>;

  /** A statement without a result. */
  command(sql: string, parameters?: SqlParameters, options?: QueryOptions): Promise<void>;

  /** Appends rows; one call is one atomic block as long as it stays under 100,000 rows and in one partition. */
  insert(table: string, rows: readonly Record<string, unknown>[]): Promise<void>;

  /**
   * Runs `INSERT … SELECT … FROM __LINES__` with the engine reading the file. Not atomic: a killed insert leaves rows, which is
   * why every event table is partitioned by batch and a batch counts only once the manifest names it.
   */
  ingestLines(sql: string, file: LineFile, parameters?: SqlParameters): Promise<void>;

  /** Rows of a query over the lines of a file, e.g. to count kinds of record. */
  queryLines<Row>(sql: string, file: LineFile, parameters?: SqlParameters): Promise<Row[]>;

  /**
   * A user's own query: one reading statement, in a session that cannot write, in any output format the engine knows.
   * @throws LW_QUERY where it is anything else, or where the engine refuses it.
   */
  userQuery(sql: string, format: string): AsyncIterable<string>;

  /** From now on reading statements see these rows only. Writes and what they read themselves are not limited. */
  setVisible(visible: Visible): void;

  close(): Promise<void>;
}
