import { sayer } from "./language.js";

/** How lists are joined. */
export const LIST_MESSAGES = {
  "list.separator": ", ",
  "list.last": "{0} and {1}",
  "list.more": "{0} and {1} more",
  "list.none": "none",
} as const;

const say = sayer(LIST_MESSAGES);

/** `a, b, c`, as a cell or a line has it. */
export function joinItems(items: readonly string[]): string {
  return items.join(say("list.separator"));
}

/** `a, b and c`, as a sentence has it; longer than `limit`, it ends in `and 7 more`. */
export function joinList(items: readonly string[], limit = Number.POSITIVE_INFINITY): string {
  if (items.length > limit) return say("list.more", joinItems(items.slice(0, limit)), items.length - limit);
  const last = items.at(-1);
  if (last === undefined) return say("list.none");
  return items.length === 1 ? last : say("list.last", joinItems(items.slice(0, -1)), last);
}
