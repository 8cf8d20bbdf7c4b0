import { fileName, placeOf, writableValue } from "./windows-path.js";

/** What a command line says by itself, 0 harmless to 1 hardly ever ordinary. */
export interface CommandTraits {
  /** The program as a path where it is one; environment variables of Windows are resolved. */
  program: string;
  /** How freely users can write where the program, or the file that an interpreter is given, lies (0..1). */
  place: number;
  /** The file that `place` speaks of. */
  file: string;
  /** What it does (0..1), and in words. */
  deed: number;
  deeds: string[];
}

/** Windows starts nothing with a longer one (CreateProcess). */
const LONGEST = 32_767;

/** Programs that run what they are given. */
const INTERPRETERS = new Set([
  "cmd.exe",
  "powershell.exe",
  "pwsh.exe",
  "mshta.exe",
  "rundll32.exe",
  "regsvr32.exe",
  "wscript.exe",
  "cscript.exe",
  "msbuild.exe",
  "installutil.exe",
  "regasm.exe",
  "regsvcs.exe",
  "wmic.exe",
  "certutil.exe",
  "bitsadmin.exe",
  "forfiles.exe",
  "pcalua.exe",
  "conhost.exe",
  "python.exe",
  "pythonw.exe",
]);

/** Of each, all must stand behind the first, within one part of a pipe. A single expression for it would take minutes over a line that is made for that. */
const DOWNLOADS: readonly (readonly [RegExp, ...RegExp[]])[] = [
  [/\bcurl(?:\.exe)?\s/i, /https?:/i],
  [/certutil/i, /-urlcache/i],
  [/bitsadmin/i, /\/transfer/i],
  [/regsvr32/i, /\/i:http/i],
  [/msiexec/i, /\/q/i, /https?:/i],
];

const DOWNLOAD_WORDS =
  /downloadstring|downloadfile|downloaddata|invoke-webrequest|\biwr\b|\birm\b|invoke-restmethod|start-bitstransfer|mshta(?:\.exe)?["']?\s+["']?(?:https?:|javascript:|vbscript:)/i;

function downloads(line: string): boolean {
  if (DOWNLOAD_WORDS.test(line)) return true;
  return line.split("|").some((part) =>
    DOWNLOADS.some(([program, ...others]) => {
      const at = part.search(program);
      return at >= 0 && others.every((other) => other.test(part.slice(at)));
    }),
  );
}

const matches =
  (pattern: RegExp) =>
  (line: string): boolean =>
    pattern.test(line);

const DEEDS: readonly (readonly [string, number, (line: string) => boolean])[] = [
  [
    "an encoded PowerShell command",
    1,
    matches(/\s[-/]e(?:nc(?:odedcommand)?|c)?\s+["']?[a-z0-9+/=]{40,}|frombase64string/i),
  ],
  ["a download that is run", 1, downloads],
  [
    "text that is run as a command",
    1,
    matches(/\biex\b|invoke-expression|\beval\(|execute(?:global)?\(|new activexobject/i),
  ],
  ["output into a named pipe", 1, matches(/\\\\\.\\pipe\\/i)],
  ["output to an administrative share", 1, matches(/\\\\(?:127\.0\.0\.1|localhost)\\(?:admin|[a-z])\$/i)],
  ["a hidden window", 0.6, matches(/\s-w(?:indowstyle)?\s+(?:hidden|1)\b/i)],
  [
    "a volume shadow copy as the program's place",
    1,
    matches(/globalroot\\device\\harddiskvolumeshadowcopy/i),
  ],
];

/** Clean-up that installers leave to the next start: it runs nothing. */
const ONLY_DELETES =
  /^["']?(?:[^"']*\\)?(?:cmd(?:\.exe)?|%comspec%)["']?\s+(?:\/q\s+)?\/c\s+["']?(?:del|erase|rmdir|rd)\s[^&|]*$/i;

const VARIABLES: readonly (readonly [RegExp, string])[] = [
  [/^\\\?\?\\/, ""],
  [/%(?:systemroot|windir)%/gi, "C:\\Windows"],
  [/^\\systemroot\\/i, "C:\\Windows\\"],
  [/^system32\\/i, "C:\\Windows\\System32\\"],
  [/%comspec%/gi, "C:\\Windows\\System32\\cmd.exe"],
  [/%programfiles(?:\(x86\))?%/gi, "C:\\Program Files"],
  [/%(?:programdata|allusersprofile)%/gi, "C:\\ProgramData"],
  [/%(?:temp|tmp)%/gi, "C:\\Users\\user\\AppData\\Local\\Temp"],
  [/%localappdata%/gi, "C:\\Users\\user\\AppData\\Local"],
  [/%appdata%/gi, "C:\\Users\\user\\AppData\\Roaming"],
  [/%userprofile%/gi, "C:\\Users\\user"],
  [/%public%/gi, "C:\\Users\\Public"],
];

export function commandTraits(commandLine: string): CommandTraits {
  const line = VARIABLES.reduce(
    (text, [variable, value]) => text.replace(variable, () => value),
    unquoted(commandLine.slice(0, LONGEST).trim()),
  );
  const program = programOf(line);
  const name = nameOf(program);
  const interprets = INTERPRETERS.has(name);
  const found = ONLY_DELETES.test(line) ? [] : DEEDS.filter(([, , does]) => does(line));
  const given = interprets ? filesOf(line.slice(line.indexOf(program) + program.length)) : [];
  const worst = given.reduce(
    (best, file) => (writableValue(file) > best.value ? { file, value: writableValue(file) } : best),
    { file: program, value: program.includes("\\") ? writableValue(program) : 0 },
  );
  const onlyInterprets = interprets && !ONLY_DELETES.test(line) ? 0.4 : 0;
  return {
    program,
    place: worst.value,
    file: worst.file,
    deed: Math.max(onlyInterprets, ...found.map(([, value]) => value)),
    deeds: [
      ...found.map(([what]) => what),
      ...(onlyInterprets > 0 ? [`${name}, which runs what it is given`] : []),
    ],
  };
}

/** Takes away quotes around a whole command, as an argument of another has them; not those around its program alone. */
function unquoted(line: string): string {
  const inner = /^(["'])(.*)\1$/s.exec(line)?.[2];
  return inner !== undefined && !/["']/.test(inner) && /\.\w{2,4}\s+\S/.test(inner) ? inner : line;
}

function nameOf(program: string): string {
  const name = fileName(program);
  return name.includes(".") ? name : `${name}.exe`;
}

/** The first word; of an unquoted path with blanks all up to its ending. */
function programOf(line: string): string {
  const quoted = /^["']([^"']+)["']/.exec(line)?.[1];
  if (quoted !== undefined) return quoted.trim();
  const path =
    /^(?:[a-z]:|\\\\)[^"]*?\.(?:exe|com|bat|cmd|ps1|vbs|js|scr|sys|dll|lnk|pif|hta)(?=\s|$|,)/i.exec(
      line,
    )?.[0];
  return path ?? line.split(/\s/, 1)[0] ?? "";
}

/** Paths among the arguments. */
function filesOf(text: string): string[] {
  return (text.match(/(?:[a-z]:\\|\\\\)[^"'<>|,;*?]+?(?=["'<>|,;]|\s[-/>&]|$|\s\w+=|\.\w{2,4}\s)/gi) ?? [])
    .map((path) => path.trim())
    .filter((path) => !path.startsWith("\\\\.\\"))
    .slice(0, 20);
}

/** Names of processes of Windows itself; such a file anywhere else pretends. */
const CORE = new Set([
  "svchost.exe",
  "lsass.exe",
  "csrss.exe",
  "services.exe",
  "smss.exe",
  "wininit.exe",
  "winlogon.exe",
  "taskhost.exe",
  "taskhostw.exe",
  "spoolsv.exe",
  "dllhost.exe",
  "conhost.exe",
  "explorer.exe",
  "rundll32.exe",
  "runtimebroker.exe",
  "ctfmon.exe",
  "dwm.exe",
  "sihost.exe",
  "wuauclt.exe",
]);

/** A file with the name of a process of Windows, outside the folders where Windows has it. */
export function posesAsWindows(path: string): boolean {
  return path.includes("\\") && CORE.has(fileName(path)) && !(placeOf(path) === "windows");
}
