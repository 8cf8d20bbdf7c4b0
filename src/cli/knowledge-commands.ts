import { LongwatchError } from "../kernel/errors.js";
import { visible, visibleText } from "../kernel/visible.js";
import type { Credibility, EntryKind, Reliability } from "../model/knowledge.js";
import { importKnowledge } from "../pipeline/knowledge/import.js";
import { checkKnowledge } from "../pipeline/knowledge/load.js";
import { listKnowledge, showKnowledge } from "../pipeline/knowledge/show.js";
import { renderKnowledge, renderKnowledgeList } from "../pipeline/present.js";
import type { Outcome } from "./outcome.js";
import { note, printData, printJson, printLine, terminalStyle } from "./output.js";

interface KnowledgeFlags {
  knowledge?: string[];
  json?: boolean;
}

export async function runKnowledgeList(flags: KnowledgeFlags & { kind?: EntryKind }): Promise<void> {
  const { entries, rivals } = await listKnowledge(flags.knowledge ?? [], flags.kind);
  if (flags.json) for (const entry of entries) await printData(`${JSON.stringify(entry)}\n`);
  else printLine(renderKnowledgeList(entries, rivals, terminalStyle()));
}

export async function runKnowledgeShow(words: string, flags: KnowledgeFlags): Promise<void> {
  const { shown, also } = await showKnowledge(words, flags.knowledge ?? []);
  for (const entry of shown)
    if (flags.json) await printData(`${JSON.stringify(entry)}\n`);
    else printLine(renderKnowledge(entry, terminalStyle()));
  for (const { id, title } of also)
    note(`${words} is also a name that some source gives to ${title}: longwatch knowledge show ${id}`);
}

export async function runKnowledgeCheck(
  paths: string[],
  flags: { json?: boolean },
  outcome: Outcome,
): Promise<void> {
  const checked = await checkKnowledge(paths);
  for (const file of checked) {
    const place = file.line === null ? visible(file.path) : `${visible(file.path)}:${file.line}`;
    if (flags.json) await printData(`${JSON.stringify(file)}\n`);
    else if (file.status === "invalid") printLine(`invalid  ${place}: ${visibleText(file.reason)}`);
  }
  const invalid = checked.filter(({ status }) => status === "invalid").length;
  const summary = `${checked.length} files: ${checked.length - invalid} ok, ${invalid} invalid`;
  if (flags.json) note(summary);
  else printLine(summary);
  if (invalid > 0) outcome.exitCode = 2;
}

interface ImportFlags {
  out: string;
  attackVersion?: string;
  grade?: string;
  json?: boolean;
}

/** `B2`. @throws LW_USAGE */
function readGrade(text: string): { reliability: Reliability; information: Credibility } {
  const parts = /^([A-F])([1-6])$/.exec(text.trim().toUpperCase());
  if (parts === null)
    throw new LongwatchError(
      "LW_USAGE",
      "--grade is an Admiralty grade: a letter from A to F for the source and a digit from 1 to 6 for the information, e.g. C3",
    );
  return { reliability: parts[1] as Reliability, information: Number(parts[2]) as Credibility };
}

export async function runKnowledgeImport(files: string[], flags: ImportFlags): Promise<void> {
  const report = await importKnowledge({
    files,
    out: flags.out,
    attackVersion: flags.attackVersion,
    grade: flags.grade === undefined ? undefined : readGrade(flags.grade),
  });
  if (flags.json) return printJson(report);
  const number = (value: number): string => value.toLocaleString("en");
  note(
    `imported ${number(report.clusters)} clusters, ${number(report.tools)} tools and ${number(report.campaigns)} campaigns ` +
      `(${number(report.statements)} statements, ${number(report.successors)} replaced techniques) into ${visible(report.out)}`,
  );
  for (const { reason, count, example } of report.left_out)
    note(`  not taken over: ${number(count)} ${visible(reason)}, e.g. ${visible(example)}`);
  note(`see them with: longwatch knowledge list --knowledge ${visible(report.out)}`);
}
