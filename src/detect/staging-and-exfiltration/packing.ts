import { type Act, baseName, type Copy, type Export, type Packing } from "./act.js";

const ARCHIVERS: ReadonlySet<string> = new Set(["rar", "winrar", "7z", "7za", "7zr", "7zg"]);
export const ARCHIVE_FILE =
  /\.(?:rar|7z|zip|zipx|cab|tar|tgz|gz|bz2|xz|arj|ace|lzh)(?:\.\d{3}|\.b64|\.part\d+)?$/i;
/** Switches that only archivers of this family have, so that a program with another name is one. */
const FAMILY =
  /^-(?:hp.+|p.+|v\d+[bkmg]?|mhe(?:=on)?|m[0-5]|mx=?\d?|ta\d{8,14}|ep\d?|r\d?|inul|ibck|df|t(?:7z|zip|rar))$/i;
const CERTAIN = /^-(?:hp.+|v\d+[bkmg]|mhe(?:=on)?|ta\d{8,14}|ibck|inul|t(?:7z|zip))$/i;

/** Names of a program: that of its file and, where it differs, that of its version information; both without `.exe`, lower case. */
export interface Names {
  file: string;
  original: string;
}

/** What collects files. `names` are those of the program of the whole line; a command within it is named by its first word. */
export function collectionOf(words: readonly string[], names: Names): Act | undefined {
  const [, ...rest] = words;
  const known = ARCHIVERS.has(names.file) || ARCHIVERS.has(names.original);
  if (known || looksLikeArchiver(rest)) return archiver(rest, names, known);
  switch (names.original === "" || isKnown(names.file) ? names.file : names.original) {
    case "zip":
      return zip(rest);
    case "tar":
    case "bsdtar":
      return tar(rest);
    case "makecab":
    case "diamond":
      return makecab(rest);
    case "certutil":
      return encoded(rest);
    case "compress-archive":
      return compressArchive(rest);
    case "robocopy":
    case "xcopy":
    case "copy":
    case "move":
    case "copy-item":
      return copy(rest);
    case "new-mailboxexportrequest":
      return exported("mailboxes", wordBehind(rest, /^-filepath$/i) ?? "");
    case "mysqldump":
    case "pg_dump":
    case "pg_dumpall":
    case "expdp":
    case "mongodump":
      return exported("a database", wordBehind(rest, /^(?:-f|--file|-r|--result-file|-o|--out|>)$/i) ?? "");
    case "bcp":
      return rest.some((word) => /^(?:out|queryout)$/i.test(word))
        ? exported("a database", rest[rest.findIndex((word) => /^(?:out|queryout)$/i.test(word)) + 1] ?? "")
        : undefined;
    case "sqlcmd":
    case "osql":
      return exportOfSql(rest.join(" "));
    case "ntdsutil":
      return /\bifm\b/i.test(rest.join(" "))
        ? exported("the directory's credentials", /create\s+full\s+(\S+)/i.exec(rest.join(" "))?.[1] ?? "")
        : undefined;
    default:
      return zipFromDirectory(words);
  }
}

const KNOWN = new Set(
  "zip tar bsdtar makecab diamond certutil compress-archive robocopy xcopy copy move copy-item new-mailboxexportrequest mysqldump pg_dump pg_dumpall expdp mongodump bcp sqlcmd osql ntdsutil".split(
    " ",
  ),
);
const isKnown = (name: string): boolean => KNOWN.has(name);

/** Whether a command of this name can collect anything. */
export const collects = (name: string): boolean => KNOWN.has(name) || ARCHIVERS.has(name);

function looksLikeArchiver(rest: readonly string[]): boolean {
  if (!/^[amu]$/i.test(rest[0] ?? "")) return false;
  const switches = rest.filter((word) => FAMILY.test(word));
  return (
    switches.some((word) => CERTAIN.test(word)) ||
    (switches.length > 0 && rest.some((word) => ARCHIVE_FILE.test(word) && !word.startsWith("-")))
  );
}

function archiver(rest: readonly string[], { file, original }: Names, known: boolean): Packing | undefined {
  if (!/^(?:a|m|u|mf)$/i.test(rest[0] ?? "")) return undefined;
  const given = rest.slice(1).filter((word) => !word.startsWith("-"));
  const [archive, ...sources] = given;
  if (archive === undefined) return undefined;
  const hidden = rest.some((word) => /^-hp|^-mhe(?:=on)?$/i.test(word));
  const password = hidden || rest.some((word) => /^-p./i.test(word));
  return {
    kind: "packing",
    archive,
    sources: sources.slice(0, 50),
    secret: hidden ? "hidden names" : password ? "password" : "",
    volumes: rest.some((word) => /^-v\d+/i.test(word)),
    disguised: !known || (ARCHIVERS.has(original) && !ARCHIVERS.has(file)),
    program: file,
  };
}

const plain = (program: string, archive: string, sources: readonly string[]): Packing => ({
  kind: "packing",
  archive,
  sources: sources.slice(0, 50),
  secret: "",
  volumes: false,
  disguised: false,
  program,
});

function zip(rest: readonly string[]): Packing | undefined {
  const taking = /^-(?:P|s|x|i|t|tt|b)$/;
  const given = rest.filter((word, at) => !word.startsWith("-") && !taking.test(rest[at - 1] ?? ""));
  const [archive, ...sources] = given;
  if (archive === undefined) return undefined;
  return {
    ...plain("zip", archive, sources),
    secret: rest.some((word) => /^(?:-P|-e|--encrypt|--password)$/.test(word)) ? "password" : "",
    volumes: rest.includes("-s"),
  };
}

function tar(rest: readonly string[]): Packing | undefined {
  const makes = rest.some(
    (word, at) =>
      word === "--create" || /^-[a-z]*c[a-z]*$/.test(word) || (at === 0 && /^c[a-z]*f$/.test(word)),
  );
  if (!makes) return undefined;
  const flag = rest.findIndex(
    (word, at) => /^-[a-z]*f$|^--file$/.test(word) || (at === 0 && /^c[a-z]*f$/.test(word)),
  );
  const archive = rest[flag + 1];
  if (flag < 0 || archive === undefined || archive === "-") return undefined;
  return plain(
    "tar",
    archive,
    rest.slice(flag + 2).filter((word) => !word.startsWith("-")),
  );
}

function makecab(rest: readonly string[]): Packing | undefined {
  const given = rest.filter((word) => !/^[-/][a-z]/i.test(word));
  const [source, archive] = given;
  return source === undefined || archive === undefined ? undefined : plain("makecab", archive, [source]);
}

/** An archive written out as text, so that nobody recognises it on its way. */
function encoded(rest: readonly string[]): Packing | undefined {
  const at = rest.findIndex((word) => /^[-/]encode(?:hex)?$/i.test(word));
  const [source, target] = at < 0 ? [] : rest.slice(at + 1).filter((word) => !/^[-/][a-z]/i.test(word));
  return source === undefined || target === undefined || !ARCHIVE_FILE.test(source)
    ? undefined
    : { ...plain("certutil", target, [source]), disguised: true };
}

function compressArchive(rest: readonly string[]): Packing | undefined {
  const named = wordBehind(rest, /^-dest(?:inationpath)?$/i);
  const source = wordBehind(rest, /^-(?:literal)?path$/i);
  const given = rest.filter((word, at) => !word.startsWith("-") && !(rest[at - 1] ?? "").startsWith("-"));
  const archive = named ?? given[source === undefined ? 1 : 0];
  return archive === undefined ? undefined : plain("compress-archive", archive, [source ?? given[0] ?? ""]);
}

function zipFromDirectory(words: readonly string[]): Packing | undefined {
  const at = words.findIndex((word) => /zipfile\]::createfromdirectory$/i.test(word));
  const [source, archive] = at < 0 ? [] : words.slice(at + 1);
  return source === undefined || archive === undefined ? undefined : plain("ZipFile", archive, [source]);
}

function copy(rest: readonly string[]): Copy | undefined {
  const [source, target, ...files] = rest.filter((word) => !/^[-/](?![^/\\]*[/\\])/.test(word));
  if (source === undefined || target === undefined) return undefined;
  return { kind: "copy", sources: [source, ...files].slice(0, 50), target };
}

function exportOfSql(text: string): Export | undefined {
  const target = /\bbackup\s+database\b.{0,400}?\bto\s+disk\s*=\s*n?'([^']+)'/i.exec(text)?.[1];
  return target === undefined ? undefined : exported("a database", target);
}

const exported = (what: Export["what"], target: string): Export => ({ kind: "export", what, target });

/** The word behind a flag. */
export function wordBehind(words: readonly string[], flag: RegExp): string | undefined {
  const at = words.findIndex((word) => flag.test(word));
  return at < 0 ? undefined : words[at + 1];
}

/** The archive itself, or a volume of it: `x.part1.rar`, `x.7z.001` and `x.rar` are one. */
export function archiveKey(path: string): string {
  return baseName(path)
    .replace(/\.part\d+(?=\.rar$)/, "")
    .replace(/(\.(?:7z|zip|rar))\.\d{3}$/, "$1")
    .replace(/\.r\d\d$/, ".rar");
}
