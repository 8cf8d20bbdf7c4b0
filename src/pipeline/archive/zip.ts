import type { Readable } from "node:stream";
import { openPromise, type Entry as ZipEntry, type ZipFile } from "yauzl";
import { messageOf } from "../../kernel/errors.js";
import { type Budget, UnpackError } from "./budget.js";
import { type Member, MOST_ENTRIES } from "./member.js";

/**
 * The files of a ZIP archive, by its directory; what is damaged or encrypted fails when it is read, and the others are read all the same.
 * @throws UnpackError where the archive itself cannot be read, or a name in it leads out of it
 */
export async function* zipMembers(path: string, budget: Budget): AsyncGenerator<Member> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(path, { lazyEntries: true, autoClose: false, validateEntrySizes: true });
    if (zip.entryCount > MOST_ENTRIES) throw new UnpackError(`it holds ${zip.entryCount} files`);
    for await (const entry of zip.eachEntry())
      if (!entry.fileName.endsWith("/"))
        yield { name: entry.fileName, chunks: budget.counted(contentOf(zip, entry)) };
  } catch (error) {
    throw error instanceof UnpackError
      ? error
      : new UnpackError(`the zip archive is damaged: ${messageOf(error)}`);
  } finally {
    zip?.close();
  }
}

async function* contentOf(zip: ZipFile, entry: ZipEntry): AsyncGenerator<Buffer> {
  if (entry.isEncrypted()) throw new UnpackError("it is encrypted: unpack it first");
  let stream: Readable | undefined;
  try {
    stream = await zip.openReadStreamPromise(entry);
    yield* stream;
  } catch (error) {
    throw new UnpackError(`it cannot be unpacked: ${messageOf(error)}`);
  } finally {
    stream?.destroy();
  }
}
