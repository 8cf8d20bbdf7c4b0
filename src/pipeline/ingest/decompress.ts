import { createReadStream, type ReadStream, statSync } from "node:fs";
import { createGunzip } from "node:zlib";
import { Decompress } from "fzstd";
import { messageOf } from "../../kernel/errors.js";

/** A file's bytes, decompressed. Errors do not throw: what could be read comes first, then `problem` says what ended it. */
export interface ByteSource {
  chunks: AsyncIterable<Buffer>;
  compression: "none" | "gzip" | "zstd" | "archive";
  /** Set once `chunks` has ended, if it ended badly: truncated or damaged. */
  problem(): string | undefined;
  /** Bytes of the file on disk read so far. */
  consumed(): number;
}

const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
/** Read and decompressed at a time. Large pieces are faster, but thousands of small logs would drown in garbage with them. */
const LEAST_CHUNK = 16 * 1024;
const GREATEST_CHUNK = 1 << 20;

/** By a file's own first bytes. */
export function compressionOf(firstBytes: Uint8Array): ByteSource["compression"] {
  const startsWith = (magic: number[]) => magic.every((byte, index) => firstBytes[index] === byte);
  return startsWith(GZIP) ? "gzip" : startsWith(ZSTD) ? "zstd" : "none";
}

/** A file whose compression, known by its first bytes, is undone. It is opened when the first chunk is asked for. */
export function openBytes(path: string, firstBytes: Uint8Array): ByteSource {
  let problem: string | undefined;
  const chunkBytes = Math.min(GREATEST_CHUNK, Math.max(LEAST_CHUNK, 4 * statSync(path).size));
  const compression = compressionOf(firstBytes);
  let file: ReadStream | undefined;

  async function* chunks(): AsyncGenerator<Buffer> {
    file = createReadStream(path, { highWaterMark: chunkBytes });
    try {
      if (compression === "gzip") yield* gunzip(file, chunkBytes);
      else yield* compression === "zstd" ? unzstd(file) : (file as AsyncIterable<Buffer>);
    } catch (error) {
      problem = describe(compression, error);
    } finally {
      file.destroy();
    }
  }
  return { chunks: chunks(), compression, problem: () => problem, consumed: () => file?.bytesRead ?? 0 };
}

async function* gunzip(file: NodeJS.ReadableStream, chunkBytes: number): AsyncIterable<Buffer> {
  const stream = createGunzip({ chunkSize: chunkBytes });
  file.on("error", (error) => stream.destroy(error));
  file.pipe(stream);
  // An async iterator throws away what is buffered when the stream fails; the readable prefix must survive a truncated file.
  const ready: Buffer[] = [];
  let wake: () => void = () => {};
  let ended = false;
  let failure: Error | undefined;
  stream.on("data", (chunk: Buffer) => {
    ready.push(chunk);
    stream.pause();
    wake();
  });
  stream.on("end", () => {
    ended = true;
    wake();
  });
  stream.on("error", (error) => {
    failure = error;
    wake();
  });
  try {
    for (;;) {
      const chunk = ready.shift();
      if (chunk) {
        yield chunk;
        if (ready.length === 0) stream.resume();
      } else if (failure) throw failure;
      else if (ended) return;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    stream.destroy();
  }
}

/** Four bytes can stand for 128 KiB (RFC 8878, 3.1.1.2.2), and all of a piece comes at once. */
const ZSTD_PIECE = 4096;

async function* unzstd(file: AsyncIterable<Buffer | string>): AsyncIterable<Buffer> {
  let ready: Buffer[] = [];
  let whole = false;
  const decoder = new Decompress((chunk, last) => {
    if (chunk.length > 0) ready.push(Buffer.from(chunk));
    whole = last ?? false;
  });
  for await (const chunk of file as AsyncIterable<Buffer>)
    for (let at = 0; at < chunk.length; at += ZSTD_PIECE) {
      decoder.push(chunk.subarray(at, at + ZSTD_PIECE));
      const out = ready;
      ready = [];
      yield* out;
    }
  decoder.push(new Uint8Array(0), true);
  yield* ready;
  if (!whole) throw new Error("unexpected end of file");
}

function describe(compression: string, error: unknown): string {
  const message = messageOf(error);
  if (compression === "none") return `reading broke off: ${message}`;
  if (/unexpected end|EOF/i.test(message))
    return `the ${compression} stream is truncated; its readable part was kept`;
  return `the ${compression} stream is damaged (${message}); what came before the damage was kept`;
}
