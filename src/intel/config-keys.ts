import { z } from "zod";
import { configFileSchema } from "../model/config.js";
import { keysAt } from "./schema-keys.js";

/** JSON Schema of `longwatch.yaml`, as it stands in docs/schemas/longwatch-yaml.schema.json. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configFileSchema, { io: "input", target: "draft-2020-12" });
  return { ...schema, title: "longwatch.yaml", description: "Configuration of a Longwatch case" };
}

/** Keys that may stand at a place of the configuration. */
export function knownConfigKeys(path: readonly PropertyKey[]): readonly string[] {
  return keysAt(configJsonSchema(), path);
}
