import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from "yaml";
import { parseCondition } from "./condition.js";
import { parseCorrelation } from "./correlation.js";
import { type Placeholders, parseItem, type RuleValue } from "./item.js";
import { type Condition, LEVELS, type LogSource, type RuleProblem, type SigmaRule } from "./model.js";
import { RuleError } from "./problem.js";
import { type Fields, fieldsOf, merge, textOf, textsOf } from "./yaml-node.js";

export interface ParsedRules {
  rules: SigmaRule[];
  problems: RuleProblem[];
}

/** Bytes beyond which a file is no rule file. */
export const MOST_BYTES = 4_000_000;
/** Times that an alias may be followed: a handful of bytes must not become gigabytes. */
const MOST_ALIASES = 100;
/** Values in one detection. */
const MOST_DEPTH = 64;

/**
 * All documents of one rule file. A document that cannot be read is a problem with file and line; the others are read all the same.
 * `action: global` is laid under the documents after it, `reset` forgets it, `repeat` takes the document before once more
 * (the multi-document format that came before correlations).
 */
export function parseRules(text: string, path: string, placeholders: Placeholders = new Map()): ParsedRules {
  const result: ParsedRules = { rules: [], problems: [] };
  let global: Fields = new Map();
  let previous: Fields = new Map();
  for (const read of documentsOf(text)) {
    if ("tooDeep" in read) {
      result.problems.push({
        path,
        line: read.tooDeep,
        ruleId: "",
        title: "",
        status: "invalid",
        reason: TOO_DEEP,
      });
      continue;
    }
    const { document, lineOf } = read;
    const place = { path, line: lineOf(document.contents?.range?.[0] ?? document.range[0]) };
    let fields: Fields = new Map();
    try {
      const [error] = document.errors;
      if (error !== undefined) throw new RuleError(yamlReason(error.message), error.pos[0]);
      if (document.contents === null) continue;
      document.toJS({ maxAliasCount: MOST_ALIASES, mapAsMap: true });
      fields = fieldsOf(document.contents, document);
      const action = textOf(fields, "action");
      if (action === "global") {
        global = fields;
        continue;
      }
      if (action === "reset") {
        global = new Map();
        continue;
      }
      fields = merge(action === "repeat" ? previous : global, fields);
      previous = fields;
      result.rules.push(parseDocument(fields, place, placeholders));
    } catch (error) {
      const { reason, offset, status } = problemOf(error);
      result.problems.push({
        path,
        line: offset === undefined ? place.line : lineOf(offset),
        ruleId: plainText(fields.get("id")),
        title: plainText(fields.get("title")),
        status,
        reason,
      });
    }
  }
  return result;
}

/** The reader's message without the picture of the place; where it gave up at the depth of a flow collection it does not say so. */
function yamlReason(message: string): string {
  return message.startsWith("Maximum call stack") ? TOO_DEEP : (message.split("\n")[0] as string);
}

/** @throws the error itself where it does not come from the document */
function problemOf(error: unknown): {
  reason: string;
  offset?: number | undefined;
  status: RuleError["status"];
} {
  if (error instanceof RuleError)
    return { reason: error.message, offset: error.offset, status: error.status };
  if (error instanceof ReferenceError)
    return { reason: "the document's aliases stand for too much", status: "invalid" };
  // Also aliases that stand for themselves.
  if (error instanceof RangeError) return { reason: TOO_DEEP, status: "invalid" };
  throw error;
}

const plainText = (node: Node | undefined): string =>
  isScalar(node) && node.value !== null ? String(node.value) : "";

interface ReadDocument {
  document: Document.Parsed;
  /** The line in the file, from 1. */
  lineOf(offset: number): number;
}

const TOO_DEEP = "the document is nested too deeply";

/** The documents of a file. Where one nests so deep that the reader gives up, each is read by itself, and the others are not lost. */
function* documentsOf(text: string): Generator<ReadDocument | { tooDeep: number }> {
  const whole = tryDocuments(text, 0);
  if (whole !== undefined) {
    yield* whole;
    return;
  }
  let line = 0;
  for (const piece of text.split(/^(?=---)/m)) {
    const read = tryDocuments(piece, line);
    if (read === undefined) yield { tooDeep: line + (piece.startsWith("---") ? 2 : 1) };
    else yield* read;
    line += piece.split("\n").length - 1;
  }
}

/** Undefined where it nests too deep. */
function tryDocuments(text: string, linesBefore: number): ReadDocument[] | undefined {
  const lines = new LineCounter();
  try {
    const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true });
    if (!Array.isArray(documents)) return [];
    const lineOf = (offset: number) => linesBefore + lines.linePos(offset).line;
    return documents.map((document) => ({ document, lineOf }));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function parseDocument(
  fields: Fields,
  place: { path: string; line: number },
  placeholders: Placeholders,
): SigmaRule {
  const level = textOf(fields, "level") || "informational";
  if (!LEVELS.includes(level as (typeof LEVELS)[number]))
    throw new RuleError(
      `the level "${level}" does not exist: ${LEVELS.join(", ")}`,
      offsetOf(fields.get("level")),
    );
  const title = textOf(fields, "title");
  if (title === "") throw new RuleError("the rule has no title");
  const head = {
    ...place,
    id: textOf(fields, "id"),
    name: textOf(fields, "name"),
    title,
    description: textOf(fields, "description"),
    level: level as (typeof LEVELS)[number],
    status: textOf(fields, "status"),
    tags: textsOf(fields, "tags"),
  };
  const correlation = fields.get("correlation");
  if (correlation !== undefined) return { ...head, kind: "correlation", ...parseCorrelation(correlation) };
  const filter = fields.get("filter");
  if (filter !== undefined) {
    const inner = mapOf(filter, "filter");
    const rules = textsOf(inner, "rules");
    inner.delete("rules");
    return {
      ...head,
      kind: "filter",
      logsource: logSourceOf(fields),
      rules: rules.length === 0 || (rules.length === 1 && rules[0] === "any") ? "any" : rules,
      condition: detectionOf(inner, filter, placeholders),
    };
  }
  const detection = fields.get("detection");
  if (detection === undefined) throw new RuleError("the rule has neither detection, correlation nor filter");
  return {
    ...head,
    kind: "detection",
    logsource: logSourceOf(fields),
    condition: detectionOf(mapOf(detection, "detection"), detection, placeholders),
  };
}

function logSourceOf(fields: Fields): LogSource {
  const node = fields.get("logsource");
  if (node === undefined) throw new RuleError("the rule has no logsource");
  const inner = mapOf(node, "logsource");
  const source: LogSource = {};
  for (const key of ["category", "product", "service"] as const) {
    const value = textOf(inner, key);
    if (value !== "") source[key] = value;
  }
  if (Object.keys(source).length === 0)
    throw new RuleError("the logsource names neither category, product nor service", offsetOf(node));
  return source;
}

function detectionOf(fields: Fields, at: Node, placeholders: Placeholders): Condition {
  const condition = fields.get("condition");
  if (condition === undefined) throw new RuleError("the detection has no condition", offsetOf(at));
  if (fields.has("timeframe"))
    throw new RuleError(
      "the detection has a timeframe, which the specification has replaced by correlations",
      offsetOf(fields.get("timeframe")),
      "unsupported",
    );
  const selections = new Map<string, Condition>();
  for (const [name, node] of fields)
    if (name !== "condition") selections.set(name, selectionOf(name, node, placeholders, 0));
  const texts = isSeq(condition) ? condition.items.map(scalarText) : [scalarText(condition)];
  if (texts.length === 0) throw new RuleError("the condition is an empty list", offsetOf(condition));
  try {
    const parts = texts.map((text) => parseCondition(text, selections));
    return parts.length === 1 ? (parts[0] as Condition) : { kind: "or", parts };
  } catch (error) {
    if (error instanceof RuleError && error.offset === undefined)
      throw new RuleError(error.message, offsetOf(condition), error.status);
    throw error;
  }
}

/** A map asks for all of its fields; a list for one of its members; a plain value is a keyword. */
function selectionOf(name: string, node: Node, placeholders: Placeholders, depth: number): Condition {
  if (depth > MOST_DEPTH) throw new RuleError(`"${name}" is nested too deeply`, offsetOf(node));
  if (isMap(node)) {
    if (node.items.length === 0) throw new RuleError(`"${name}" is empty`, offsetOf(node));
    const parts = node.items.map(({ key, value }) =>
      itemOf(scalarText(key as Node), key as Node, value as Node | null, placeholders),
    );
    return parts.length === 1 ? (parts[0] as Condition) : { kind: "and", parts };
  }
  if (isSeq(node)) {
    if (node.items.length === 0) throw new RuleError(`"${name}" is an empty list`, offsetOf(node));
    const parts = node.items.map((item) => selectionOf(name, item as Node, placeholders, depth + 1));
    return parts.length === 1 ? (parts[0] as Condition) : { kind: "or", parts };
  }
  return itemOf("", node, node, placeholders);
}

function itemOf(key: string, at: Node, value: Node | null, placeholders: Placeholders): Condition {
  try {
    const values = isSeq(value) ? value.items.map((item) => ruleValue(item as Node)) : [ruleValue(value)];
    return parseItem(key, values, placeholders);
  } catch (error) {
    if (error instanceof RuleError && error.offset === undefined)
      throw new RuleError(error.message, offsetOf(at), error.status);
    throw error;
  }
}

function ruleValue(node: Node | null): RuleValue {
  if (node === null) return null;
  if (!isScalar(node)) throw new RuleError("a list or map stands where a value was due", offsetOf(node));
  const { value } = node;
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value;
  if (typeof value === "number" || typeof value === "bigint")
    return { number: Number(value), text: node.source ?? String(value) };
  return value instanceof Date ? (node.source ?? value.toISOString()) : String(value);
}

function scalarText(node: unknown): string {
  if (isScalar(node) && node.value !== null) return String(node.value);
  throw new RuleError("a text was due here", offsetOf(node as Node));
}

function mapOf(node: Node, what: string): Fields {
  if (!isMap(node)) throw new RuleError(`${what} is not a map`, offsetOf(node));
  return fieldsOf(node);
}

function offsetOf(node: Node | undefined | null): number | undefined {
  return node?.range?.[0];
}
