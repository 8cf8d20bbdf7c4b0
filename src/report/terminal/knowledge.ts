import { groupBy } from "../../kernel/group-by.js";
import { CREDIBILITY, type Credibility, RELIABILITY, type Reliability } from "../../model/knowledge.js";
import type {
  KnowledgeListed,
  KnowledgeShown,
  ShownDispute,
  ShownStatement,
} from "../../model/knowledge-view.js";
import { tlpLabel } from "../format.js";
import { plural } from "../text.js";
import { safe, wrap } from "./cells.js";
import { type Ink, makeInk, type TerminalOptions, terminalWidth } from "./ink.js";
import { renderTable } from "./table.js";

const HEADINGS: Readonly<Record<KnowledgeShown["sections"][number]["section"], string>> = {
  names: "Names",
  identifiers: "Identifiers",
  descriptions: "What it is",
  relations: "Relations",
  activity: "Active",
  victims: "Victims",
  techniques: "Techniques",
  observables: "Observables",
  infrastructure: "Infrastructure habits",
  working_hours: "Working hours",
};

const gradeInk = (ink: Ink) => (text: string) => (/^[AB] ?[12]/.test(text.trim()) ? ink.bold(text) : text);

/** Statements as a table: what is said, how far it is to be believed, who says so, when. */
function statementTable(statements: readonly ShownStatement[], width: number, ink: Ink): string[] {
  const rows = statements.map((statement) => ({
    ...statement,
    said: statement.note === null ? statement.text : `${statement.text} [${statement.note}]`,
    who:
      statement.cites.length === 0
        ? statement.publisher
        : `${statement.publisher} +${statement.cites.length}`,
  }));
  return renderTable(
    [
      { title: "Statement", text: (row) => row.said, flexible: 30, tooLong: "wrap" },
      { title: "Grade", text: (row) => row.grade, paint: gradeInk(ink) },
      { title: "Says who", text: (row) => row.who, flexible: 14, tooLong: "wrap" },
      { title: "When", text: (row) => row.date ?? "undated" },
    ],
    rows,
    width - 2,
    ink.dim,
  ).map((line) => `  ${line}`);
}

/** Short words of one source and grade (sectors, countries) on one line instead of twenty. */
function joined(statements: readonly ShownStatement[]): ShownStatement[] {
  const groups = groupBy(statements, (statement) =>
    statement.note === null
      ? JSON.stringify([statement.grade, statement.source, statement.date, statement.cites])
      : statement,
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ ...first, text: group.map(({ text }) => text).join("; ") }];
  });
}

function disputeLines({ between, positions }: ShownDispute, width: number, ink: Ink): string[] {
  const [a, b] = between;
  const question = `Are ${a?.title} (${a?.id}) and ${b?.title} (${b?.id}) one thing? Sources differ:`;
  return [...wrap(safe(question), width - 2, "  ").map(ink.yellow), ...statementTable(positions, width, ink)];
}

/** The grades that occur, spelled out. */
function legend(shown: KnowledgeShown, width: number): string[] {
  const statements: ShownStatement[] = [
    ...shown.sections.flatMap(({ statements }) => statements),
    ...shown.disputes.flatMap(({ positions }) => positions),
    ...shown.elsewhere,
  ];
  const grades = statements.map(({ grade }) => grade);
  const letters = [...new Set(grades.map((grade) => grade[0]))].sort() as Reliability[];
  const digits = [...new Set(grades.map((grade) => Number(grade[1])))].sort() as Credibility[];
  const source = letters.map((letter) => `${letter} ${RELIABILITY[letter]}`).join(", ");
  const information = digits.map((digit) => `${digit} ${CREDIBILITY[digit]}`).join(", ");
  const cites = statements.some((statement) => statement.cites.length > 0)
    ? ' "+2" beside a source: it names two reports of others for this.'
    : "";
  return wrap(`Grades (Admiralty code): source ${source}; information ${information}.${cites}`, width);
}

function sourceTable({ sources, sections }: KnowledgeShown, width: number, ink: Ink): string[] {
  // Reports that a source cites are in the JSON; on a screen a hundred of them would hide the few that were read.
  const used = new Set(sections.flatMap(({ statements }) => statements.map(({ source }) => source)));
  const read = sources.filter(({ key }) => used.has(key));
  const lines = read.flatMap((source) => {
    const marking = source.tlp === "clear" ? "" : ` ${tlpLabel(source.tlp)}`;
    const via = source.via === null ? "" : ` Read through: ${source.via}.`;
    const text = `${source.reliability}  ${source.publisher}: ${source.title} (${source.date ?? "undated"})${marking}.${via}`;
    return [
      ...wrap(safe(text), width - 2, "  "),
      ...(source.url === null ? [] : wrap(safe(source.url), width - 5, "     ").map(ink.dim)),
    ];
  });
  const cited = sources.length - read.length;
  return cited === 0
    ? lines
    : [...lines, `  and ${plural(cited, "report")} that these cite (--json lists them)`];
}

/** One entry of the knowledge base in full, for `longwatch knowledge show`: disputes first. */
export function renderKnowledge(shown: KnowledgeShown, options: TerminalOptions): string {
  const ink = makeInk(options.colour);
  const width = terminalWidth(options.width);
  const block = (heading: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", ink.bold(heading), ...lines];
  return [
    `${ink.bold(safe(shown.title))}  ${shown.kind}  ${ink.dim(safe(shown.id))}`,
    ...wrap(
      safe(
        `${shown.file}${shown.imported_from === null ? "" : `, imported from ${shown.imported_from}`}${
          shown.views.length === 0 ? "" : `; described also by ${shown.views.join(", ")}`
        }`,
      ),
      width,
    ).map(ink.dim),
    ...block(
      "Disputed",
      shown.disputes.flatMap((dispute) => disputeLines(dispute, width, ink)),
    ),
    ...shown.sections.flatMap(({ section, statements }) =>
      block(
        HEADINGS[section],
        statementTable(section === "victims" ? joined(statements) : statements, width, ink),
      ),
    ),
    ...block(
      "What other entries say of it",
      shown.elsewhere.length === 0 ? [] : statementTable(shown.elsewhere, width, ink),
    ),
    ...block("Sources", sourceTable(shown, width, ink)),
    "",
    ...legend(shown, width).map(ink.dim),
    "",
  ].join("\n");
}

/** For `longwatch knowledge list`. */
export function renderKnowledgeList(
  entries: readonly KnowledgeListed[],
  rivals: number,
  options: TerminalOptions,
): string {
  const ink = makeInk(options.colour);
  const lines = renderTable(
    [
      { title: "Id", text: (row) => row.id },
      { title: "Kind", text: (row) => row.kind },
      { title: "Title", text: (row) => row.title, flexible: 20, paint: ink.bold },
      {
        title: "Other names",
        text: (row) => row.names.filter((name) => name !== row.title).join(", "),
        flexible: 20,
        optional: 2,
      },
      { title: "Statements", text: (row) => String(row.statements), align: "right", optional: 1 },
      { title: "Sources", text: (row) => String(row.sources), align: "right", optional: 3 },
      {
        title: "Disputed with",
        text: (row) => row.disputed_with.join(", "),
        flexible: 14,
        tooLong: "wrap",
        paint: ink.yellow,
      },
    ],
    entries,
    terminalWidth(options.width),
    ink.dim,
  );
  const count = (kind: string) => entries.filter((entry) => entry.kind === kind).length;
  const summary = `${plural(count("cluster"), "cluster")}, ${plural(count("tool"), "tool")}, ${plural(count("campaign"), "campaign")}; ${plural(rivals, "rival hypothesis", "rival hypotheses")} (entries that share an identifier are one)`;
  return `${[...lines, "", ...wrap(summary, terminalWidth(options.width))].join("\n")}\n`;
}
