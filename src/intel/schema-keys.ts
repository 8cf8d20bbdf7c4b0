import { field, isObject, listField } from "./text/json.js";

/** The JSON Schema below one step of a path; of alternatives the one that has keys. */
function below(schema: unknown, step: PropertyKey): unknown {
  const alternatives = listField(schema, "anyOf");
  const shape = alternatives.find((alternative) => field(alternative, "properties") !== undefined) ?? schema;
  if (typeof step === "number")
    return field(alternatives.find((one) => field(one, "items") !== undefined) ?? schema, "items");
  return field(field(shape, "properties"), String(step)) ?? field(shape, "additionalProperties");
}

/** Keys that may stand at a place of a file with this JSON Schema. */
export function keysAt(schema: unknown, path: readonly PropertyKey[]): readonly string[] {
  const found = path.reduce<unknown>(below, schema);
  const shape =
    listField(found, "anyOf").find((alternative) => field(alternative, "properties") !== undefined) ?? found;
  const properties = field(shape, "properties");
  return isObject(properties) ? Object.keys(properties) : [];
}
