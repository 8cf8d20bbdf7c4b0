import { z } from "zod";
import { shippedList } from "../../kernel/shipped-list.js";
import { COSTS, EFFECTS } from "../../model/recommendation.js";

const listSchema = z.strictObject({
  measures: z.array(
    z.strictObject({
      id: z.string().regex(/^[a-z][a-z-]*$/),
      effect: z.enum(EFFECTS),
      because: z.string().min(1),
      cost: z.enum(COSTS),
      relations: z.array(
        z.strictObject({
          mitigation: z.string().regex(/^M\d{4}$/),
          techniques: z.array(z.string().regex(/^T\d{4}(\.\d{3})?$/)).min(1),
        }),
      ),
    }),
  ),
});
export type Measure = z.infer<typeof listSchema>["measures"][number];

/** `hardening.yaml`. @throws LW_CONFIG where it was damaged. */
export const measures = shippedList(
  "The list of measures",
  "src/assess/actions/hardening.yaml",
  (content): readonly Measure[] => listSchema.parse(content).measures,
);
