import { z } from "zod";
import { shippedList } from "../kernel/shipped-list.js";
import { TACTICS, type Tactic } from "../model/incident.js";

const fileSchema = z.strictObject({
  version: z.string(),
  tactics: z.record(z.enum(TACTICS), z.array(z.string().regex(/^T\d{4}$/))),
});

/** `tactics.yaml`. */
const table = shippedList(
  "The table of ATT&CK tactics",
  "src/correlate/tactics.yaml",
  (content): ReadonlyMap<string, readonly Tactic[]> => {
    const byTechnique = new Map<string, Tactic[]>();
    const { tactics } = fileSchema.parse(content);
    for (const tactic of TACTICS)
      for (const technique of tactics[tactic])
        byTechnique.set(technique, [...(byTechnique.get(technique) ?? []), tactic]);
    return byTechnique;
  },
);

/**
 * Tactics of a technique or sub-technique (`T1059.001`), in the order of ATT&CK's matrix; empty for one that Enterprise 18.1 does not have.
 * @throws LW_CONFIG where the table that comes with the program was damaged.
 */
export function tacticsOf(technique: string): readonly Tactic[] {
  return table().get(technique.slice(0, 5).toUpperCase()) ?? [];
}
