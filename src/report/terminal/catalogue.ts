import type { DetectorManifest } from "../../detect/port.js";
import { wrap } from "./cells.js";
import { makeInk, type TerminalOptions, terminalWidth } from "./ink.js";
import { renderTable } from "./table.js";

/** For `longwatch sources`: every format that can be read. */
export function renderSources(
  formats: readonly { source: string; format: string; description: string }[],
  options: TerminalOptions,
): string {
  const ink = makeInk(options.colour);
  const rows = formats.map((entry, index) => ({
    ...entry,
    source: entry.source === formats[index - 1]?.source ? "" : entry.source,
  }));
  const lines = renderTable(
    [
      { title: "Source", text: (row) => row.source, paint: ink.bold },
      { title: "Format", text: (row) => row.format },
      { title: "What it reads", text: (row) => row.description, flexible: 24, tooLong: "wrap" },
    ],
    rows,
    terminalWidth(options.width),
    ink.dim,
  );
  return `${lines.join("\n")}\n`;
}

/** For `longwatch detectors`: what each finds, what it needs, and every parameter that a case may change. */
export function renderDetectors(manifests: readonly DetectorManifest[], options: TerminalOptions): string {
  const ink = makeInk(options.colour);
  const width = terminalWidth(options.width);
  const blocks = manifests.map((manifest) => {
    const lines = [`${ink.bold(manifest.id)}  ${manifest.title}`, ...wrap(manifest.description, width, "  ")];
    const say = (name: string, values: readonly string[]) =>
      values.length > 0 && lines.push(...wrap(`${name} ${values.join(", ")}`, width, "  ").map(ink.dim));
    say("needs", manifest.needs);
    say("uses", manifest.uses);
    say("after", manifest.after);
    say("ATT&CK", manifest.attack);
    const parameters = Object.entries(manifest.parameters).map(([name, spec]) => ({ name, ...spec }));
    if (parameters.length > 0) {
      lines.push(
        ...renderTable(
          [
            { title: "Parameter", text: (row) => row.name },
            { title: "Default", text: (row) => String(row.default), align: "right" },
            { title: "Unit", text: (row) => row.unit, optional: 1 },
            { title: "Meaning", text: (row) => row.meaning, flexible: 24, tooLong: "wrap" },
          ],
          parameters,
          width - 2,
          ink.dim,
        ).map((line) => `  ${line}`),
      );
    }
    return lines.join("\n");
  });
  return `${blocks.join("\n\n")}\n`;
}
