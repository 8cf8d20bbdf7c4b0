import { randomUUID } from "node:crypto";
import {
  type ClickHouseClient,
  ClickHouseLogLevel,
  type ClickHouseSettings,
  createClient,
} from "@clickhouse/client";
import type { ServerAddress } from "./address.js";
import { isPassing, reachOf, serverError } from "./errors.js";
import { retrying } from "./retry.js";
import { settle } from "./settle.js";

/** Joins by time (ASOF) only hash can do. The client's types know one name, the server a list. */
const JOINS: string = "grace_hash,hash";

/** For every statement. async_insert (on by default since 26) would answer before the rows are in a part. */
const SETTINGS: ClickHouseSettings = {
  session_timezone: "UTC",
  async_insert: 0,
  max_bytes_before_external_group_by: String(2 * 1024 ** 3),
  max_bytes_before_external_sort: String(2 * 1024 ** 3),
  join_algorithm: JOINS as ClickHouseSettings["join_algorithm"],
};

/** One client of the server, and the rules by which its statements are tried again. */
export class Connection {
  readonly client: ClickHouseClient;
  readonly #address: ServerAddress;
  readonly #delays: readonly number[];

  constructor(address: ServerAddress, delays: readonly number[], database = address.database) {
    this.#address = address;
    this.#delays = delays;
    this.client = createClient({
      url: address.url,
      username: inHeader(address, address.username),
      password: inHeader(address, address.password),
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

  /** Tries again after every failure that may pass. Each try has an id of its own: the server refuses one that is still running. */
  reading<Result>(work: (queryId: string) => Promise<Result>): Promise<Result> {
    return this.explained(() => retrying(() => work(randomUUID()), isPassing, this.#delays));
  }

  /**
   * Tries again only what never reached the server, or what may run twice. When it throws, the statement no longer runs.
   * @throws LW_STORE_UNREACHABLE where rows may or may not have been written.
   */
  async writing(idempotent: boolean, work: (queryId: string) => Promise<unknown>): Promise<void> {
    const once = (queryId: string) =>
      work(queryId).catch(async (error: unknown) => {
        // Nobody may go on while the lost statement could still be running and add rows behind the caller's back.
        if (reachOf(error) === "perhaps") await settle(this.client, queryId, this.#delays);
        throw error;
      });
    const again = (error: unknown) => isPassing(error) && (idempotent || reachOf(error) === "never");
    await this.explained(() => retrying(() => once(randomUUID()), again, this.#delays));
  }

  /** Turns what the client throws into errors of ours. */
  async explained<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw serverError(error, this.#address);
    }
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

/**
 * With certificates given, the client puts name and password into headers as they are, and Node writes headers as Latin-1: to send UTF-8, each byte has to be
 * given as a character. Otherwise they go as Base64, which the client makes from UTF-8 itself.
 */
function inHeader(address: ServerAddress, value: string): string {
  return address.tls !== undefined ? Buffer.from(value, "utf8").toString("latin1") : value;
}
