import { sayer } from "./language.js";
import { type Argument, note, type Typed } from "./statements.js";

/** How lists and sentences are joined. */
export const LIST_MESSAGES = {
  "list.separator": ", ",
  "list.last": "{0} and {1}",
  "list.more": "{0} and {1} more",
  "list.none": "none",
  "list.sentences": " ",
} as const;

const say = sayer(LIST_MESSAGES);

/** Messages that stand between any number of arguments. */
export const JOINTS = ["list.separator", "list.sentences"] as const;

function joined(items: readonly string[], joint: (typeof JOINTS)[number]): string {
  const text = items.join(say(joint));
  if (items.length > 1) note(text, joint, items);
  return text;
}

/** `a, b, c`, as a cell or a line has it. */
export function joinItems(items: readonly string[]): string {
  return joined(items, "list.separator");
}

/** Sentences one after the other. */
export function joinSentences(sentences: readonly string[]): string {
  return joined(sentences, "list.sentences");
}

/** `a, b and c`, as a sentence has it; longer than `limit`, it ends in `and 7 more`. */
export function joinList(items: readonly string[], limit = Number.POSITIVE_INFINITY): string {
  if (items.length > limit) return say("list.more", joinItems(items.slice(0, limit)), items.length - limit);
  const last = items.at(-1);
  if (last === undefined) return say("list.none");
  return items.length === 1 ? last : say("list.last", joinItems(items.slice(0, -1)), last);
}

/** Names of a list longer than this are cut, with the rest counted. */
export const LIST_LIMIT = 12;

/** Names as an argument of a sentence. */
export function namesArgument(type: Argument["type"], names: readonly string[]): Typed {
  return { text: joinList(names, LIST_LIMIT), argument: { type, value: [...names] } };
}

/** One name as an argument of a sentence. */
export function nameArgument(type: Argument["type"], name: string): Typed {
  return { text: name, argument: { type, value: name } };
}
