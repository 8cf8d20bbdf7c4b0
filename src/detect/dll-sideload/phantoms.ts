import { z } from "zod";
import { shippedList } from "../../kernel/shipped-list.js";

const listSchema = z.strictObject({
  phantoms: z.array(
    z.strictObject({
      library: z.string().regex(/^[a-z0-9_.-]+\.dll$/),
      loaded_by: z.string().min(1),
      source: z.string().min(1),
    }),
  ),
});

/** `phantoms.yaml`: who loads it, by file name. @throws LW_CONFIG where it was damaged. */
export const phantoms = shippedList(
  "The list of phantom libraries",
  "src/detect/dll-sideload/phantoms.yaml",
  (content): ReadonlyMap<string, string> =>
    new Map(listSchema.parse(content).phantoms.map(({ library, loaded_by }) => [library, loaded_by])),
);
