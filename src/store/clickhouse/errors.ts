import { ClickHouseError } from "@clickhouse/client";
import { LongwatchError, messageOf } from "../../kernel/errors.js";
import type { ServerAddress } from "./address.js";

/** How sure it is that a request that failed left no trace. */
export type Reach =
  /** It never reached the engine: trying again is safe for everything. */
  | "never"
  /** The connection failed on the way or no answer came: the engine may have run it. */
  | "perhaps"
  /** The engine answered with an error. */
  | "answered";

/** Errors before a connection stands (Node's and the resolver's names). */
const NOT_CONNECTED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|ECONNABORTED)$/;
const TLS_FAILED =
  /^(ERR_TLS_|ERR_SSL_|UNABLE_TO_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|EPROTO$|HOSTNAME_MISMATCH$)/;
/** TOO_MANY_SIMULTANEOUS_QUERIES is thrown before a query begins. */
const REFUSED_AT_THE_DOOR = new Set(["202"]);
/** Codes of ClickHouse (src/Common/ErrorCodes.cpp) that speak of who asks, not of what is asked. */
const CREDENTIALS = new Set(["192", "193", "194", "516"]);
const PRIVILEGES = new Set(["497", "164"]);

function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error instanceof Error && "code" in error && error.code !== undefined ? String(error.code) : "";
}

const isTls = (error: unknown): boolean => TLS_FAILED.test(codeOf(error));

export function reachOf(error: unknown): Reach {
  if (error instanceof LongwatchError) return "answered";
  if (error instanceof ClickHouseError) return REFUSED_AT_THE_DOOR.has(error.code) ? "never" : "answered";
  if (isTls(error) || NOT_CONNECTED.test(codeOf(error))) return "never";
  return "perhaps";
}

/** Whether waiting a moment can help. A certificate does not change, nor does an answer of the engine; a timeout was a long wait. */
export function isPassing(error: unknown): boolean {
  if (isTls(error) || codeOf(error) === "ENOTFOUND") return false;
  return reachOf(error) !== "answered" && !/^Timeout error/.test(messageOf(error));
}

/** An engine's or a network's failure as an error of ours; errors of ours pass through. */
export function serverError(error: unknown, address: ServerAddress): LongwatchError {
  if (error instanceof LongwatchError) return error;
  if (error instanceof ClickHouseError) return answered(error, address);
  const code = codeOf(error);
  const server = `the ClickHouse server at ${address.url}`;
  if (isTls(error))
    return unreachable(`${server} cannot be trusted or speaks no TLS (${code}): ${tlsAdvice(code)}`, error);
  if (NOT_CONNECTED.test(code)) {
    return unreachable(
      `${server} does not answer (${code}): check the address after --store and that the server runs`,
      error,
    );
  }
  const reason = messageOf(error).split("\n")[0] ?? "";
  return unreachable(
    `${server} broke off or gave no answer in time (${reason || code}): run the same command again`,
    error,
  );
}

function unreachable(message: string, cause: unknown): LongwatchError {
  return new LongwatchError("LW_STORE_UNREACHABLE", message, {}, cause);
}

function tlsAdvice(code: string): string {
  if (code === "EPROTO" || code.startsWith("ERR_SSL_"))
    return "is it https, and the port that of https (8443)?";
  if (code === "CERT_HAS_EXPIRED") return "its certificate has expired";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return "its certificate is for another host name";
  return "set LONGWATCH_STORE_CA to the file with its authority's certificate";
}

function answered(error: ClickHouseError, address: ServerAddress): LongwatchError {
  const said = `${error.message.trim()} (${error.type ?? error.code})`;
  if (CREDENTIALS.has(error.code)) {
    const message = `the ClickHouse server at ${address.url} refuses user ${address.username}: check the name in --store and LONGWATCH_STORE_PASSWORD`;
    return new LongwatchError("LW_STORE_UNREACHABLE", message, {}, error);
  }
  if (PRIVILEGES.has(error.code)) {
    const message = `user ${address.username} may not do this on database ${address.database}: ${said}; docs/store.md lists the rights needed`;
    return new LongwatchError("LW_STORE", message, {}, error);
  }
  if (error.code === "243") {
    const message =
      "the server's disk is full; what was committed before is safe: make room and run the same command again";
    return new LongwatchError("LW_DISK_FULL", message, {}, error);
  }
  if (error.code === "81") {
    return new LongwatchError(
      "LW_STORE",
      `database ${address.database} does not exist on the server and could not be created`,
      {},
      error,
    );
  }
  return new LongwatchError("LW_STORE", said, {}, error);
}
