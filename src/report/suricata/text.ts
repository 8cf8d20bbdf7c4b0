/**
 * A text within a rule's option of quotes, such as `msg` (Suricata user guide, "Rules Format"): `;`, `"` and `\` end the option or escape, and get a
 * backslash; everything beyond printable ASCII becomes `?`, since the format names no character set.
 */
export function optionText(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, "?").replace(/[\\";]/g, (character) => `\\${character}`);
}

/**
 * The bytes of a text as `content` has them (user guide, "Payload Keywords"): what is not plain printable ASCII, and the characters that mean something
 * there (`;`, `"`, `|`, `\`, `:`), as hexadecimal between bars.
 */
export function contentBytes(text: string): string {
  let written = "";
  let hex: string[] = [];
  const flush = () => {
    if (hex.length > 0) written += `|${hex.join(" ")}|`;
    hex = [];
  };
  for (const byte of Buffer.from(text, "utf8")) {
    const character = String.fromCharCode(byte);
    if (/[\x21-\x7e]/.test(character) && !/[;"|\\:]/.test(character)) {
      flush();
      written += character;
    } else hex.push(byte.toString(16).toUpperCase().padStart(2, "0"));
  }
  flush();
  return written;
}
