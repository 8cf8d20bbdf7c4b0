/** `1 organisation`, `3 organisations`. */
export function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Names in one sentence. */
const NAMED = 8;

/** `a, b, c`; of many the first, and how many more. */
export function nameList(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).join(", ");
  return names.length > NAMED ? `${shown} and ${names.length - NAMED} more` : shown;
}
