import { listScenarios, simulate } from "../../scenarios/index.js";
import { LongwatchError, messageOf } from "../kernel/errors.js";
import type { Progress } from "../kernel/progress.js";

export interface SimulateRequest {
  scenario: string;
  out: string;
  seed: number;
  scale: number;
}

/** Writes a simulated campaign's logs. @throws LW_NOT_FOUND, LW_USAGE */
export async function simulateStep(
  request: SimulateRequest,
  progress: Progress,
): Promise<{ files: number; rows: number; bytes: number }> {
  if (!listScenarios().some((scenario) => scenario.id === request.scenario)) {
    const names = listScenarios().map((scenario) => scenario.id);
    throw new LongwatchError(
      "LW_NOT_FOUND",
      `there is no scenario "${request.scenario}"; there is: ${names.join(", ")}`,
    );
  }
  try {
    const result = await simulate({
      ...request,
      onProgress: ({ rows, totalRows }) =>
        progress.report({
          step: "simulate",
          done: rows,
          total: Math.max(rows, totalRows),
          unit: "rows",
          rows,
        }),
    });
    progress.finish("simulate", "");
    return result;
  } catch (error) {
    throw new LongwatchError("LW_USAGE", messageOf(error), { file: request.out }, error);
  }
}
