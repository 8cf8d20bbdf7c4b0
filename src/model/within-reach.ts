import { z } from "zod";
import { ASSET_ROLES } from "./organisation.js";

/**
 * How an asset came within reach, strongest first. `acted_on`: a finding shows acts or a program on it. `reached`: a finding names it as logged on to, tried or
 * administered from elsewhere. `stepped_to`: a weak finding in an incident has a step to it from a
 * host on which others show acts. `contact`: a host that findings are about had answered connections with it while these findings lasted; that is also what hosts do every day.
 */
export const REACH_WAYS = ["acted_on", "reached", "stepped_to", "contact"] as const;

export const reachedAssetSchema = z.object({
  address: z.string(),
  realm: z.string(),
  name: z.string(),
  role: z.enum(ASSET_ROLES),
  criticality: z.number().int(),
  ways: z
    .array(
      z.object({
        way: z.enum(REACH_WAYS),
        /** From which hosts, by address or name as findings have them; none where a finding does not say. */
        hosts: z.array(z.string()),
        /** Answered connections of these hosts with the asset; 0 where the way is a finding's. */
        connections: z.number().int(),
        first_seen: z.string(),
        last_seen: z.string(),
        findings: z.array(z.string()).min(1),
      }),
    )
    .min(1),
});
export type ReachedAsset = z.infer<typeof reachedAssetSchema>;

export const withinReachSchema = z.object({
  /** Whether the asset list has a line for the organisation: without one nothing can be said, and an empty list says nothing. */
  listed: z.boolean(),
  /** Assets that serve others or are critical, most critical first. Access, and never theft. */
  assets: z.array(reachedAssetSchema),
});
export type WithinReach = z.infer<typeof withinReachSchema>;
