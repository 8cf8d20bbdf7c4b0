/** Longer command lines are cut: what they do stands at their beginning. */
const LONGEST = 8_192;
/** One line hands on some commands, not hundreds. */
const MOST_PARTS = 8;

/**
 * The commands of a line, each as its words without quotes: what a shell is given (`cmd /c …`) is read as if it stood alone, and so is each part between `&`, `|`
 * and, of a script, line ends and `;`. One pass; a quote that nobody closes ends its word.
 * @param isScript PowerShell: there `;` and line ends part commands, and brackets and commas words
 */
export function commandsOf(line: string, isScript = false): string[][] {
  const cut = line.slice(0, LONGEST).replaceAll("\0", "");
  return split(cut, isScript).map((part) => unwrapped(wordsOf(part, isScript)));
}

/** Parts outside of double quotes; a line that is one quoted argument of a shell is opened first. */
function split(line: string, isScript: boolean): string[] {
  const opened = line.replace(/^\s*"?(?:[^\s"]*\\)?cmd(?:\.exe)?"?\s+(?:\/[a-z](?::\w+)?\s+)*\/[ck]\s*/i, "");
  const inner = opened !== line && /^"[\s\S]*"\s*$/.test(opened) ? opened.trim().slice(1, -1) : opened;
  const pattern = isScript ? /(?:"[^"\n]*"|'[^'\n]*'|[^;|\n"']|["'])+/g : /(?:"[^"]*"|[^&|"]|")+/g;
  return (inner.match(pattern) ?? [])
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .slice(0, MOST_PARTS);
}

function wordsOf(part: string, isScript: boolean): string[] {
  const pattern = isScript ? /"[^"]*"|'[^']*'|[^\s"'(),]+/g : /(?:"[^"]*"|[^\s"])+/g;
  return (part.match(pattern) ?? []).map((word) => word.replaceAll(isScript ? /^["']|["']$/g : /"/g, ""));
}

function unwrapped(words: readonly string[]): string[] {
  const isShell = /^(?:.*\\)?cmd(?:\.exe)?$/i.test(words[0] ?? "");
  const at = isShell ? words.findIndex((word) => /^\/[ck]$/i.test(word)) : -1;
  return at < 0 ? [...words] : words.slice(at + 1);
}
