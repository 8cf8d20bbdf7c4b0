import { groupBy } from "../../kernel/group-by.js";
import { joinItems } from "../../kernel/lists.js";
import type { Credibility, Reliability } from "../../model/knowledge.js";
import type {
  KnowledgeListed,
  KnowledgeShown,
  ShownDispute,
  ShownStatement,
} from "../../model/knowledge-view.js";
import { say } from "../catalogue.js";
import { tlpLabel } from "../format.js";
import { safe, wrap } from "./cells.js";
import { type Ink, makeInk, type TerminalOptions, terminalWidth } from "./ink.js";
import { renderTable } from "./table.js";

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
      { title: say("head.statement"), text: (row) => row.said, flexible: 30, tooLong: "wrap" },
      { title: say("head.grade"), text: (row) => row.grade, paint: gradeInk(ink) },
      { title: say("head.says-who"), text: (row) => row.who, flexible: 14, tooLong: "wrap" },
      { title: say("head.when"), text: (row) => row.date ?? say("knowledge.undated") },
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
  const question = say("knowledge.dispute", a?.title ?? "", a?.id ?? "", b?.title ?? "", b?.id ?? "");
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
  const source = joinItems(letters.map((letter) => say(`knowledge.reliability.${letter}`)));
  const information = joinItems(digits.map((digit) => say(`knowledge.credibility.${digit}`)));
  const isCiting = statements.some((statement) => statement.cites.length > 0);
  const told = [
    say("knowledge.grades", source, information),
    ...(isCiting ? [say("knowledge.grades.cites")] : []),
  ];
  return wrap(told.join(" "), width);
}

function sourceTable({ sources, sections }: KnowledgeShown, width: number, ink: Ink): string[] {
  // Reports that a source cites are in the JSON; on a screen a hundred of them would hide the few that were read.
  const used = new Set(sections.flatMap(({ statements }) => statements.map(({ source }) => source)));
  const read = sources.filter(({ key }) => used.has(key));
  const lines = read.flatMap((source) => {
    const marking = source.tlp === "clear" ? "" : ` ${tlpLabel(source.tlp)}`;
    const via = source.via === null ? [] : [say("knowledge.source.via", source.via)];
    const date = source.date ?? say("knowledge.undated");
    const told = [say("knowledge.source", source.publisher, source.title, date, marking), ...via].join(" ");
    const text = `${source.reliability}  ${told}`;
    return [
      ...wrap(safe(text), width - 2, "  "),
      ...(source.url === null ? [] : wrap(safe(source.url), width - 5, "     ").map(ink.dim)),
    ];
  });
  const cited = sources.length - read.length;
  return cited === 0 ? lines : [...lines, `  ${say("knowledge.cited", cited)}`];
}

/** One entry of the knowledge base in full, for `longwatch knowledge show`: disputes first. */
export function renderKnowledge(shown: KnowledgeShown, options: TerminalOptions): string {
  const ink = makeInk(options.colour);
  const width = terminalWidth(options.width);
  const block = (heading: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", ink.bold(heading), ...lines];
  return [
    `${ink.bold(safe(shown.title))}  ${say(`knowledge.kind.${shown.kind}`)}  ${ink.dim(safe(shown.id))}`,
    ...wrap(
      safe(
        [
          shown.imported_from === null
            ? shown.file
            : say("knowledge.imported", shown.file, shown.imported_from),
          ...(shown.views.length === 0 ? [] : [say("knowledge.views", joinItems(shown.views))]),
        ].join(""),
      ),
      width,
    ).map(ink.dim),
    ...block(
      say("knowledge.disputed"),
      shown.disputes.flatMap((dispute) => disputeLines(dispute, width, ink)),
    ),
    ...shown.sections.flatMap(({ section, statements }) =>
      block(
        say(`knowledge.${section}`),
        statementTable(section === "victims" ? joined(statements) : statements, width, ink),
      ),
    ),
    ...block(
      say("knowledge.elsewhere"),
      shown.elsewhere.length === 0 ? [] : statementTable(shown.elsewhere, width, ink),
    ),
    ...block(say("knowledge.sources"), sourceTable(shown, width, ink)),
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
      { title: say("head.id"), text: (row) => row.id },
      { title: say("head.kind"), text: (row) => say(`knowledge.kind.${row.kind}`) },
      { title: say("head.title"), text: (row) => row.title, flexible: 20, paint: ink.bold },
      {
        title: say("head.other-names"),
        text: (row) => joinItems(row.names.filter((name) => name !== row.title)),
        flexible: 20,
        optional: 2,
      },
      { title: say("head.statements"), text: (row) => String(row.statements), align: "right", optional: 1 },
      { title: say("head.sources"), text: (row) => String(row.sources), align: "right", optional: 3 },
      {
        title: say("head.disputed-with"),
        text: (row) => joinItems(row.disputed_with),
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
  const summary = say("knowledge.count", count("cluster"), count("tool"), count("campaign"), rivals);
  return `${[...lines, "", ...wrap(summary, terminalWidth(options.width))].join("\n")}\n`;
}
