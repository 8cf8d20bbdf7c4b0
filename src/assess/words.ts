import { joinItems, joinList } from "../kernel/lists.js";

/** Names in one sentence. */
const NAMED = 8;

/** `a, b, c`; of many the first, and how many more. */
export function nameList(names: readonly string[]): string {
  return names.length > NAMED ? joinList(names, NAMED) : joinItems(names);
}
