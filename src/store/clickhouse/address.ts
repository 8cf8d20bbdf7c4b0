import { readFileSync } from "node:fs";
import { LongwatchError, messageOf } from "../../kernel/errors.js";

/** Where the server is and who asks. Secrets come from the environment alone: a command line is seen by every user of a machine. */
export interface ServerAddress {
  /** `http://host:8123`, without user, path and query. */
  url: string;
  database: string;
  username: string;
  password: string;
  /** Only for https. */
  tls: { ca_cert: Buffer; cert?: Buffer; key?: Buffer } | undefined;
  /** The server is this machine: compressing would only cost time. */
  local: boolean;
  /** Milliseconds without an answer after which a request counts as failed. */
  timeout: number;
}

/** Engine identifiers that we let a user choose: the name of the database. */
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const DEFAULT_TIMEOUT_SECONDS = 1_800;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads `--store http[s]://user@host:8123/database` and the environment.
 * @throws LW_USAGE for an address that is none, LW_CONFIG for environment variables that do not fit.
 */
export function parseAddress(store: string, environment: Environment): ServerAddress {
  const url = parsed(store);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new LongwatchError("LW_USAGE", "--store takes http://user@host:8123/database or https://…");
  }
  if (url.password !== "") {
    throw new LongwatchError(
      "LW_USAGE",
      "--store may not hold a password, because other users of this machine can see it: set LONGWATCH_STORE_PASSWORD instead",
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw new LongwatchError("LW_USAGE", "--store takes no ?settings: write http://user@host:8123/database");
  }
  const database = decodeURIComponent(url.pathname.replace(/^\/|\/$/g, "")) || "longwatch";
  if (!IDENTIFIER.test(database)) {
    throw new LongwatchError(
      "LW_USAGE",
      "the database in --store may hold letters, digits and _ only, and begins with a letter",
    );
  }
  return {
    url: `${url.protocol}//${url.host}`,
    database,
    username: decodeURIComponent(url.username) || "default",
    password: environment.LONGWATCH_STORE_PASSWORD ?? environment.CLICKHOUSE_PASSWORD ?? "",
    tls: url.protocol === "https:" ? tlsOf(environment) : undefined,
    local: /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname),
    timeout: timeoutOf(environment.LONGWATCH_STORE_TIMEOUT),
  };
}

function parsed(store: string): URL {
  try {
    return new URL(store);
  } catch {
    throw new LongwatchError("LW_USAGE", "--store is no address: write http://user@host:8123/database");
  }
}

function timeoutOf(value: string | undefined): number {
  if (value === undefined || value === "") return DEFAULT_TIMEOUT_SECONDS * 1_000;
  const seconds = Number(value);
  if (!(seconds >= 1 && seconds <= 86_400)) {
    throw new LongwatchError(
      "LW_CONFIG",
      "LONGWATCH_STORE_TIMEOUT is a number of seconds between 1 and 86400",
    );
  }
  return seconds * 1_000;
}

function tlsOf(environment: Environment): ServerAddress["tls"] {
  const ca = fileNamedBy(environment, "LONGWATCH_STORE_CA");
  const cert = fileNamedBy(environment, "LONGWATCH_STORE_CERT");
  const key = fileNamedBy(environment, "LONGWATCH_STORE_KEY");
  if ((cert === undefined) !== (key === undefined)) {
    throw new LongwatchError(
      "LW_CONFIG",
      "LONGWATCH_STORE_CERT and LONGWATCH_STORE_KEY are set together or not at all",
    );
  }
  if (ca === undefined && cert !== undefined) {
    throw new LongwatchError(
      "LW_CONFIG",
      "a client certificate needs LONGWATCH_STORE_CA, the certificate of the server's authority",
    );
  }
  return ca === undefined ? undefined : { ca_cert: ca, ...(cert && key ? { cert, key } : {}) };
}

function fileNamedBy(environment: Environment, variable: string): Buffer | undefined {
  const path = environment[variable];
  if (path === undefined || path === "") return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    throw new LongwatchError(
      "LW_CONFIG",
      `${variable} names a file that cannot be read: ${messageOf(error)}`,
      { file: path },
    );
  }
}
