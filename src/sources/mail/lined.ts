import { factsOf, type MailFacts } from "./message.js";
import { messagesOf, type RawMessage } from "./splitter.js";

/** Begins the line of a last message that is not all there. */
export const TORN = "~";

/**
 * The messages of a file as lines, each where it begins: what it says as JSON, or behind `!` why it is none, a tab, and its beginning. Its further lines are blank.
 *
 * The last message of an mbox ends where its outermost part does, and else nowhere: another line may come. One without parts that ends with an empty
 * line, as agents leave it, is a last line without its end (it counts as whole, {@link isWhole}); any other is torn, and waits.
 */
export async function* linedMail(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const message of messagesOf(chunks)) {
    const text = await lineOf(message);
    const state = message.ended ? "ended" : stateOfLast(message);
    if (state === "torn") yield Buffer.from(`${TORN}${text}`);
    else if (state === "open") yield Buffer.from(text);
    else {
      yield Buffer.from(`${text}\n`);
      for (let left = message.lines - 1; left > 0; left -= BLOCK)
        yield Buffer.alloc(Math.min(left, BLOCK), "\n");
    }
  }
}

const BLOCK = 1 << 20;

export const isWhole = (line: string): boolean => !line.startsWith(TORN);

function stateOfLast({ raw, refused }: RawMessage): "ended" | "open" | "torn" {
  if (refused !== undefined) return "open";
  const head = /\r?\n\r?\n/.exec(raw.toString("latin1", 0, MOST_HEAD));
  if (head === null) return "torn";
  const boundary = boundaryIn(raw.toString("latin1", 0, head.index + 1));
  if (boundary !== undefined) return closes(raw, boundary) ? "ended" : "torn";
  const body = raw.subarray(head.index + head[0].length);
  // The line that is empty must not be the one behind the head.
  return /\n\r?\n$/.test(`\n${body.toString("latin1", Math.max(0, body.length - 4))}`) ? "open" : "torn";
}

const MOST_HEAD = 1 << 20;

/** Of the whole message, where it has parts. */
function boundaryIn(head: string): string | undefined {
  const type = /(?:^|\n)content-type:((?:[^\n]|\n[ \t])*)/i.exec(head)?.[1] ?? "";
  if (!/^\s*multipart\//i.test(type)) return undefined;
  const [, quoted, plain] = /\bboundary\s*=\s*(?:"([^"]+)"|([^\s;"]+))/i.exec(type) ?? [];
  return quoted ?? plain ?? "";
}

function closes(raw: Buffer, boundary: string): boolean {
  const mark = Buffer.from(`\n--${boundary}--`, "latin1");
  const at = raw.lastIndexOf(mark);
  // Its line has an end: `--boundary--` may be the beginning of another boundary.
  return at >= 0 && /^[ \t]*\r?\n/.test(raw.toString("latin1", at + mark.length, at + mark.length + 80));
}

const LONGEST_LINE = 1_000_000;

async function lineOf(message: RawMessage): Promise<string> {
  if (message.refused !== undefined) return rejected(message.refused, message.raw);
  const facts = await factsOf(message);
  if ("refused" in facts) return rejected(facts.refused, message.raw);
  const line = JSON.stringify(wellFormed(facts));
  return Buffer.byteLength(line) > LONGEST_LINE
    ? rejected("what the message says of itself is longer than 1 MB", message.raw)
    : line;
}

/** Half of a character that was cut in two is no text that the engine would read. */
function wellFormed(facts: MailFacts): MailFacts {
  return JSON.parse(JSON.stringify(facts), (_, value: unknown) =>
    typeof value === "string"
      ? value.replaceAll(/\p{Surrogate}/gu, "\ufffd").replaceAll("\0", "\ufffd")
      : value,
  ) as MailFacts;
}

const KEPT = 2048;

const rejected = (reason: string, raw: Buffer): string =>
  `!${reason.replaceAll(/[\t\r\n]+/g, " ")}\t${raw.toString("utf8", 0, KEPT).replaceAll(/[\r\n]+/g, " ")}`;
