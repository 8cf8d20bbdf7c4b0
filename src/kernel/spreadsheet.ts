/**
 * A spreadsheet runs a field that begins with `=`, `+`, `-`, `@`, tab or CR as a formula (OWASP, CSV injection), after trimming it, and reads the
 * full-width forms too. Where decimals have a comma it takes `;` for the end of a field, in the middle of one of ours, whatever quotes are around.
 */
const FORMULA = /^(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r])|;(?=[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

/** Text in front of which a `'` stands is text. */
export function withoutFormulas(text: string): string {
  return text.replace(FORMULA, (before) => `${before}'`);
}

/** CSV as the engine writes it (text is quoted, numbers are not) with its formulas made text. Parts may end anywhere, also inside a field. */
export async function* csvWithoutFormulas(parts: AsyncIterable<string>): AsyncIterable<string> {
  let rest = "";
  for await (const part of parts) {
    const text = rest + part;
    let cut = text.lastIndexOf("\n");
    while (cut >= 0 && isInsideQuotes(text, cut)) cut = cut === 0 ? -1 : text.lastIndexOf("\n", cut - 1);
    rest = text.slice(cut + 1);
    if (cut >= 0) yield disarmed(text.slice(0, cut + 1));
  }
  if (rest !== "") yield disarmed(rest);
}

function disarmed(lines: string): string {
  return lines.replace(/"[^"]*(?:""[^"]*)*"/g, (field) => `"${withoutFormulas(field.slice(1))}`);
}

function isInsideQuotes(text: string, at: number): boolean {
  let inside = false;
  for (let quote = text.indexOf('"'); quote >= 0 && quote < at; quote = text.indexOf('"', quote + 1))
    inside = !inside;
  return inside;
}
