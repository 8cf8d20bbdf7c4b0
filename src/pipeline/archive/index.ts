import { existsSync, statSync } from "node:fs";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { messageOf } from "../../kernel/errors.js";
import { openBytes } from "../ingest/decompress.js";
import { readMagic } from "../ingest/probe.js";
import { Budget, UnpackError } from "./budget.js";
import type { Member } from "./member.js";
import { isTar, tarMembers } from "./tar.js";
import { zipMembers } from "./zip.js";

export { UnpackError } from "./budget.js";
export { isTar } from "./tar.js";

export interface Opened {
  /** The file's path, and in an archive the name in it after `!/`. */
  path: string;
  /** Decompressed. Ends with an {@link UnpackError} where it is damaged. */
  chunks: AsyncIterable<Buffer>;
}

/**
 * What there is to read in a file: itself, decompressed (gzip, zstd), or the files of an archive (zip, tar, compressed tar; gzip within it is undone,
 * an archive in an archive stays closed). Nothing is written to disk, memory does not depend on what is in it, and a bomb is given up
 * ({@link Budget}).
 * @throws UnpackError where an archive cannot be read on; the system's error where the file cannot be read
 */
export async function* openAll(path: string): AsyncGenerator<Opened> {
  const { size } = statSync(path);
  const budget = new Budget(() => size);
  const magic = readMagic(path);
  if (isZip(magic)) {
    yield* named(path, zipMembers(path, budget));
    return;
  }
  const source = openBytes(path, magic);
  const plain = source.compression === "none" ? source.chunks : budget.counted(source.chunks);
  const { head, chunks } = await peek(ended(plain, source.problem), 512);
  if (isTar(head)) yield* named(path, tarMembers(chunks));
  else yield { path, chunks };
}

/**
 * The bytes of a file, decompressed; or of a file in an archive, by the path that {@link openAll} gives it.
 * @throws UnpackError where it is no longer there or damaged; the system's error where the file cannot be read
 */
export async function* openNamed(path: string): AsyncGenerator<Buffer> {
  const archive = existsSync(path) ? undefined : archiveOf(path);
  if (archive === undefined) {
    yield* openBytes(path, readMagic(path)).chunks;
    return;
  }
  for await (const opened of openAll(archive))
    if (opened.path === path) {
      yield* opened.chunks;
      return;
    }
  throw new UnpackError("the archive no longer has it");
}

/** The archive in which a file lies, by its path; undefined where that leads to none. */
export function archiveOf(path: string): string | undefined {
  for (let at = path.indexOf(IN_ARCHIVE); at >= 0; at = path.indexOf(IN_ARCHIVE, at + 1))
    if (statSync(path.slice(0, at), { throwIfNoEntry: false })?.isFile()) return path.slice(0, at);
  return undefined;
}

/** Between the path of an archive and the name of a file in it. */
export const IN_ARCHIVE = "!/";

async function* named(path: string, members: AsyncIterable<Member>): AsyncGenerator<Opened> {
  for await (const { name, chunks } of members) {
    if (isLeftOut(name)) continue;
    const content = ungzipped(chunks);
    try {
      yield { path: `${path}${IN_ARCHIVE}${name}`, chunks: content };
    } finally {
      // What nobody read on holds a stream open, and in a tar archive the way to the next file.
      await content.return(undefined);
    }
  }
}

/** As among files: hidden ones (macOS writes `__MACOSX/._name` beside each) and the answers of simulations. */
function isLeftOut(name: string): boolean {
  return /^(\.|truth)/.test(basename(name)) || name.startsWith("__MACOSX/");
}

export const isZip = (magic: Buffer): boolean => magic.toString("latin1", 0, 4) === "PK\u0003\u0004";

/** Undoes gzip within an archive. Its ratio counts once more, so that one bomb cannot hide in another. */
async function* ungzipped(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { head, chunks } = await peek(source, 512);
  if (isZip(head) || isTar(head)) throw new UnpackError("it is an archive in an archive: unpack it first");
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* chunks;
    return;
  }
  const gunzip = createGunzip();
  const packed = Readable.from(chunks);
  let read = 0;
  packed.on("data", (chunk: Buffer) => {
    read += chunk.length;
  });
  packed.on("error", (error) => gunzip.destroy(error));
  try {
    yield* new Budget(() => read).counted(packed.pipe(gunzip));
  } catch (error) {
    throw error instanceof UnpackError
      ? error
      : new UnpackError(`the gzip stream is damaged: ${messageOf(error)}`);
  } finally {
    packed.destroy();
    gunzip.destroy();
  }
}

/** Says at the end what was wrong with the stream. */
async function* ended(
  chunks: AsyncIterable<Buffer>,
  problem: () => string | undefined,
): AsyncGenerator<Buffer> {
  yield* chunks;
  const reason = problem();
  if (reason !== undefined) throw new UnpackError(reason);
}

/** The first bytes, and all of them once more. */
export async function peek(
  source: AsyncIterable<Buffer>,
  bytes: number,
): Promise<{ head: Buffer; chunks: AsyncIterable<Buffer> }> {
  const iterator = source[Symbol.asyncIterator]();
  const parts: Buffer[] = [];
  let length = 0;
  let failure: unknown;
  while (length < bytes && failure === undefined) {
    try {
      const next = await iterator.next();
      if (next.done) break;
      parts.push(next.value);
      length += next.value.length;
    } catch (error) {
      failure = error;
    }
  }
  const head = Buffer.concat(parts);
  async function* all(): AsyncGenerator<Buffer> {
    try {
      if (head.length > 0) yield head;
      if (failure !== undefined) throw failure;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { head, chunks: all() };
}
