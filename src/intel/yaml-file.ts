import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from "yaml";
import { type ErrorCode, LongwatchError, messageOf } from "../kernel/errors.js";
import { readText } from "./text/read-text.js";

/** Longer than any configuration; what is longer is another file. */
const MAX_CHARACTERS = 4 * 1024 * 1024;

type YamlPath = readonly PropertyKey[];

/** A YAML file as plain values, and where each of them stands. */
export interface YamlFile {
  value: unknown;
  /** Line (from 1) of the key or list entry; of the nearest parent where it is missing. */
  lineOf(path: YamlPath): number;
}

/** The key and value of a mapping, or the item of a list, that one step of a path leads to. */
function child(node: unknown, step: PropertyKey): { at: unknown; node: unknown } | undefined {
  if (isSeq(node)) {
    const item: unknown = node.items[Number(step)];
    return { at: item, node: item };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step));
  return pair && { at: pair.key, node: pair.value };
}

function offsetOf(document: Document, path: YamlPath): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const step of path) {
    const found = child(node, step);
    if (found === undefined || !isNode(found.at)) return offset;
    offset = found.at.range?.[0] ?? offset;
    node = found.node;
  }
  return offset;
}

/** The first key that stands twice in one mapping. The library compares each with each, which takes minutes for a file of many thousands. */
function repeatedKey(document: Document): Node | undefined {
  let repeated: Node | undefined;
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : key;
        if (seen.has(name) && isNode(key)) repeated = key;
        if (repeated !== undefined) return visit.BREAK;
        seen.add(name);
      }
      return undefined;
    },
  });
  return repeated;
}

/** @throws LongwatchError `code` with file and line where the text is not YAML (also for aliases that would fill memory). */
export function parseYaml(text: string, file: string, code: ErrorCode): YamlFile {
  if (text.length > MAX_CHARACTERS)
    throw new LongwatchError(code, "is larger than 4 MiB: is it the right file?", { file });
  const lines = new LineCounter();
  const fail = (message: string, offset?: number): never => {
    const line = offset === undefined ? undefined : Math.max(1, lines.linePos(offset).line);
    throw new LongwatchError(code, `is not valid YAML: ${message}`, { file, line });
  };
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
      uniqueKeys: false,
    });
    const [error] = document.errors;
    if (error !== undefined) fail(error.message, error.pos[0]);
    const repeated = repeatedKey(document);
    if (repeated !== undefined) fail("map keys must be unique", repeated.range?.[0]);
    return {
      value: document.toJS({ maxAliasCount: 100 }) as unknown,
      lineOf: (path) => Math.max(1, lines.linePos(offsetOf(document, path)).line),
    };
  } catch (error) {
    // Endless nesting exhausts the stack, an alias bomb is refused: both arrive as ordinary errors of the library.
    if (error instanceof LongwatchError) throw error;
    return fail(messageOf(error));
  }
}

export function readYaml(file: string, code: ErrorCode): YamlFile {
  return parseYaml(readText(file, code), file, code);
}
