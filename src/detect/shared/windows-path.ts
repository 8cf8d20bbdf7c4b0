/**
 * What the place of a file on a Windows host says, and the same in SQL. Paths are compared in lower case, and by any drive letter: the system
 * need not be on C:.
 */

/** File name with its ending, lower case. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("\\") + 1).toLowerCase();
}

/** Folder without a backslash at its end, lower case; '' for a bare name. */
export function folderOf(path: string): string {
  const at = path.lastIndexOf("\\");
  return at < 0 ? "" : path.slice(0, at).toLowerCase();
}

/** File name without its ending, lower case. */
export function stem(name: string): string {
  return name.toLowerCase().replace(/\.[^.]*$/, "");
}

/**
 * - `windows`, `programs`: only administrators write there;
 * - `user-programs`: users can write there, and well-known software installs itself there (browsers, OneDrive, Teams, Defender's updates);
 * - `data`: users can write there, and software also lives there;
 * - `drop`: where files lie for a moment, or where everybody may write: public, temporary and download folders, removable and remote drives.
 */
export type Place = "windows" | "programs" | "user-programs" | "data" | "drop";

/** Folders below Windows that every user can write to by default (https://github.com/api0cradle/UltimateAppLockerByPassList). */
const WRITABLE_BELOW_WINDOWS = [
  "temp",
  "tasks",
  "tracing",
  "debug\\wia",
  "registration\\crmlog",
  "system32\\com\\dmp",
  "system32\\fxstmp",
  "system32\\microsoft\\crypto\\rsa\\machinekeys",
  "system32\\spool\\drivers\\color",
  "system32\\spool\\printers",
  "system32\\spool\\servers",
  "system32\\tasks",
  "syswow64\\com\\dmp",
  "syswow64\\fxstmp",
  "syswow64\\tasks",
];

const escaped = (texts: readonly string[]): string =>
  texts.map((text) => text.replaceAll("\\", "\\\\")).join("|");
const WRITABLE = `^[a-z]:\\\\windows\\\\(${escaped(WRITABLE_BELOW_WINDOWS)})\\\\`;

const TRUSTED = [":\\windows\\", ":\\program files\\", ":\\program files (x86)\\"];

const writable = new RegExp(WRITABLE);
const windows = /^[a-z]:\\windows\\/;
const programs = /^[a-z]:\\program files(?: \(x86\))?\\/;
const userPrograms =
  /^[a-z]:\\(?:users\\[^\\]+\\appdata\\local\\(?:programs|microsoft\\(?:onedrive|teams|edge|edgewebview|windowsapps|vscode|squirreltemp)|google\\(?:chrome|update|drivefs)|dropbox|slack|discord|zoom|mozilla firefox|packages)\\|programdata\\(?:microsoft\\windows defender|package cache|chocolatey\\lib)\\)/;
const drop = new RegExp(
  [
    "\\\\(?:temp|tmp|downloads|desktop|\\$recycle\\.bin|recycler|perflogs)\\\\",
    "^[a-z]:\\\\users\\\\public\\\\",
    // Software has folders below its vendor's; a program right below a folder of ProgramData was put there by hand.
    "^[a-z]:\\\\(?:programdata|intel|temp)\\\\(?:[^\\\\]+\\\\)?[^\\\\]+$",
    "^[a-z]:\\\\users\\\\[^\\\\]+\\\\(?:appdata\\\\(?:roaming|local|locallow)\\\\)?[^\\\\]+$",
    "^[a-z]:\\\\users\\\\[^\\\\]+\\\\(?:documents|music|pictures|videos|favorites|links|contacts)\\\\",
    "^[a-z]:\\\\_+\\\\",
    "^\\\\\\\\",
  ].join("|"),
);

export function placeOf(path: string): Place {
  const lower = path.toLowerCase();
  if (writable.test(lower)) return "drop";
  if (windows.test(lower)) return "windows";
  if (programs.test(lower)) return "programs";
  if (userPrograms.test(lower)) return "user-programs";
  return drop.test(lower) ? "drop" : "data";
}

/** 0 where only administrators write, up to 1 where anybody drops files. */
export function writableValue(path: string): number {
  return { windows: 0, programs: 0, "user-programs": 0.2, data: 0.7, drop: 1 }[placeOf(path)];
}

/** SQL: only administrators can write where this path (lower case) lies. The argument is SQL of ours. */
export function trustedPlaceSql(path: string): string {
  const below = TRUSTED.map((folder) => `startsWith(substring(${path}, 2), '${quotedPattern(folder)}')`);
  return `((${below.join(" OR ")}) AND NOT match(${path}, '${quotedPattern(WRITABLE)}'))`;
}

/** SQL: folder of a path, without a backslash at its end. */
export function folderSql(path: string): string {
  return `substring(${path}, 1, length(${path}) - position(reverse(${path}), '\\\\'))`;
}

/** SQL: file name of a path. */
export function fileNameSql(path: string): string {
  return `if(position(${path}, '\\\\') = 0, ${path}, right(${path}, position(reverse(${path}), '\\\\') - 1))`;
}

/**
 * SQL: a folder (lower case) without what differs from one host to the next: names of users, versions, identifiers. So the same software on a thousand
 * hosts is one group.
 */
export function likeFolderSql(folder: string): string {
  return `replaceRegexpAll(if(match(${folder}, '^[a-z]:\\\\\\\\users\\\\\\\\public'), ${folder}, replaceRegexpOne(${folder}, '^[a-z]:\\\\\\\\users\\\\\\\\[^\\\\\\\\]+', 'c:\\\\\\\\users\\\\\\\\*')), '[0-9a-f]{8,}|[0-9]+', '#')`;
}

/** A pattern (RE2 and JavaScript alike) as the engine's string literals have it. */
function quotedPattern(pattern: string): string {
  return pattern.replaceAll("\\", "\\\\");
}
