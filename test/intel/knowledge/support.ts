import { buildBase, type KnowledgeBase, parseKnowledge } from "../../../src/intel/knowledge/index.js";

/** A synthetic entry as text: `more` is put after its head, in YAML. */
export function entryText(id: string, more = "", head: { kind?: string; title?: string } = {}): string {
  const title = head.title ?? id;
  return `id: ${id}
kind: ${head.kind ?? "cluster"}
title: ${title}
sources:
  s: { publisher: Synthetic Labs, title: A synthetic report, url: https://example.org/report, date: 2026-01-02, reliability: B }
names:
  - { name: ${title}, source: s, information: 2 }
${more}`;
}

export function baseOf(texts: Readonly<Record<string, string>>): KnowledgeBase {
  return buildBase(Object.entries(texts).map(([path, text]) => parseKnowledge(text, path)));
}
