/** Faults that a test plans: the next `times` statements that match `pattern` meet them. */
export const FAULTS = [
  /** The connection ends before the body is read. */
  "drop-before-body",
  /** The connection ends before the statement runs. */
  "drop-before",
  /** The statement runs to its end, then the connection ends without an answer. */
  "drop-after",
  /** The connection ends at once, the statement runs later: a hasty second try would come before it. */
  "drop-early",
  /** Half of the answer. */
  "drop-midway",
  "status-503",
  /** An answer after 1.5 seconds. */
  "slow",
] as const;
export type Fault = (typeof FAULTS)[number];

export interface FaultPlan {
  fault: Fault;
  /** Regular expression over the statement. */
  pattern: string;
  times: number;
}

let plans: FaultPlan[] = [];

export function planFault(text: string): string {
  plans = JSON.parse(text) as FaultPlan[];
  return "planned";
}

export function faultFor(sql: string, moment: "before" | "after"): Fault | undefined {
  const plan = plans.find(
    ({ fault, pattern, times }) =>
      times > 0 &&
      (moment === "before") === fault.startsWith("drop-before") &&
      new RegExp(pattern, "i").test(sql),
  );
  if (plan === undefined) return undefined;
  plan.times--;
  return plan.fault;
}
