import { type DetectionLimits, detectionLimitsSchema } from "../../model/detection-limits.js";
import type { Store } from "../../store/port.js";
import { caseState, setCaseState } from "../case-state.js";

/** What `longwatch detection-limits` measured after the last detection; null where nobody asked since. */
export async function keptDetectionLimits(store: Store): Promise<DetectionLimits | null> {
  const text = await caseState(store, "detection_limits");
  return text === undefined || text === "" ? null : detectionLimitsSchema.parse(JSON.parse(text));
}

export function keepDetectionLimits(store: Store, limits: DetectionLimits): Promise<void> {
  return setCaseState(store, "detection_limits", JSON.stringify(limits));
}
