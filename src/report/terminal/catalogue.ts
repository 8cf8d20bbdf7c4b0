import type { DetectorManifest } from "../../detect/port.js";
import { joinItems } from "../../kernel/lists.js";
import { say } from "../catalogue.js";
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
      { title: say("head.source"), text: (row) => row.source, paint: ink.bold },
      { title: say("head.format"), text: (row) => row.format },
      { title: say("head.what-it-reads"), text: (row) => row.description, flexible: 24, tooLong: "wrap" },
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
    for (const name of ["needs", "uses", "after", "attack"] as const)
      if (manifest[name].length > 0)
        lines.push(
          ...wrap(say(`terminal.detector.${name}`, joinItems(manifest[name])), width, "  ").map(ink.dim),
        );
    const parameters = Object.entries(manifest.parameters).map(([name, spec]) => ({ name, ...spec }));
    if (parameters.length > 0) {
      lines.push(
        ...renderTable(
          [
            { title: say("head.parameter"), text: (row) => row.name },
            { title: say("head.default"), text: (row) => String(row.default), align: "right" },
            { title: say("head.unit"), text: (row) => row.unit, optional: 1 },
            { title: say("head.meaning"), text: (row) => row.meaning, flexible: 24, tooLong: "wrap" },
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
