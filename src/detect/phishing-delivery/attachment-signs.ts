import type { Attachment, Message } from "./mail.js";

/** What an attachment brings, and how its name hides it. */
export interface AttachmentSigns {
  attachment: Attachment;
  /** 0..1: how surely code runs when it is opened. */
  value: number;
  what: string;
  /** '' where the name hides nothing. */
  disguise: string;
  locked: boolean;
}

/** Files that run, or that make something run, when they are opened. */
const RUNS =
  /\.(?:exe|scr|com|pif|cpl|msi|msix|appx|bat|cmd|ps1|vbs|vbe|jse?|wsf|wsh|hta|lnk|url|chm|jar|reg|sct|xll|library-ms|search-ms|settingcontent-ms)$/i;
const IMAGE = /\.(?:iso|img|vhdx?|udf)$/i;
const ARCHIVE = /\.(?:zip|rar|7z|cab|ace|arj|tar|gz|tgz|xz|bz2|lzh)$/i;
const MACROS = /\.(?:docm|dotm|xlsm|xltm|xlsb|xlam|pptm|ppsm|ppam)$/i;
/** What a name pretends to be before its last extension. */
const DOUBLE = /\.(?:pdf|docx?|xlsx?|pptx?|rtf|txt|jpe?g|png|gif|mp[34]|csv)[\s_.\u00a0]*\.[a-z0-9-]{2,12}$/i;
const HARMLESS_NAME = /\.(?:pdf|docx?|xlsx?|pptx?|rtf|txt|jpe?g|png|gif|bmp|mp[34]|csv)$/i;
/** Characters that turn the direction of what follows: Unicode bidirectional overrides, embeddings and isolates. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/;
const ARCHIVES: ReadonlySet<string> = new Set([
  "zip",
  "rar",
  "7z",
  "cab",
  "ace",
  "arj",
  "tar",
  "gzip",
  "xz",
  "bzip2",
]);
const DISKS: ReadonlySet<string> = new Set(["iso", "vhd", "vhdx"]);
const PROGRAMS: ReadonlySet<string> = new Set(["pe", "elf", "lnk", "hta", "chm"]);

/** Of the attachments the one that says most. */
export function worstOf({ attachments }: Pick<Message, "attachments">): AttachmentSigns | undefined {
  return attachments
    .map(signsOf)
    .sort((a, b) => b.value - a.value || Number(b.disguise !== "") - Number(a.disguise !== ""))
    .at(0);
}

/** The part of a name behind the message and folders that it lies in. */
export const plainName = (name: string): string =>
  name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);

export function signsOf(attachment: Attachment): AttachmentSigns {
  const { file_type: type, traits } = attachment;
  const name = plainName(attachment.name);
  const isDisk = DISKS.has(type) || (type === "" && IMAGE.test(name));
  const isArchive = ARCHIVES.has(type) || (type === "" && ARCHIVE.test(name));
  const inside = attachment.members
    .map(plainName)
    .find((each) => RUNS.test(each) || IMAGE.test(each) || TURNS.test(each));
  const locked =
    isArchive &&
    (traits.includes("encrypted") || type === "rar" || type === "7z" || traits.includes("unreadable"));
  const [value, what] = weighed();
  return {
    attachment,
    value,
    what,
    disguise: disguiseOf(name, type) || (inside === undefined ? "" : disguiseOf(inside, "")),
    locked,
  };

  function weighed(): [number, string] {
    if (PROGRAMS.has(type) || RUNS.test(name)) return [1, "a file that runs when it is opened"];
    if (inside !== undefined) return [1, `${isDisk ? "a disk image" : "an archive"} with ${inside}`];
    if (isDisk) return [0.9, "a disk image, whose files carry no mark of the Web"];
    if (traits.includes("smuggling")) return [0.8, "a page whose script puts a file together"];
    if (traits.includes("remote template")) return [0.8, "a document that fetches a template from elsewhere"];
    if (traits.includes("macro") || MACROS.test(name)) return [0.6, "a document with macros"];
    if (type === "onenote") return [0.6, "a OneNote notebook, which can hold files that run"];
    if (traits.includes("encrypted")) return [0.5, "a locked archive or document"];
    if (isArchive) return [0.3, "an archive"];
    return [0, ""];
  }
}

function disguiseOf(name: string, type: string): string {
  if (TURNS.test(name)) return "a character in its name turns the direction of reading";
  if (DOUBLE.test(name) && (RUNS.test(name) || IMAGE.test(name))) return "its name has two extensions";
  return HARMLESS_NAME.test(name) && PROGRAMS.has(type)
    ? `its name is that of a document, its bytes those of ${type}`
    : "";
}
