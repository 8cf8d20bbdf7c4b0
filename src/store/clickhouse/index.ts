import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import {
  type ClickHouseClient,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
  SettingsMap,
} from "@clickhouse/client";
import { LongwatchError, messageOf } from "../../kernel/errors.js";
import { LINES, type LineFile, type QueryOptions, type SqlParameters, type Store } from "../port.js";
import { COMPACT_FORMAT, COMPACT_SETTINGS, rowsFromCompact, rowsFromCompactBytes } from "../rows.js";
import { assertSingleReadStatement } from "../statement.js";
import { parseAddress, type ServerAddress } from "./address.js";
import { isPassing, reachOf, serverError } from "./errors.js";
import { DELAYS, isIdempotent, retrying } from "./retry.js";
import { filterByTable, STALE_SCRATCH, scratchName } from "./scratch.js";
import { settle } from "./settle.js";

export interface ServerOptions {
  /** Defaults to the process's own. */
  environment?: Readonly<Record<string, string | undefined>>;
  /** Pauses between tries, in milliseconds. */
  delays?: readonly number[];
}

/** Oldest engine whose manual has everything used here; the tests run on 26.7. */
const OLDEST = 25;

/** For every statement. async_insert (on by default since 26) would answer before the rows are in a part. */
const SETTINGS: ClickHouseSettings = {
  session_timezone: "UTC",
  async_insert: 0,
  max_bytes_before_external_group_by: String(2 * 1024 ** 3),
  max_bytes_before_external_sort: String(2 * 1024 ** 3),
  join_algorithm: "grace_hash",
};
/** One block, hence one part, hence all or nothing. */
const INSERT_SETTINGS: ClickHouseSettings = {
  max_insert_block_size: "100000",
  input_format_parallel_parsing: 0,
};
/** Lines are numbered in the order in which they come: one stream from the body to the table. */
const LINE_SETTINGS: ClickHouseSettings = { max_threads: 1, max_insert_threads: "1" };
/** The answer is sent when it is complete, so that an error in the midst of it is an error and not a short answer. */
const WHOLE: ClickHouseSettings = { wait_end_of_query: 1, cancel_http_readonly_queries_on_client_close: 1 };

const LINES_FROM_BODY = "(SELECT line, rowNumberInAllBlocks() AS row FROM input('line String'))";
const NO_LINES = "(SELECT '' AS line, toUInt64(0) AS row WHERE 0)";

/**
 * ClickHouse on a server, over HTTP. Reads are tried again after a broken connection. Writes are tried again only where it is certain
 * that the first try left no trace; otherwise the adapter makes sure that the server has ended the statement and throws
 * LW_STORE_UNREACHABLE. The caller then drops the batch's partitions and writes it anew: a batch counts only once the manifest has it.
 */
export class ClickHouseStore implements Store {
  readonly engine = "clickhouse";
  readonly #client: ClickHouseClient;
  readonly #address: ServerAddress;
  readonly #delays: readonly number[];
  readonly #running = new Set<string>();
  readonly #scratch = new Set<string>();
  #filter: Promise<Record<string, string>> | undefined;
  #batchIds: readonly string[] | undefined;

  private constructor(address: ServerAddress, options: ServerOptions, database = address.database) {
    this.#address = address;
    this.#delays = options.delays ?? DELAYS;
    this.#client = createClient({
      url: address.url,
      username: address.username,
      password: address.password,
      database,
      application: "longwatch",
      request_timeout: address.timeout,
      compression: { request: !address.local, response: !address.local },
      clickhouse_settings: SETTINGS,
      use_multipart_params_auto: true,
      ...(address.tls === undefined ? {} : { tls: address.tls }),
      // Errors reach the user through ours; the client's own log would print statements.
      log: { level: ClickHouseLogLevel.OFF },
    });
  }

  /**
   * Connects, and creates the database if it is missing.
   * @param store `http[s]://user@host:8123/database`
   * @throws LW_USAGE or LW_CONFIG for a bad address; LW_STORE_UNREACHABLE where nobody answers or the credentials are refused.
   */
  static async open(store: string, options: ServerOptions = {}): Promise<ClickHouseStore> {
    const address = parseAddress(store, options.environment ?? process.env);
    const opened = new ClickHouseStore(address, options);
    try {
      await opened.#createDatabase(options);
      await opened.#checkVersion();
      for (const { name } of await opened.query<{ name: string }>(STALE_SCRATCH))
        await opened.#dropScratch(name);
      return opened;
    } catch (error) {
      await opened.#client.close();
      throw error;
    }
  }

  async query<Row>(sql: string, parameters: SqlParameters = {}, options: QueryOptions = {}): Promise<Row[]> {
    return this.#reading(async (query_id) => {
      const result = await this.#client.query({
        query: sql,
        format: COMPACT_FORMAT,
        query_params: parameters,
        query_id,
        clickhouse_settings: {
          ...COMPACT_SETTINGS,
          ...WHOLE,
          ...(await this.#readSettings()),
          ...options.settings,
        },
      });
      return rowsFromCompact<Row>(await result.text());
    });
  }

  async *stream<Row>(
    sql: string,
    parameters: SqlParameters = {},
    options: QueryOptions = {},
  ): AsyncIterable<Row> {
    const { wait_end_of_query: _, ...cancelling } = WHOLE;
    const result = await this.#reading(async (query_id) =>
      this.#client.query({
        query: sql,
        format: COMPACT_FORMAT,
        query_params: parameters,
        query_id,
        clickhouse_settings: {
          ...COMPACT_SETTINGS,
          ...cancelling,
          ...(await this.#readSettings()),
          ...options.settings,
        },
      }),
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
    await this.#writing(isIdempotent(sql), (query_id) =>
      this.#client.command({
        query: sql,
        query_params: parameters,
        query_id,
        clickhouse_settings: { ...options.settings },
      }),
    );
  }

  async insert(table: string, rows: readonly Record<string, unknown>[]): Promise<void> {
    if (!/^\w+$/.test(table)) throw new Error(`not a table: ${table}`);
    if (rows.length === 0) return;
    await this.#writing(false, (query_id) =>
      this.#client.insert({
        table,
        values: rows,
        format: "JSONEachRow",
        query_id,
        clickhouse_settings: INSERT_SETTINGS,
      }),
    );
  }

  async ingestLines(sql: string, file: LineFile, parameters: SqlParameters = {}): Promise<void> {
    if (file.bytes === 0) return this.command(sql.replaceAll(LINES, NO_LINES), parameters);
    await this.#writing(false, async (query_id) => {
      const { stream } = await this.#client.exec({
        query: `${sql.replaceAll(LINES, LINES_FROM_BODY)}\nFORMAT LineAsString`,
        values: createReadStream(file.path, { highWaterMark: 1 << 20 }),
        query_params: parameters,
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
    if (file.bytes === 0) return this.query(sql.replaceAll(LINES, NO_LINES), parameters);
    const table = scratchName("lines");
    this.#scratch.add(table);
    try {
      const shape = sql.replaceAll(LINES, NO_LINES);
      await this.command(`CREATE TABLE IF NOT EXISTS ${table} ENGINE = Memory EMPTY AS ${shape}`, parameters);
      await this.ingestLines(`INSERT INTO ${table} ${sql}`, file, parameters);
      return await this.query<Row>(`SELECT * FROM ${table}`, {}, { settings: { max_threads: 1 } });
    } finally {
      await this.#dropScratch(table);
    }
  }

  async *userQuery(sql: string, format: string): AsyncIterable<string> {
    const statement = assertSingleReadStatement(sql);
    if (!/^\w+$/.test(format))
      throw new LongwatchError(
        "LW_QUERY",
        "--format takes the name of an output format, such as PrettyCompact or CSV",
      );
    try {
      const { stream } = await this.#reading(async (query_id) =>
        this.#client.exec({
          query: `${statement}\nFORMAT ${format}`,
          query_id,
          clickhouse_settings: { ...WHOLE, ...(await this.#readSettings()), readonly: "1" },
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

  async progress(): Promise<{ rows: number; bytes: number } | undefined> {
    if (this.#running.size === 0) return undefined;
    try {
      const result = await this.#client.query({
        query: `SELECT read_rows, read_bytes FROM system.processes WHERE has({ids:Array(String)}, query_id) ORDER BY elapsed DESC LIMIT 1`,
        format: COMPACT_FORMAT,
        query_params: { ids: [...this.#running] },
      });
      const [row] = rowsFromCompact<{ read_rows: number; read_bytes: number }>(await result.text());
      return row && { rows: row.read_rows, bytes: row.read_bytes };
    } catch {
      // Progress is a courtesy: a failed look at it must never fail the work itself.
      return undefined;
    }
  }

  setCommittedBatches(batchIds: readonly string[]): void {
    this.#batchIds = [...batchIds];
    this.#filter = undefined;
  }

  async close(): Promise<void> {
    for (const table of this.#scratch) await this.#dropScratch(table);
    await this.#client.close();
  }

  /** The database is asked for under its own name first: a user may have no right to create any, nor to see another. */
  async #createDatabase(options: ServerOptions): Promise<void> {
    try {
      await this.query("SELECT 1 AS one");
    } catch (error) {
      if (!/UNKNOWN_DATABASE/.test(messageOf((error as Error).cause)) && !causeHasCode(error, "81"))
        throw error;
      const outside = new ClickHouseStore(this.#address, options, "default");
      try {
        await outside.command("CREATE DATABASE IF NOT EXISTS {database:Identifier}", {
          database: this.#address.database,
        });
      } finally {
        await outside.#client.close();
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
  async #readSettings(): Promise<ClickHouseSettings> {
    if (this.#batchIds === undefined) return {};
    this.#filter ??= this.#writeCommitted(this.#batchIds);
    try {
      return {
        additional_table_filters: SettingsMap.from(await this.#filter),
      };
    } catch (error) {
      this.#filter = undefined;
      throw error;
    }
  }

  async #writeCommitted(batchIds: readonly string[]): Promise<Record<string, string>> {
    const table = scratchName("committed");
    this.#scratch.add(table);
    await this.command(
      `CREATE TABLE IF NOT EXISTS ${table} (batch_id String) ENGINE = MergeTree ORDER BY batch_id`,
    );
    await this.insert(
      table,
      batchIds.map((batch_id) => ({ batch_id })),
    );
    return filterByTable(this.#address.database, table);
  }

  async #dropScratch(table: string): Promise<void> {
    await this.command("DROP TABLE IF EXISTS {table:Identifier}", { table });
    this.#scratch.delete(table);
  }

  async #reading<Result>(work: (queryId: string) => Promise<Result>): Promise<Result> {
    return this.#explained(() => retrying(() => this.#tracked(work), isPassing, this.#delays));
  }

  async #writing(idempotent: boolean, work: (queryId: string) => Promise<unknown>): Promise<void> {
    const once = (queryId: string) =>
      work(queryId).catch(async (error: unknown) => {
        // Nobody may go on while the lost statement could still be running and add rows behind the caller's back.
        if (reachOf(error) === "perhaps") await settle(this.#client, queryId, this.#delays);
        throw error;
      });
    const again = (error: unknown) => isPassing(error) && (idempotent || reachOf(error) === "never");
    await this.#explained(() => retrying(() => this.#tracked(once), again, this.#delays));
  }

  /** Each try has an id of its own: the server refuses one that is still running. */
  async #tracked<Result>(work: (queryId: string) => Promise<Result>): Promise<Result> {
    const queryId = randomUUID();
    this.#running.add(queryId);
    try {
      return await work(queryId);
    } finally {
      this.#running.delete(queryId);
    }
  }

  async #explained<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw serverError(error, this.#address);
    }
  }
}

function causeHasCode(error: unknown, code: string): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && cause.code === code;
}

/** The client cuts the answer into lines and watches for an error in its midst (servers since 25.11 mark it). */
async function* bytesOf(lines: AsyncIterable<{ text: string }[]>): AsyncGenerator<Uint8Array> {
  for await (const chunk of lines) yield Buffer.from(`${chunk.map((line) => line.text).join("\n")}\n`);
}

/** Servers before 25.11 write an error into the rows, where it is no JSON. */
function tornAnswer(error: unknown): unknown {
  return error instanceof SyntaxError
    ? new LongwatchError(
        "LW_STORE",
        "the server broke off in the midst of an answer: run the same command again",
        {},
        error,
      )
    : error;
}
