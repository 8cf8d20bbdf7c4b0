/**
 * A front of chDB that speaks ClickHouse's HTTP interface as far as @clickhouse/client uses it. It runs in a process of its own, because
 * a process holds one engine. `node --import tsx front-server.ts FOLDER`; it prints `{"port": …}` and ends with its standard input.
 *
 * What it does not have: users other than one, sessions, roles, HTTP progress headers, wire formats other than text.
 */
import { randomUUID } from "node:crypto";
import { createWriteStream, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { Session } from "chdb";
import { faultFor, planFault } from "./front-faults.js";
import { parseMultipart } from "./front-multipart.js";

const folder = process.argv[2] ?? "";
const password = process.env.FRONT_PASSWORD ?? "";
const main = new Session(join(folder, "data"));
/** Statements under way, so that KILL QUERY … SYNC can wait for one. */
const running = new Map<string, Promise<unknown>>();

const NOT_SETTINGS = new Set([
  "query",
  "database",
  "query_id",
  "session_id",
  "default_format",
  "wait_end_of_query",
  "role",
]);
/** What a server takes without being told otherwise: `http_max_field_value_size`, `http_max_fields`, `max_query_size`. */
const LIMITS = { fieldBytes: 131_072, fields: 1_000, queryBytes: 262_144 };
const ONLY_HTTP = new Set([
  "enable_http_compression",
  "cancel_http_readonly_queries_on_client_close",
  "send_progress_in_http_headers",
]);

class FormError extends Error {}

function assertTaken(fields: Iterable<[string, string]>): void {
  const all = [...fields];
  if (all.length > LIMITS.fields) throw new FormError("Too many form fields");
  if (all.some(([, value]) => Buffer.byteLength(value) > LIMITS.fieldBytes))
    throw new FormError("Field value too long");
}

class EngineError extends Error {
  readonly code: string;
  constructor(message: string) {
    super(message);
    this.code = /Code: (\d+)/.exec(message)?.[1] ?? "1002";
  }
}

const quoted = (value: string): string => `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** A session for each request: settings, parameters and the database must not leak into the next. */
async function openSession(parameters: URLSearchParams): Promise<Session> {
  const session = new Session(join(folder, "data"), { connectionArgs: ["--max_query_size=100000000"] });
  const run = (sql: string) => session.queryAsync(sql, { format: "Null" });
  const settings = [...parameters].filter(([name]) => !NOT_SETTINGS.has(name) && !ONLY_HTTP.has(name));
  try {
    // The server checks readonly=1 against the settings before, not against those of the same request.
    settings.sort(([a], [b]) => Number(a === "readonly") - Number(b === "readonly"));
    await run(`USE \`${(parameters.get("database") ?? "default").replaceAll("`", "")}\``);
    for (const [name, value] of settings) {
      const literal =
        name === "additional_table_filters"
          ? value
          : /^\d+$/.test(value) && !name.startsWith("param_")
            ? value
            : quoted(value);
      await run(`SET ${name} = ${literal}`);
    }
    return session;
  } catch (error) {
    session.close();
    throw new EngineError((error as Error).message);
  }
}

interface Inbound {
  sql: string;
  /** Data of an INSERT, in a file. */
  body: string | undefined;
}

async function inbound(request: IncomingMessage, parameters: URLSearchParams): Promise<Inbound> {
  const stream: Readable =
    request.headers["content-encoding"] === "gzip" ? request.pipe(createGunzip()) : request;
  const inUrl = parameters.get("query");
  if (inUrl !== null) {
    const path = join(folder, `body-${randomUUID()}`);
    await pipeline(stream, createWriteStream(path));
    return { sql: inUrl, body: path };
  }
  const sent = await text(stream);
  const boundary = /multipart\/form-data; boundary=(.+)$/.exec(request.headers["content-type"] ?? "")?.[1];
  if (boundary === undefined) return { sql: sent, body: undefined };
  const parts = parseMultipart(sent, boundary);
  assertTaken(parts);
  for (const [name, value] of parts) if (name !== "query") parameters.set(name, value);
  return { sql: parts.get("query") ?? "", body: undefined };
}

/** Runs a statement and returns its whole answer. */
async function execute(session: Session, { sql, body }: Inbound): Promise<Uint8Array> {
  try {
    const target =
      /^\s*INSERT\s+INTO\s+(\S+)\s*(?:\(([^)]*)\))?\s*FORMAT\s+(JSONEachRow|JSONCompactEachRow)\s*$/i.exec(
        sql,
      );
    if (body !== undefined && target?.[1] !== undefined) {
      const columns = target[2]?.split(",").map((name) => name.trim());
      const format = target[3] === "JSONEachRow" ? "JSONEachRow" : "JSONCompactEachRow";
      await session.insert({
        table: target[1],
        values: readFileSync(body),
        format,
        ...(columns ? { columns } : {}),
      });
      return new Uint8Array();
    }
    const input = /input\('([^']*)'\)([\s\S]*?)\s+FORMAT (LineAsString|RowBinary)\s*$/.exec(sql);
    if (body !== undefined && input !== null) {
      // The embedded engine has no request body: the same rows come from a file with the same format.
      const [all, structure, rest, format] = input;
      const fromFile = sql.replace(all, () => `file('${body}', '${format}', '${structure}')${rest}`);
      return (await session.queryAsync(fromFile, { format: "Null" })).bytes();
    }
    return Uint8Array.from((await session.queryAsync(sql, { format: "TabSeparated" })).bytes());
  } catch (error) {
    throw new EngineError((error as Error).message);
  }
}

async function killed(parameters: URLSearchParams): Promise<void> {
  await running.get(parameters.get("param_id") ?? "")?.catch(() => undefined);
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  parameters: URLSearchParams,
  bytes: Uint8Array,
): void {
  response.statusCode = 200;
  response.setHeader("X-ClickHouse-Query-Id", parameters.get("query_id") ?? "");
  response.setHeader(
    "X-ClickHouse-Summary",
    JSON.stringify({ read_rows: "0", read_bytes: "0", written_rows: "0", written_bytes: "0" }),
  );
  response.setHeader("Content-Type", "text/plain; charset=UTF-8");
  const compress =
    parameters.get("enable_http_compression") === "1" &&
    /gzip/.test(String(request.headers["accept-encoding"]));
  if (compress) response.setHeader("Content-Encoding", "gzip");
  // In pieces of odd size, so that rows and characters are cut anywhere, as a network does.
  const pieces = Readable.from(piecesOf(bytes));
  void (compress ? pipeline(pieces, createGzip(), response) : pipeline(pieces, response)).catch(
    () => undefined,
  );
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 60_013) yield bytes.subarray(at, at + 60_013);
}

function fail(response: ServerResponse, code: string, message: string, status = 500): void {
  response.statusCode = status;
  response.setHeader("X-ClickHouse-Exception-Code", code);
  response.end(`${message} (version 26.7.2.1)\n`);
}

function authorised(request: IncomingMessage): boolean {
  const [, basic = ""] = /^Basic (.+)$/.exec(request.headers.authorization ?? "") ?? [];
  // Over TLS the client sends the key in a header of its own, bytes as they are.
  const key = request.headers["x-clickhouse-key"];
  const given =
    typeof key === "string"
      ? Buffer.from(key, "latin1").toString("utf8")
      : Buffer.from(basic, "base64").toString().split(":").slice(1).join(":");
  return password === "" || given === password;
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://front");
  if (url.pathname === "/ping") return void response.end("Ok.\n");
  if (url.pathname === "/fault") return void response.end(planFault(await text(request)));
  const parameters = url.searchParams;
  if (!authorised(request)) {
    request.resume();
    return fail(
      response,
      "516",
      "Code: 516. DB::Exception: default: Authentication failed. (AUTHENTICATION_FAILED)",
      403,
    );
  }
  const early = faultFor(parameters.get("query") ?? "", "before");
  if (early === "drop-before-body") return void request.socket.destroy();
  // A value of the address is measured as it is written there.
  assertTaken(
    url.search
      .slice(1)
      .split("&")
      .map((field): [string, string] => [field, field]),
  );
  const query = await inbound(request, parameters);
  if (Buffer.byteLength(query.sql) > LIMITS.queryBytes)
    throw new EngineError("Code: 62. DB::Exception: Max query size exceeded. (SYNTAX_ERROR)");
  try {
    const fault = early ?? faultFor(query.sql, "before") ?? faultFor(query.sql, "after");
    if (fault === "drop-before") return void request.socket.destroy();
    if (fault === "status-503") return void response.writeHead(503).end("Service Unavailable");
    if (fault === "slow") await new Promise((resolve) => setTimeout(resolve, 1_500));
    if (/^\s*KILL QUERY/i.test(query.sql)) await killed(parameters);
    if (isStreamed(parameters, query.sql) && fault === undefined)
      return await streamed(query.sql, parameters, request, response);
    const bytes = /^\s*KILL QUERY/i.test(query.sql)
      ? new Uint8Array()
      : await perform(query, parameters, fault, request);
    if (fault === "drop-after" || fault === "drop-early") return void request.socket.destroy();
    if (fault === "drop-midway") {
      response.writeHead(200);
      return void response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () =>
        request.socket.destroy(),
      );
    }
    answer(request, response, parameters, bytes);
  } catch (error) {
    if (error instanceof EngineError)
      fail(response, error.code, error.message, error.code === "81" ? 404 : 500);
    else throw error;
  } finally {
    if (query.body !== undefined) rmSync(query.body, { force: true });
  }
}

async function perform(
  query: Inbound,
  parameters: URLSearchParams,
  fault: string | undefined,
  request: IncomingMessage,
): Promise<Uint8Array> {
  const session = await openSession(parameters);
  const id = parameters.get("query_id") ?? randomUUID();
  // The connection breaks while the statement goes on: the case in which a hasty retry writes twice.
  const late = fault === "drop-early" ? new Promise((resolve) => setTimeout(resolve, 700)) : undefined;
  if (late !== undefined) request.socket.destroy();
  const work = (late ?? Promise.resolve()).then(() => execute(session, query));
  running.set(id, work);
  try {
    return await work;
  } finally {
    running.delete(id);
    session.close();
  }
}

const HEADED = "JSONCompactEachRowWithNamesAndTypes";
const isStreamed = (parameters: URLSearchParams, sql: string): boolean =>
  parameters.get("wait_end_of_query") !== "1" && sql.trimEnd().endsWith(`FORMAT ${HEADED}`);

/** Sends blocks as the engine makes them, and an error in their midst as servers since 25.11 do: marked by a tag from the head. */
async function streamed(
  sql: string,
  parameters: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const session = await openSession(parameters);
  const tag = randomUUID().slice(0, 16);
  const compress =
    parameters.get("enable_http_compression") === "1" &&
    /gzip/.test(String(request.headers["accept-encoding"]));
  async function* body(): AsyncGenerator<Uint8Array> {
    let head = true;
    try {
      const text = sql.slice(0, sql.lastIndexOf(`FORMAT ${HEADED}`));
      for await (const chunk of session.queryStream(text, { format: HEADED })) {
        // The embedded engine repeats names and types before each block; the server sends them once.
        yield* piecesOf(head ? Uint8Array.from(chunk.raw()) : withoutLines(Uint8Array.from(chunk.raw()), 2));
        head = false;
      }
    } catch (error) {
      if (head) throw new EngineError((error as Error).message);
      const message = `${(error as Error).message}\n`;
      yield Buffer.from(
        `\r\n__exception__\r\n${tag}\r\n${message}${Buffer.byteLength(message)} ${tag}\r\n__exception__\r\n`,
      );
    }
  }
  try {
    const blocks = body();
    const first = await blocks.next();
    response.writeHead(200, {
      "X-ClickHouse-Exception-Tag": tag,
      ...(compress ? { "Content-Encoding": "gzip" } : {}),
    });
    const all = async function* () {
      if (!first.done) yield first.value;
      yield* blocks;
    };
    const pieces = Readable.from(all());
    await (compress ? pipeline(pieces, createGzip(), response) : pipeline(pieces, response)).catch(() =>
      blocks.return(undefined),
    );
  } finally {
    session.close();
  }
}

function withoutLines(bytes: Uint8Array, count: number): Uint8Array {
  let at = 0;
  for (let line = 0; line < count; line++) at = bytes.indexOf(10, at) + 1;
  return bytes.subarray(at);
}

const server = createServer({ maxHeaderSize: 1 << 20, keepAliveTimeout: 10_000 }, (request, response) => {
  handle(request, response).catch((error: unknown) => {
    if (response.headersSent) return;
    if (error instanceof FormError)
      return fail(
        response,
        "1000",
        `Poco::Exception. Code: 1000, e.code() = 0, HTML Form Exception: ${error.message}`,
      );
    fail(response, "1002", `Code: 1002. DB::Exception: front: ${String(error)} (UNKNOWN_EXCEPTION)`);
  });
});
await main.queryAsync("SELECT 1");
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object")
    process.stdout.write(`${JSON.stringify({ port: address.port })}\n`);
});
process.stdin.on("end", () => process.exit(0)).resume();
