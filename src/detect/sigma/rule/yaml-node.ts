import { type Document, isAlias, isMap, isScalar, isSeq, type Node } from "yaml";
import { RuleError } from "./problem.js";

/** A map's members as nodes, which know where they stand. */
export type Fields = Map<string, Node>;

/**
 * @param document where aliases are looked up; a nested map needs none, for its aliases were replaced with the whole
 * @throws RuleError if it is no map, or a key is no text
 */
export function fieldsOf(node: Node, document?: Document): Fields {
  if (!isMap(node)) throw new RuleError("a rule is a map of title, logsource, detection …", node.range?.[0]);
  if (document !== undefined) resolveAliases(node, document);
  const fields: Fields = new Map();
  for (const { key, value } of node.items) {
    if (!isScalar(key)) throw new RuleError("a key is not a text", node.range?.[0]);
    // `key:` with nothing after it is null: as if it were not there.
    if (value !== null) fields.set(String(key.value), value as Node);
  }
  return fields;
}

/** Puts what an alias stands for in its place. The caller has checked that the whole stays small. */
function resolveAliases(node: Node, document: Document): void {
  const resolved = (child: unknown): unknown => {
    const target = isAlias(child) ? child.resolve(document) : child;
    if (isMap(target) || isSeq(target)) resolveAliases(target, document);
    return target;
  };
  if (isMap(node)) for (const pair of node.items) pair.value = resolved(pair.value);
  if (isSeq(node)) node.items = node.items.map(resolved);
}

/** Text of a scalar member; '' where it is absent. */
export function textOf(fields: Fields, key: string): string {
  const node = fields.get(key);
  if (node === undefined) return "";
  if (isScalar(node)) return node.value === null ? "" : (node.source ?? String(node.value)).trim();
  throw new RuleError(`${key} is not a text`, node.range?.[0]);
}

/** Texts of a list (or of a single scalar). */
export function textsOf(fields: Fields, key: string): string[] {
  const node = fields.get(key);
  if (node === undefined) return [];
  if (isSeq(node))
    return node.items.map((item) => {
      if (isScalar(item) && item.value !== null) return String(item.value);
      throw new RuleError(`${key} has a member that is not a text`, node.range?.[0]);
    });
  const text = textOf(fields, key);
  return text === "" ? [] : [text];
}

/** `over` laid on `under`, maps within maps as well. */
export function merge(under: Fields, over: Fields): Fields {
  const result: Fields = new Map(under);
  result.delete("action");
  for (const [key, node] of over) {
    if (key === "action") continue;
    const below = under.get(key);
    if (isMap(below) && isMap(node)) {
      const merged = node.clone() as typeof node;
      for (const pair of below.items)
        if (isScalar(pair.key) && !merged.has(pair.key.value)) merged.items.push(pair);
      result.set(key, merged);
    } else result.set(key, node);
  }
  return result;
}
