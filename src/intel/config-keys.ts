import { z } from "zod";
import { configFileSchema } from "../model/config.js";
import { field, isObject, listField } from "./text/json.js";

/** JSON Schema of `longwatch.yaml`, as it stands in docs/schemas/longwatch-yaml.schema.json. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configFileSchema, { io: "input", target: "draft-2020-12" });
  return { ...schema, title: "longwatch.yaml", description: "Configuration of a Longwatch case" };
}

/** The schema below one step of a path; of alternatives the one that has keys. */
function below(schema: unknown, step: PropertyKey): unknown {
  const alternatives = listField(schema, "anyOf");
  const shape = alternatives.find((alternative) => field(alternative, "properties") !== undefined) ?? schema;
  if (typeof step === "number")
    return field(alternatives.find((one) => field(one, "items") !== undefined) ?? schema, "items");
  return field(field(shape, "properties"), String(step)) ?? field(shape, "additionalProperties");
}

/** Keys that may stand at a place of the configuration. */
export function knownConfigKeys(path: readonly PropertyKey[]): readonly string[] {
  const found = path.reduce<unknown>(below, configJsonSchema());
  const shape =
    listField(found, "anyOf").find((alternative) => field(alternative, "properties") !== undefined) ?? found;
  const properties = field(shape, "properties");
  return isObject(properties) ? Object.keys(properties) : [];
}
