/**
 * What a user agent says without what changes with each release, device or installation: versions, processor, language, model of the
 * telephone, identifiers, and the lists of components that Internet Explorer appended. Each rule is a regular expression that the engine
 * (RE2) and JavaScript read alike, so that both make the same family of a text.
 */
const RULES: readonly (readonly [pattern: string, replacement: string])[] = [
  ["Android[^;)]*;[^)]*", "Android"],
  ["[; ]+(?:Win64|WOW64|x64|x86_64|i[3-6]86|amd64|arm64|aarch64|ia64)\\b", ""],
  [
    ";? ?(?:\\.NET|SLCC|Media Center PC|InfoPath|MS-RTC|Tablet PC|Zune|GTB|BRI/|MA[A-Z]{2}JS|Touch|BOIE)[^;)]*",
    "",
  ],
  ["; ?[a-z]{2}[-_][A-Za-z]{2}\\b", ""],
  ["\\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\b", "#"],
  ["\\b[0-9a-fA-F]{12,}\\b", "#"],
  ["[0-9]+(?:[._][0-9]+)*", ""],
  [" +", " "],
];

const LONGEST = 200;

/** SQL: the family of the user agent in this column (an identifier of ours). */
export function familySql(column: string): string {
  const replaced = RULES.reduce(
    (text, [pattern, replacement]) =>
      `replaceRegexpAll(${text}, '${pattern.replaceAll("\\", "\\\\")}', '${replacement}')`,
    column,
  );
  return `substring(${replaced}, 1, ${LONGEST})`;
}

const COMPILED = RULES.map(([pattern, replacement]) => [new RegExp(pattern, "g"), replacement] as const);

/** The same, for one text. The engine counts bytes where this counts UTF-16 units: user agents are ASCII (RFC 9110, section 10.1.5). */
export function familyOf(userAgent: string): string {
  return COMPILED.reduce(
    (text, [pattern, replacement]) => text.replace(pattern, replacement),
    userAgent,
  ).slice(0, LONGEST);
}

/** The first product token: `Mozilla` of `Mozilla/5.0 (…)`. */
export function productOf(userAgent: string): string {
  return /^[^\s/(;]+/.exec(userAgent)?.[0] ?? "";
}

const SYSTEMS: readonly (readonly [system: string, pattern: RegExp])[] = [
  ["Windows", /Windows|Win32|Win64|^Microsoft[- ]/],
  ["iOS", /iPhone|iPad|iPod/],
  ["macOS", /Macintosh|Mac ?OS ?X|macOS/],
  ["Android", /Android|Dalvik/],
  ["ChromeOS", /CrOS/],
  ["Linux", /Linux|X11|Debian|Ubuntu|Fedora/],
];

/** The operating system that a user agent claims; undefined where it claims none. */
export function systemOf(userAgent: string): string | undefined {
  return SYSTEMS.find(([, pattern]) => pattern.test(userAgent))?.[0];
}
