import type { Assessment } from "../../model/assessment.js";
import type { Attribution } from "../../model/attribution.js";
import { cellSign, verdictWords } from "../attribution-text.js";
import { say } from "../catalogue.js";
import { explainText } from "../explain.js";
import { formatPercent } from "../format.js";
import type { ReportInput } from "../port.js";
import { safe, wrap } from "./cells.js";
import type { Ink } from "./ink.js";
import { renderTable } from "./table.js";

const MOST_IN_SUMMARY = 8;
const MOST_EVIDENCE = 12;

/** The short form of a hunt's summary: verdicts, campaigns first. */
export function attributionLines({ attribution }: Assessment, width: number, ink: Ink): string[] {
  if (attribution.length === 0) return [];
  const silent = attribution.filter(({ verdict }) => verdict === "insufficient_evidence").length;
  const told = attribution.filter(({ verdict }) => verdict !== "insufficient_evidence");
  const lines = wrap(
    say("terminal.compared", attribution.length, attribution[0]?.rivals ?? 0, silent),
    width,
    "  ",
  );
  for (const one of told.slice(0, MOST_IN_SUMMARY))
    lines.push(
      ...wrap(
        safe(
          say(
            "terminal.verdict",
            one.subject,
            verdictWords(one),
            formatPercent(one.likelihood),
            say(`confidence.${one.confidence}`),
          ),
        ),
        width,
        "  ",
      ),
    );
  if (told.length > MOST_IN_SUMMARY)
    lines.push(ink.dim(`  ${say("terminal.and-more.json", told.length - MOST_IN_SUMMARY)}`));
  return lines;
}

/** In full, for `longwatch incident`: verdict, hypotheses, matrix, sensitivity, and what to do. */
export function attributionPart(
  attribution: Attribution,
  { messages }: Pick<ReportInput, "messages">,
  width: number,
  ink: Ink,
): string[] {
  const sentences = (parts: Attribution["would_change"]) =>
    parts.flatMap((part) => wrap(safe(`- ${explainText(part, messages)}`), width, "  "));
  const { hypotheses, evidence, sensitivity, related } = attribution;
  const letters = new Map(hypotheses.map(({ cluster }, at) => [cluster, String.fromCharCode(65 + at)]));
  return [
    "",
    ink.bold(say("attribution.title")),
    ...wrap(safe(explainText(attribution.explanation, messages)), width),
    say("terminal.confidence", say(`confidence.${attribution.confidence}`)),
    "",
    ...renderTable(
      [
        { title: "", text: (row) => letters.get(row.cluster) ?? "" },
        { title: say("head.hypothesis"), text: (row) => row.title, flexible: 24 },
        { title: say("head.before"), text: (row) => formatPercent(row.prior), align: "right", optional: 1 },
        { title: say("head.after"), text: (row) => formatPercent(row.posterior), align: "right" },
        { title: say("head.for"), text: (row) => String(row.supports.length), align: "right" },
        { title: say("head.against"), text: (row) => String(row.against.length), align: "right" },
      ],
      hypotheses,
      width - 2,
      ink.dim,
    ).map((line) => `  ${line}`),
    "",
    ...renderTable(
      [
        {
          title: say("head.evidence"),
          text: (row) => explainText(row.what, messages),
          flexible: 24,
          tooLong: "wrap",
        },
        { title: say("head.strength"), text: (row) => say(`strength.${row.strength}`), optional: 1 },
        ...hypotheses.map(({ cluster }) => ({
          title: letters.get(cluster) ?? "",
          text: (row: Attribution["evidence"][number]) =>
            cellSign(row.cells.find((cell) => cell.cluster === cluster)?.mark ?? "not_applicable"),
        })),
      ],
      evidence.slice(0, MOST_EVIDENCE),
      width - 2,
      ink.dim,
    ).map((line) => `  ${line}`),
    ...(evidence.length > MOST_EVIDENCE
      ? [ink.dim(`  ${say("terminal.and-more.json", evidence.length - MOST_EVIDENCE)}`)]
      : []),
    ...wrap(
      say("terminal.sensitivity", formatPercent(sensitivity.lowest), formatPercent(sensitivity.highest)),
      width,
      "  ",
    ),
    ...related.flatMap(({ title, stance, publisher, grade }) =>
      wrap(
        safe(`- ${say("terminal.related", publisher, grade, say(`relation.${stance}`), title)}`),
        width,
        "  ",
      ),
    ),
    ...heading(say("terminal.would-change"), sentences(attribution.would_change), ink),
    ...heading(say("terminal.collect"), sentences(attribution.collect_next), ink),
    ...sentences(attribution.caveats).map(ink.dim),
  ];
}

function heading(title: string, lines: readonly string[], ink: Ink): string[] {
  return lines.length === 0 ? [] : ["", ink.bold(title), ...lines];
}
