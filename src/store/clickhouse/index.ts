import { open } from "node:fs/promises";
import { ClickHouseError, type ClickHouseSettings, SettingsMap } from "@clickhouse/client";
import { LongwatchError, messageOf } from "../../kernel/errors.js";
import {
  LINES,
  type LineFile,
  type QueryOptions,
  type SqlParameters,
  type Store,
  type Visible,
} from "../port.js";
import { COMPACT_FORMAT, COMPACT_SETTINGS, rowsFromCompact, rowsFromCompactBytes } from "../rows.js";
import { assertSingleReadStatement } from "../statement.js";
import { visibleRows } from "../visible.js";
import { parseAddress, type ServerAddress } from "./address.js";
import { Connection } from "./connection.js";
import { serverError } from "./errors.js";
import { inFields } from "./fields.js";
import { DELAYS, isIdempotent } from "./retry.js";
import { inBatchesOf, STALE_SCRATCH, scratchName } from "./scratch.js";

export interface ServerOptions {
  /** Defaults to the process's own. */
  environment?: Readonly<Record<string, string | undefined>>;
  /** Pauses between tries, in milliseconds. */
  delays?: readonly number[];
}

/** Oldest major version that we try to run on; the tests run on 26.7. */
const OLDEST = 25;

/** One block, hence one part, hence all or nothing. */
const INSERT_SETTINGS: ClickHouseSettings = {
  max_insert_block_size: "100000",
  input_format_parallel_parsing: 0,
};
/** Lines are numbered in the order in which they come: one stream from the body to the table. */
const LINE_SETTINGS: ClickHouseSettings = { max_threads: 1, max_insert_threads: "1" };
const CANCELLING: ClickHouseSettings = { cancel_http_readonly_queries_on_client_close: 1 };
/** The answer is sent when it is complete, so that an error in the midst of it is an error and not a short answer. */
const WHOLE: ClickHouseSettings = { ...CANCELLING, wait_end_of_query: 1 };

const LINES_FROM_BODY = "(SELECT line, rowNumberInAllBlocks() AS row FROM input('line String'))";
const NO_LINES = "(SELECT '' AS line, toUInt64(0) AS row WHERE 0)";

/**
 * ClickHouse on a server, over HTTP. Reads are tried again after a broken connection. Writes are tried again only where it is certain
 * that the first try left no trace; otherwise the adapter makes sure that the server has ended the statement and throws
 * LW_STORE_UNREACHABLE. The caller then drops the batch's partitions and writes it anew: a batch counts only once the manifest has it.
 */
export class ClickHouseStore implements Store {
  readonly engine = "clickhouse";
  readonly #connection: Connection;
  readonly #address: ServerAddress;
  readonly #scratch = new Set<string>();
  #filter: Promise<Record<string, string>> | undefined;
  #visible: Visible = {};

  private constructor(address: ServerAddress, connection: Connection) {
    this.#address = address;
    this.#connection = connection;
  }

  /**
   * Connects, and creates the database if it is missing.
   * @param store `http[s]://user@host:8123/database`
   * @throws LW_USAGE or LW_CONFIG for a bad address; LW_STORE_UNREACHABLE where nobody answers or the credentials are refused.
   */
  static async open(store: string, options: ServerOptions = {}): Promise<ClickHouseStore> {
    const address = parseAddress(store, options.environment ?? process.env);
    const delays = options.delays ?? DELAYS;
    const opened = new ClickHouseStore(address, new Connection(address, delays));
    try {
      await opened.#ensureDatabase(delays);
      await opened.#checkVersion();
      for (const { name } of await opened.query<{ name: string }>(STALE_SCRATCH))
        await opened.#dropScratch(name);
      return opened;
    } catch (error) {
      await opened.#connection.close();
      throw error;
    }
  }

  async query<Row>(sql: string, parameters: SqlParameters = {}, options: QueryOptions = {}): Promise<Row[]> {
    return this.#connection.reading(async (query_id) => {
      const result = await this.#ask(query_id, sql, parameters, { ...WHOLE, ...options.settings });
      return rowsFromCompact<Row>(await result.text());
    });
  }

  async *stream<Row>(
    sql: string,
    parameters: SqlParameters = {},
    options: QueryOptions = {},
  ): AsyncIterable<Row> {
    const result = await this.#connection.reading((query_id) =>
      this.#ask(query_id, sql, parameters, { ...CANCELLING, ...options.settings }),
    );
    try {
      yield* rowsFromCompactBytes<Row>(bytesOf(result.stream()));
    } catch (error) {
      throw serverError(tornAnswer(error), this.#address);
    } finally {
      result.close();
    }
  }

  async command(sql: string, parameters: SqlParameters = {}, options: QueryOptions = {}): Promise<void> {
    const clickhouse_settings = options.settings ?? {};
    await this.#connection.writing(isIdempotent(sql), (query_id) =>
      this.#connection.client.command({
        ...inFields(sql, parameters),
        query_id,
        clickhouse_settings,
      }),
    );
  }

  async insert(table: string, rows: readonly Record<string, unknown>[]): Promise<void> {
    if (!/^\w+$/.test(table)) throw new Error(`not a table: ${table}`);
    if (rows.length === 0) return;
    const format = "JSONEachRow";
    await this.#connection.writing(false, (query_id) =>
      this.#connection.client.insert({
        table,
        values: rows,
        format,
        query_id,
        clickhouse_settings: INSERT_SETTINGS,
      }),
    );
  }

  async ingestLines(sql: string, file: LineFile, parameters: SqlParameters = {}): Promise<void> {
    const { structure } = file;
    if (file.bytes === 0) {
      const nothing = structure === undefined ? NO_LINES : `(SELECT * FROM null('${structure}'))`;
      return this.command(sql.replaceAll(LINES, nothing), parameters);
    }
    const query =
      structure === undefined
        ? `${sql.replaceAll(LINES, LINES_FROM_BODY)}\nFORMAT LineAsString`
        : `${sql.replaceAll(LINES, `(SELECT * FROM input('${structure}'))`)}\nFORMAT RowBinary`;
    await this.#connection.writing(false, async (query_id) => {
      const body = await bodyOf(file);
      const { stream } = await this.#connection.client.exec({
        ...inFields(query, parameters),
        values: body,
        query_id,
        clickhouse_settings: LINE_SETTINGS,
      });
      for await (const _ of stream) {
        // An INSERT answers with nothing; reading to the end frees the connection.
      }
    });
  }

  /** The server reads a request's body only for an INSERT: the result goes into a scratch table of the query's own shape. */
  async queryLines<Row>(sql: string, file: LineFile, parameters: SqlParameters = {}): Promise<Row[]> {
    const shape = sql.replaceAll(LINES, NO_LINES);
    if (file.bytes === 0) return this.query(shape, parameters);
    const table = this.#newScratch("lines");
    try {
      await this.command(`CREATE TABLE IF NOT EXISTS ${table} ENGINE = Memory EMPTY AS ${shape}`, parameters);
      await this.ingestLines(`INSERT INTO ${table} ${sql}`, file, parameters);
      return await this.query<Row>(`SELECT * FROM ${table}`, {}, { settings: { max_threads: 1 } });
    } finally {
      await this.#dropScratch(table);
    }
  }

  async *userQuery(sql: string, format: string): AsyncIterable<string> {
    const statement = assertSingleReadStatement(sql);
    if (!/^\w+$/.test(format)) {
      throw new LongwatchError("LW_QUERY", "an output format is one word, such as PrettyCompact or CSV");
    }
    try {
      const { stream } = await this.#connection.reading(async (query_id) =>
        this.#connection.client.exec({
          query: `${statement}\nFORMAT ${format}`,
          query_id,
          clickhouse_settings: {
            ...WHOLE,
            ...(await this.#visibility()),
            output_format_json_quote_64bit_integers: 0,
            readonly: "1",
          },
        }),
      );
      const decoder = new TextDecoder();
      for await (const chunk of stream) yield decoder.decode(chunk as Uint8Array, { stream: true });
    } catch (error) {
      const failure = serverError(error, this.#address);
      throw failure.code === "LW_STORE"
        ? new LongwatchError("LW_QUERY", failure.message, {}, error)
        : failure;
    }
  }

  setVisible(visible: Visible): void {
    this.#visible = visible;
    this.#filter = undefined;
  }

  async close(): Promise<void> {
    try {
      for (const table of this.#scratch) await this.#dropScratch(table);
    } finally {
      await this.#connection.close();
    }
  }

  async #ask(query_id: string, sql: string, parameters: SqlParameters, settings: ClickHouseSettings) {
    const clickhouse_settings = { ...COMPACT_SETTINGS, ...(await this.#visibility()), ...settings };
    return this.#connection.client.query({
      ...inFields(sql, parameters),
      format: COMPACT_FORMAT,
      query_id,
      clickhouse_settings,
    });
  }

  /** The database is asked for under its own name first: a user may have no right to create any, nor to see another. */
  async #ensureDatabase(delays: readonly number[]): Promise<void> {
    try {
      await this.query("SELECT 1 AS one");
    } catch (error) {
      const cause = (error as LongwatchError).cause;
      if (!(cause instanceof ClickHouseError && cause.type === "UNKNOWN_DATABASE")) throw error;
      const outside = new ClickHouseStore(this.#address, new Connection(this.#address, delays, "default"));
      try {
        const { database } = this.#address;
        await outside.command("CREATE DATABASE IF NOT EXISTS {database:Identifier}", { database });
      } finally {
        await outside.close();
      }
    }
  }

  async #checkVersion(): Promise<void> {
    const [row] = await this.query<{ version: string }>("SELECT version() AS version");
    const version = row?.version ?? "";
    if (Number.parseInt(version, 10) >= OLDEST) return;
    throw new LongwatchError(
      "LW_STORE",
      `the server runs ClickHouse ${version}; Longwatch needs ${OLDEST}.3 or newer`,
    );
  }

  /** What reading statements carry: the filter, once the table that it reads is written. */
  async #visibility(): Promise<ClickHouseSettings> {
    this.#filter ??= this.#writeFilter(this.#visible);
    try {
      const filters = await this.#filter;
      return Object.keys(filters).length === 0 ? {} : { additional_table_filters: SettingsMap.from(filters) };
    } catch (error) {
      this.#filter = undefined;
      throw error;
    }
  }

  async #writeFilter(visible: Visible): Promise<Record<string, string>> {
    const { batches } = visible;
    if (batches === undefined) return visibleRows(visible, undefined);
    const table = this.#newScratch("committed");
    await this.command(
      `CREATE TABLE IF NOT EXISTS ${table} (batch_id String) ENGINE = MergeTree ORDER BY batch_id`,
    );
    await this.insert(
      table,
      batches.map((batch_id) => ({ batch_id })),
    );
    return visibleRows(visible, inBatchesOf(this.#address.database, table));
  }

  #newScratch(purpose: "committed" | "lines"): string {
    const table = scratchName(purpose);
    this.#scratch.add(table);
    return table;
  }

  async #dropScratch(table: string): Promise<void> {
    await this.command("DROP TABLE IF EXISTS {table:Identifier}", { table });
    this.#scratch.delete(table);
  }
}

/** Opened before the request begins: a file that is not there is no failure of the server. */
async function bodyOf(file: LineFile) {
  try {
    return (await open(file.path)).createReadStream({ highWaterMark: 1 << 20 });
  } catch (error) {
    throw new LongwatchError(
      "LW_INPUT_MISSING",
      `the file cannot be read: ${messageOf(error)}`,
      { file: file.path },
      error,
    );
  }
}

/** The client cuts the answer into lines and watches for an error in its midst (servers since 25.11 mark it). */
async function* bytesOf(lines: AsyncIterable<{ text: string }[]>): AsyncGenerator<Uint8Array> {
  for await (const chunk of lines) yield Buffer.from(`${chunk.map((line) => line.text).join("\n")}\n`);
}

/** Servers before 25.11 write an error into the rows, where it is no JSON. */
function tornAnswer(error: unknown): unknown {
  if (!(error instanceof SyntaxError)) return error;
  return new LongwatchError(
    "LW_STORE",
    "the server broke off in the midst of an answer: run the same command again",
    {},
    error,
  );
}
