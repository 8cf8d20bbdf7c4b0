import { type Replay, replaySchema } from "../../model/replay.js";
import type { Store } from "../../store/port.js";
import { caseState, setCaseState } from "../case-state.js";

/** What `longwatch replay` said of the last detection; null where nobody asked since. */
export async function keptReplay(store: Store): Promise<Replay | null> {
  const text = await caseState(store, "replay");
  return text === undefined || text === "" ? null : replaySchema.parse(JSON.parse(text));
}

export function keepReplay(store: Store, replay: Replay): Promise<void> {
  return setCaseState(store, "replay", JSON.stringify(replay));
}
