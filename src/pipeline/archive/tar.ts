import { ReadableStream } from "node:stream/web";
import { createTarDecoder } from "modern-tar";
import { messageOf } from "../../kernel/errors.js";
import { UnpackError } from "./budget.js";
import { type Member, MOST_ENTRIES } from "./member.js";

/** Bytes by which a tar archive is known, and where its mark stands in them (POSIX ustar, and GNU's). */
const MARK_AT = 257;

export const isTar = (head: Buffer): boolean => head.toString("latin1", MARK_AT, MARK_AT + 5) === "ustar";

/**
 * The files of a tar archive as they come. Links, devices and folders are left out.
 * @throws UnpackError where the archive is damaged or ends too early
 */
export async function* tarMembers(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Member> {
  let seen = 0;
  try {
    const stream = ReadableStream.from(bytes) as unknown as globalThis.ReadableStream<Uint8Array>;
    for await (const { header, body } of stream.pipeThrough(createTarDecoder({ strict: true }))) {
      if (++seen > MOST_ENTRIES) throw new UnpackError(`it holds more than ${MOST_ENTRIES} files`);
      if (header.type === "file") yield { name: header.name, chunks: contentOf(body) };
      if (!body.locked) await body.cancel();
    }
  } catch (error) {
    throw error instanceof UnpackError
      ? error
      : new UnpackError(`the tar archive is damaged: ${messageOf(error)}`);
  }
}

async function* contentOf(body: globalThis.ReadableStream<Uint8Array>): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  } catch (error) {
    throw error instanceof UnpackError
      ? error
      : new UnpackError(`the tar archive is damaged: ${messageOf(error)}`);
  }
}
