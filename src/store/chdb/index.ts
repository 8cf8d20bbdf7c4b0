import { closeSync, mkdirSync, openSync } from "node:fs";
import { type ChdbResult, drainPending, Session } from "chdb";
import { LongwatchError, messageOf } from "../../kernel/errors.js";
import {
  LINES,
  type LineFile,
  type QueryOptions,
  type SqlParameters,
  type Store,
  type Visible,
} from "../port.js";
import { COMPACT_FORMAT, rowsFromCompact, rowsFromCompactLines } from "../rows.js";
import { assertSingleReadStatement } from "../statement.js";
import { batchCondition, filterText, visibleRows } from "../visible.js";
import { storeError } from "./errors.js";
import { setParameters } from "./parameters.js";

/** Engine limits of one query: spill to disk early, and never take the machine down with it. */
export interface EngineLimits {
  /** Bytes that one query may hold. */
  memoryBytes: number;
  threads: number;
}

export const DEFAULT_LIMITS: EngineLimits = { memoryBytes: 3 * 1024 ** 3, threads: 0 };

/**
 * ClickHouse in this process, on one folder. One process at a time: the engine locks the folder.
 *
 * The engine must live in the main thread, and a session must not be closed with a query in flight (it aborts the process): every
 * call is therefore counted, and {@link close} waits for the last.
 */
export class ChdbStore implements Store {
  readonly engine = "chdb";
  #session: Session;
  #folder: string;
  #limits: EngineLimits;
  #running = new Set<Promise<unknown>>();
  /** Value of `additional_table_filters`. */
  #filter: string | undefined;

  private constructor(folder: string, session: Session, limits: EngineLimits) {
    this.#folder = folder;
    this.#session = session;
    this.#limits = limits;
  }

  /**
   * Opens or creates the engine's folder.
   * @throws LW_CASE_BUSY where another process has it open, LW_CASE_INVALID where it cannot be written.
   */
  static async open(folder: string, limits: EngineLimits = DEFAULT_LIMITS): Promise<ChdbStore> {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const session = new Session(folder, { connectionArgs: engineArguments(limits) });
      const store = new ChdbStore(folder, session, limits);
      // Merging in the background would cost as much again as the insert itself and compete with it for the cores (measured: 18
      // against 8 CPU seconds for three million rows); parts are written large enough to be read as they are.
      await store.command("SYSTEM STOP MERGES");
      return store;
    } catch (error) {
      throw storeError(error, folder);
    }
  }

  async query<Row>(sql: string, parameters: SqlParameters = {}, options: QueryOptions = {}): Promise<Row[]> {
    const result = await this.#run(sql, parameters, COMPACT_FORMAT, options);
    return rowsFromCompact<Row>(result.text());
  }

  async *stream<Row>(
    sql: string,
    parameters: SqlParameters = {},
    options: QueryOptions = {},
  ): AsyncIterable<Row> {
    // A session carries one active stream; each stream gets its own, so that a reader may query while it reads.
    const session = this.#newSession();
    let done: () => void = () => {};
    const open = new Promise<void>((resolve) => {
      done = resolve;
    });
    this.#running.add(open);
    try {
      if (Object.keys(parameters).length > 0) await session.queryAsync(setParameters(parameters));
      const chunks = session.queryStream(this.#withSettings(sql, options), { format: COMPACT_FORMAT });
      yield* rowsFromCompactLines<Row>(textOf(chunks));
    } catch (error) {
      throw storeError(error, this.#folder);
    } finally {
      session.close();
      this.#running.delete(open);
      done();
    }
  }

  async command(sql: string, parameters: SqlParameters = {}, options: QueryOptions = {}): Promise<void> {
    await this.#run(sql, parameters, "Null", options);
  }

  async insert(table: string, rows: readonly Record<string, unknown>[]): Promise<void> {
    if (rows.length === 0) return;
    const values = Buffer.from(rows.map((row) => JSON.stringify(row)).join("\n"));
    await this.#track(
      this.#session.insert({ table, values, format: "JSONEachRow", settings: INSERT_SETTINGS }),
    );
  }

  async ingestLines(sql: string, file: LineFile, parameters: SqlParameters = {}): Promise<void> {
    await this.#overLines(file, (lines) =>
      this.command(sql.replaceAll(LINES, lines), parameters, LINE_OPTIONS),
    );
  }

  async queryLines<Row>(sql: string, file: LineFile, parameters: SqlParameters = {}): Promise<Row[]> {
    return this.#overLines(file, (lines) =>
      this.query<Row>(sql.replaceAll(LINES, lines), parameters, LINE_OPTIONS),
    );
  }

  async *userQuery(sql: string, format: string): AsyncIterable<string> {
    const statement = assertSingleReadStatement(sql);
    if (!/^\w+$/.test(format)) {
      throw new LongwatchError("LW_QUERY", "an output format is one word, such as PrettyCompact or CSV");
    }
    const session = this.#newSession();
    try {
      if (this.#filter) await session.queryAsync(`SET additional_table_filters = ${this.#filter}`);
      await session.queryAsync(`SET ${USER_SETTINGS}`);
      // Last, and for good: readonly = 1 is lifted neither by a setting inside the query nor by another SET.
      await session.queryAsync("SET readonly = 1");
      // The engine's stream repeats a format's head before each block, and knows SELECT alone: the head of tables is made apart, and all
      // else comes whole.
      const body = format.replace(/WithNames$/, "");
      const streams = HEADLESS_FORMATS.has(body) && /^\(*\s*(SELECT|WITH)\b/i.test(statement);
      if (streams && body !== format) yield await this.#head(session, statement, format);
      if (streams) yield* textOf(session.queryStream(statement, { format: body }));
      else yield (await this.#track(session.queryAsync(statement, { format }))).text();
    } catch (error) {
      throw new LongwatchError("LW_QUERY", messageOf(error).replace(/^Code: \d+\. DB::Exception: /, ""));
    } finally {
      session.close();
    }
  }

  /** The line of names: the result with its rows left out. */
  async #head(session: Session, statement: string, format: string): Promise<string> {
    return (
      await this.#track(session.queryAsync(`SELECT * FROM (\n${statement}\n) LIMIT 0`, { format }))
    ).text();
  }

  setVisible(visible: Visible): void {
    const { batches } = visible;
    const filters = visibleRows(visible, batches && batchCondition(batches));
    this.#filter = Object.keys(filters).length === 0 ? undefined : filterText(filters);
  }

  async close(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    this.#session.close();
    await drainPending();
  }

  async #run(
    sql: string,
    parameters: SqlParameters,
    format: string,
    options: QueryOptions,
  ): Promise<ChdbResult> {
    const text = this.#withSettings(sql, options);
    return this.#track(
      Object.keys(parameters).length === 0
        ? this.#session.queryAsync(text, { format })
        : this.#withParameters(text, parameters, format),
    );
  }

  /**
   * A statement with parameters has a session of its own: a session runs its statements one after another, and the binding's own way with parameters those of the
   * whole process. So statements that are begun together run together, and none finds values that another has left.
   */
  async #withParameters(sql: string, parameters: SqlParameters, format: string): Promise<ChdbResult> {
    const session = this.#newSession();
    try {
      await session.queryAsync(setParameters(parameters));
      return await session.queryAsync(sql, { format });
    } finally {
      session.close();
    }
  }

  #newSession(): Session {
    return new Session(this.#folder, { connectionArgs: engineArguments(this.#limits) });
  }

  async #track<Result>(work: Promise<Result>): Promise<Result> {
    this.#running.add(work);
    try {
      return await work;
    } catch (error) {
      throw storeError(error, this.#folder);
    } finally {
      this.#running.delete(work);
    }
  }

  #withSettings(sql: string, options: QueryOptions): string {
    const settings: string[] = Object.entries(options.settings ?? {}).map(
      ([name, value]) =>
        `${name} = ${typeof value === "number" ? value : `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`}`,
    );
    const reads = /^\s*(SELECT|WITH)\b/i.test(sql);
    if (reads && this.#filter) settings.push(`additional_table_filters = ${this.#filter}`);
    return settings.length === 0 ? sql : `${sql}\nSETTINGS ${settings.join(", ")}`;
  }

  async #overLines<Result>(file: LineFile, work: (lines: string) => Promise<Result>): Promise<Result> {
    // The path never enters the SQL: `{1,2}` or `*` in it would be a glob to the engine and silently read nothing.
    const descriptor = openSync(file.path, "r");
    try {
      const path = process.platform === "linux" ? `/proc/self/fd/${descriptor}` : `/dev/fd/${descriptor}`;
      return await work(
        file.structure === undefined
          ? `(SELECT line, _row_number AS row FROM file('${path}', 'LineAsString', 'line String'))`
          : `(SELECT * FROM file('${path}', 'RowBinary', '${file.structure}'))`,
      );
    } finally {
      closeSync(descriptor);
    }
  }
}

/**
 * Lines go through the engine in blocks that stay in the processor's cache while they are cut and converted: with the usual 65,000 lines the
 * same work takes a tenth more.
 */
const LINE_OPTIONS: QueryOptions = { settings: { input_format_parallel_parsing: 0, max_block_size: 4096 } };

/** Formats whose blocks can simply be put one after another. */
const HEADLESS_FORMATS = new Set([
  "CSV",
  "TSV",
  "TabSeparated",
  "TabSeparatedRaw",
  "JSONEachRow",
  "JSONCompactEachRow",
]);

/** Blocks of an insert stay whole up to this many rows, so that one call is one atomic part. */
const INSERT_SETTINGS = { max_insert_block_size: 100_000, input_format_parallel_parsing: 0 };

/** JSON of a user's query goes to programs that compare and add: numbers are numbers there, of 64 bits too. */
const USER_SETTINGS = "output_format_json_quote_64bit_integers = 0";

function engineArguments(limits: EngineLimits): string[] {
  return [
    `--max_memory_usage=${limits.memoryBytes}`,
    `--max_bytes_before_external_group_by=${Math.floor(limits.memoryBytes / 3)}`,
    `--max_bytes_before_external_sort=${Math.floor(limits.memoryBytes / 3)}`,
    ...(limits.threads > 0 ? [`--max_threads=${limits.threads}`] : []),
    // Compiling expressions to machine code costs more than it saves: a hunt asks each question a few times. Measured: the same processor time for all
    // detectors over 10^7 connections, and a fifth less over what tests ask.
    "--compile_expressions=0",
    "--compile_aggregate_expressions=0",
    "--compile_sort_description=0",
    "--session_timezone=UTC",
    // The list of committed batches counts as text of the query.
    "--max_query_size=100000000",
    "--output_format_json_quote_64bit_integers=1",
    "--output_format_json_validate_utf8=1",
    "--join_algorithm=grace_hash,hash",
  ];
}

async function* textOf(chunks: AsyncIterable<{ text(): string }>): AsyncIterable<string> {
  for await (const chunk of chunks) yield chunk.text();
}
