import { joinItems } from "../../kernel/lists.js";
import { type Entity, type Finding, severityRank } from "../../model/finding.js";
import { kindText } from "../../model/words.js";
import { say } from "../catalogue.js";
import { explainText } from "../explain.js";
import { formatDay, formatFixed, formatTime, tlpLabel } from "../format.js";
import { evidenceKey, type ReportInput } from "../port.js";
import { clip, visibleLine } from "../text.js";
import { told } from "../told.js";
import { safe, wrap } from "./cells.js";
import { severityPaint } from "./incidents.js";
import { makeInk, type TerminalOptions, terminalWidth } from "./ink.js";
import { renderTable } from "./table.js";

const LINE_LIMIT = 20_000;

/** A bar for a value 0..1. */
function gauge(value: number, cells = 12): string {
  const filled = Math.round(Math.max(0, Math.min(1, Number.isFinite(value) ? value : 0)) * cells);
  return "█".repeat(filled) + "░".repeat(cells - filled);
}

/** One finding in full, for `longwatch explain`: why, from which parts the score comes, and the log lines word for word. */
export function renderFinding(
  written: Finding,
  input: Pick<ReportInput, "messages" | "evidence">,
  options: TerminalOptions & { organisation?: string },
): string {
  const finding = told(written);
  const ink = makeInk(options.colour);
  const width = terminalWidth(options.width);
  const lines = [
    ink.bold(safe(finding.title)),
    `${say("terminal.severity", severityPaint(finding.severity, ink)(say(`severity.${finding.severity}`)), formatFixed(finding.score, 2))}  ${ink.dim(`${safe(finding.id)}  ${tlpLabel(finding.tlp)}`)}`,
    safe(say("common.range", formatTime(finding.first_seen), formatTime(finding.last_seen))),
    say("terminal.named.organisation", whose(finding, options.organisation)),
    ...wrap(safe(say("terminal.named.about", finding.entities.map(entityText).join("; "))), width),
    ...(finding.attack.length > 0 ? [say("terminal.named.attack", safe(joinItems(finding.attack)))] : []),
    "",
    ...wrap(safe(explainText(finding.explanation, input.messages)), width),
  ];
  if (finding.components.length > 0) {
    lines.push("", ink.bold(say("terminal.why-this-score")));
    lines.push(
      ...renderTable(
        [
          { title: say("head.component"), text: (row) => row.name },
          { title: say("head.value"), text: (row) => `${gauge(row.value)} ${formatFixed(row.value, 2)}` },
          { title: say("head.weight"), text: (row) => formatFixed(row.weight, 2), align: "right" },
          { title: say("head.what-it-means"), text: (row) => row.meaning, flexible: 24, tooLong: "wrap" },
        ],
        finding.components,
        width - 2,
        ink.dim,
      ).map((line) => `  ${line}`),
    );
  }
  if (finding.caveats.length > 0) {
    lines.push(
      "",
      ink.bold(say("terminal.caveats")),
      ...finding.caveats.flatMap((caveat) => wrap(safe(`- ${caveat}`), width, "  ")),
    );
  }
  lines.push("", ink.bold(say("terminal.evidence", finding.evidence.length)));
  for (const item of finding.evidence) {
    const found = input.evidence.get(evidenceKey(item.source_id, item.line));
    lines.push(`  ${safe(item.time)}  ${safe(item.summary)}`);
    if (found === undefined || "missing" in found) {
      lines.push(
        ink.dim(
          `  ${say("terminal.evidence.not-shown", String(item.line), found === undefined ? say("terminal.evidence.not-loaded") : safe(found.missing))}`,
        ),
      );
    } else {
      lines.push(
        ink.dim(`  ${safe(found.path)}:${item.line}`),
        `  ${visibleLine(clip(found.text, LINE_LIMIT))}`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

function whose({ org_id }: Finding, name: string | undefined): string {
  if (org_id === null) return say("terminal.organisation.none");
  return safe(name === undefined ? org_id : say("terminal.organisation.known", name, org_id));
}

/** `10.0.0.1 (victim, host, realm north)` */
function entityText({ value, role, kind, realm }: Entity): string {
  const parts = [...(role ? [role] : []), kindText(kind), ...(realm ? [say("common.realm", realm)] : [])];
  return `${value} (${joinItems(parts)})`;
}

/** A list of findings, for `longwatch findings`. */
export function renderFindingsTable(written: readonly Finding[], options: TerminalOptions): string {
  const findings = told(written);
  if (findings.length === 0) return `${say("terminal.findings.none")}\n`;
  const ink = makeInk(options.colour);
  const lines = renderTable<Finding>(
    [
      {
        title: say("head.severity"),
        text: (row) => say(`severity.${row.severity}`),
        paint: (text, row) => severityPaint(row.severity, ink)(text),
      },
      { title: say("head.score"), text: (row) => formatFixed(row.score, 2), align: "right" },
      { title: say("head.organisation"), text: (row) => row.org_id ?? "–", flexible: 10, optional: 3 },
      { title: say("head.finding"), text: (row) => row.title, flexible: 20, tooLong: "middle" },
      { title: say("head.since"), text: (row) => formatDay(row.first_seen), optional: 2 },
      { title: say("head.until"), text: (row) => formatDay(row.last_seen), optional: 1 },
      { title: say("head.id"), text: (row) => row.id },
    ],
    findings,
    terminalWidth(options.width),
    ink.dim,
  );
  const grave = findings.filter(({ severity }) => severityRank(severity) >= 3).length;
  return `${lines.join("\n")}\n\n${say("terminal.findings.count", findings.length, grave)}\n`;
}
