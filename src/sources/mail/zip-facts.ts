import { type Entry, fromBufferPromise, type ZipFile } from "yauzl";

export interface ZipFacts {
  /** As the directory has them. */
  names: string[];
  encrypted: boolean;
  /** Targets outside the document that Office fetches when it opens it: templates, frames, embedded objects. */
  remote: string[];
}

const MOST_ENTRIES = 10_000;
/** The relations that name what is fetched are short; a document of many has them in several files. */
const MOST_RELATIONS = 8;
const MOST_RELATION_BYTES = 256 * 1024;
const RELATIONS = /^(?:word|xl|ppt)\/(?:[\w-]{1,64}\/)?_rels\/[\w.-]{1,128}\.rels$/i;

/** What a ZIP archive, or a document that is one, shows without being unpacked; undefined where its directory cannot be read. */
export async function zipFacts(content: Buffer, most: number): Promise<ZipFacts | undefined> {
  const facts: ZipFacts = { names: [], encrypted: false, remote: [] };
  let relations = 0;
  let zip: ZipFile | undefined;
  try {
    zip = await fromBufferPromise(content, {
      lazyEntries: true,
      autoClose: false,
      // What the directory says of sizes may be wrong: nothing here relies on it.
      validateEntrySizes: false,
    });
    if (zip.entryCount > MOST_ENTRIES) return undefined;
    for await (const entry of zip.eachEntry()) {
      if (entry.isEncrypted()) facts.encrypted = true;
      if (facts.names.length < most || isTelling(entry.fileName)) facts.names.push(entry.fileName);
      if (!RELATIONS.test(entry.fileName) || entry.isEncrypted() || relations++ >= MOST_RELATIONS) continue;
      facts.remote.push(...remoteTargets(await textOf(zip, entry)));
    }
  } catch {
    // Names that lead out of the archive, and damage: what came before counts.
    if (facts.names.length === 0) return undefined;
  } finally {
    zip?.close();
  }
  return facts;
}

/** What makes a document one with macros is told from wherever in the archive it stands. */
const isTelling = (name: string): boolean => /(?:^|\/)vbaproject\.bin$|^\[content_types\]\.xml$/i.test(name);

async function textOf(zip: ZipFile, entry: Entry): Promise<string> {
  const stream = await zip.openReadStreamPromise(entry);
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      parts.push(part);
      length += part.length;
      if (length >= MOST_RELATION_BYTES) break;
    }
  } finally {
    stream.destroy();
  }
  return Buffer.concat(parts).toString("utf8", 0, MOST_RELATION_BYTES);
}

/** ECMA-376, part 2, section 9.3. Links and pictures are outside of ordinary documents as well. */
function remoteTargets(relations: string): string[] {
  const targets: string[] = [];
  for (const [tag] of relations.matchAll(/<Relationship\s[^<>]{1,8192}>/gi)) {
    if (!/\sTargetMode\s{0,4}=\s{0,4}["']External["']/i.test(tag)) continue;
    if (
      !/\sType\s{0,4}=\s{0,4}["'][^"']{0,256}\/(?:attachedTemplate|oleObject|frame|subDocument)["']/i.test(
        tag,
      )
    )
      continue;
    const target = /\sTarget\s{0,4}=\s{0,4}["']([^"']{1,2048})["']/i.exec(tag)?.[1] ?? "";
    if (/^(?:mhtml:|ms-\w+:)?(?:https?:|ftp:|file:|\\\\)/i.test(target)) targets.push(target);
  }
  return targets.slice(0, 10);
}
