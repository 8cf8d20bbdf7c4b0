/** What readers of JSON lines have in common. */

export type JsonObject = Readonly<Record<string, unknown>>;

/** The object that a line holds, or undefined. */
export function objectOf(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Why lines are no JSON objects; undefined if one of them is. */
export function noObjects(lines: readonly string[]): string | undefined {
  const first = lines.find((line) => line.trim() !== "");
  if (first === undefined) return "there is no line to judge by";
  if (lines.some((line) => objectOf(line) !== undefined)) return undefined;
  return first.trimStart().startsWith("[")
    ? "a JSON array, not one JSON object a line (jq -c '.[]' FILE makes lines of it)"
    : "the lines are no JSON objects";
}

/**
 * `''` for a JSON object. A record with a time was parsed already; only one without is looked at again. An array is told apart by
 * its first character, because the extraction would take its elements by position.
 */
export function notAnObject(time: string): string {
  return `multiIf(startsWith(line, '{') AND ${time} != '', '', NOT isValidJSON(line), 'not valid JSON', JSONType(line) != 'Object', 'the JSON value is not an object', '')`;
}
