/** A field of a message's head (RFC 5322, section 2.2): a name of printable characters without a colon. */
const FIELD = /^([!-9;-~]{1,76}):/;
/** RFC 4155: `From `, the envelope's sender, and when it came, in the form of asctime; agents add a zone before or behind the year. */
const SEPARATOR = /^From [^\r\n]{0,512}\b\d{1,2}:\d{2}(?::\d{2})?\b[^\r\n]{0,20}\b\d{4}\b/;
/** What only a message on its way, or one that was sent, has. */
const OF_A_SENDER = ["from", "received", "return-path"];
const OF_MESSAGES = new Set([
  ...OF_A_SENDER,
  ...[
    "to",
    "cc",
    "date",
    "subject",
    "message-id",
    "mime-version",
    "content-type",
    "delivered-to",
    "reply-to",
  ],
]);
const FEWEST_KNOWN = 3;

/** Whether a line begins a message of an mbox. */
export function isSeparator(line: string): boolean {
  return SEPARATOR.test(line);
}

/**
 * The form of mail that a file has, by its first lines.
 * @param lines without LF; the first that is empty ends the head
 */
export function recognise(lines: readonly string[]): { format: "mbox" | "eml" } | { refused: string } {
  const [marked = "", ...others] = lines;
  const first = marked.replace(/^\ufeff/, "");
  if (isSeparator(first)) {
    const second = others[0] ?? "";
    return lines.length < 2 || FIELD.test(second)
      ? { format: "mbox" }
      : { refused: "behind the first line, From …, stands no field of a message" };
  }
  const names = new Set<string>();
  for (const [index, line] of [first, ...others].entries()) {
    if (line === "" || line === "\r") break;
    if (index > 0 && /^[ \t]/.test(line)) continue;
    const name = FIELD.exec(line)?.[1];
    if (name === undefined) return { refused: "its first lines are not the head of a message" };
    names.add(name.toLowerCase());
  }
  const known = [...names].filter((name) => OF_MESSAGES.has(name)).length;
  return known >= FEWEST_KNOWN && OF_A_SENDER.some((name) => names.has(name))
    ? { format: "eml" }
    : { refused: "its first lines do not name a sender, a date and a subject, as a message does" };
}
