import { createHash } from "node:crypto";
import { fileType } from "./file-type.js";
import { isoNames } from "./iso-names.js";
import { zipFacts } from "./zip-facts.js";

/** What is kept of an attachment; its bytes are not. */
export interface AttachmentFacts {
  /** As the message calls it, with marks of direction; in a message that is attached itself `outer.eml!/name`. */
  name: string;
  /** As the message declares it. */
  mime_type: string;
  /** By its bytes. */
  file_type: string;
  size: number;
  sha256: string;
  /** Names in an archive or disk image, the first of them. */
  members: string[];
  /** `encrypted`, `macro`, `remote template`, `smuggling`: what the bytes show. */
  traits: string[];
}

export const MOST_MEMBERS = 100;
const LONGEST_NAME = 512;
const LOOKED_AT = 2 * 1024 * 1024;

export async function attachmentFacts(
  name: string,
  mimeType: string,
  content: Buffer,
): Promise<AttachmentFacts> {
  const type = fileType(content);
  const facts: AttachmentFacts = {
    name: name.slice(0, LONGEST_NAME),
    mime_type: mimeType.slice(0, 128),
    file_type: type,
    size: content.length,
    sha256: createHash("sha256").update(content).digest("hex"),
    members: [],
    traits: [],
  };
  if (type === "zip") await ofZip(content, facts);
  else if (type === "iso") facts.members = isoNames(content, MOST_MEMBERS);
  else if (type === "ole") facts.traits = oleTraits(content);
  else if (type === "rtf") facts.traits = rtfTraits(content);
  else if (type === "html" || type === "svg" || type === "hta")
    facts.traits = isSmuggling(content) ? ["smuggling"] : [];
  facts.members = facts.members.map((member) => member.slice(0, LONGEST_NAME));
  return facts;
}

async function ofZip(content: Buffer, facts: AttachmentFacts): Promise<void> {
  const zip = await zipFacts(content, MOST_MEMBERS);
  if (zip === undefined) {
    facts.traits = ["unreadable"];
    return;
  }
  const isDocument = zip.names.some((each) => /^\[content_types\]\.xml$/i.test(each));
  if (isDocument) facts.file_type = "ooxml";
  // The parts of a document are of no interest, but for those that traits come from.
  facts.members = isDocument ? [] : zip.names.slice(0, MOST_MEMBERS);
  if (zip.encrypted) facts.traits.push("encrypted");
  if (isDocument && zip.names.some((each) => /(?:^|\/)vbaproject\.bin$/i.test(each)))
    facts.traits.push("macro");
  if (zip.remote.length > 0) facts.traits.push("remote template");
}

/** Names of streams stand in the directory of the file as UTF-16 ([MS-CFB] 2.6.1; [MS-OVBA] 2.2.1; [MS-OFFCRYPTO] 2.3.4). */
const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le");
const VBA = utf16("_VBA_PROJECT");
const ENCRYPTED = utf16("EncryptedPackage");

function oleTraits(content: Buffer): string[] {
  return [...(content.includes(VBA) ? ["macro"] : []), ...(content.includes(ENCRYPTED) ? ["encrypted"] : [])];
}

function rtfTraits(content: Buffer): string[] {
  const text = content.toString("latin1", 0, LOOKED_AT);
  return /\{\\\*\\template\s{1,8}(?:https?:|ftp:|file:|\\\\)/i.test(text) ? ["remote template"] : [];
}

/** A page that puts a file together out of itself and has the browser save it: a script, a store of bytes, and what hands them out. */
const MAKES_BYTES = /\batob\s{0,8}\(|\bUint8Array\b|\bfromCharCode\b|data:[\w/+.-]{1,64};base64,/i;
const HANDS_OUT =
  /\bcreateObjectURL\b|\bmsSaveOrOpenBlob\b|\bmsSaveBlob\b|\.download\s{0,8}=|setAttribute\(\s{0,8}["']download["']/i;
const SHORTEST_STORE = 2000;

function isSmuggling(content: Buffer): boolean {
  const text = content.toString("latin1", 0, LOOKED_AT);
  if (!/<script[\s>]/i.test(text) || !MAKES_BYTES.test(text)) return false;
  return HANDS_OUT.test(text) || (holdsStore(text) && /\bBlob\b|\blocation\b/.test(text));
}

/** Whether there is a long run of base64 or of numbers. Run by run: one expression with a least length would begin anew at each character of a run. */
function holdsStore(text: string): boolean {
  for (const runs of [/[A-Za-z0-9+/=]+/g, /[0-9a-fx,\s]+/gi])
    for (const [run] of text.matchAll(runs)) if (run.length >= SHORTEST_STORE) return true;
  return false;
}
