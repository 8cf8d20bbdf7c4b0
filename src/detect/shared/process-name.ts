/** Names of programs on Windows and Linux alike. */

/** File name without folder and without `.exe`, lower case: `C:\Windows\System32\whoami.exe` and `/usr/bin/whoami` are both `whoami`. */
export function programName(path: string): string {
  const at = Math.max(path.lastIndexOf("\\"), path.lastIndexOf("/"));
  return path
    .slice(at + 1)
    .toLowerCase()
    .replace(/\.exe$/, "");
}

/** SQL: the same as {@link programName}. The argument is SQL of ours. */
export function programNameSql(path: string): string {
  return `replaceRegexpOne(lower(extract(${path}, '[^\\\\\\\\/]+$')), '[.]exe$', '')`;
}

const LONGEST_SHAPE = 512;

/**
 * SQL: a command line without what differs from one run to the next: SIDs, GUIDs, names of users in paths, temporary names, hexadecimal and decimal numbers.
 * The argument is SQL of ours; the expressions are RE2's, so linear.
 */
export function commandShapeSql(line: string): string {
  const folded = `replaceRegexpAll(lower(substring(${line}, 1, ${LONGEST_SHAPE * 2})), '[ \\\\t\\\\r\\\\n"]+', ' ')`;
  const users = `replaceRegexpAll(${folded}, '(:\\\\\\\\users\\\\\\\\|/home/)[^\\\\\\\\/ ]+', '\\\\1*')`;
  return `substring(replaceRegexpAll(${users}, 's-1-5-21-[0-9-]+|[{(]?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}[)}]?|0x[0-9a-f]+|[0-9a-f]{8,}|[0-9]+([.][0-9]+)*', '#'), 1, ${LONGEST_SHAPE})`;
}
