import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds to wait before the second, third, … try. */
export const DELAYS: readonly number[] = [100, 400, 1_600, 5_000];

/**
 * Runs `work` again, after a growing pause, while `again` says that this can help and cannot harm. The last error is thrown as it is.
 * The pause is spread by up to a quarter, so that several processes do not knock at the same moment.
 */
export async function retrying<Result>(
  work: () => Promise<Result>,
  again: (error: unknown) => boolean,
  delays: readonly number[] = DELAYS,
): Promise<Result> {
  for (const delay of delays) {
    try {
      return await work();
    } catch (error) {
      if (!again(error)) throw error;
      await sleep(delay * (1 + Math.random() / 4));
    }
  }
  return work();
}

/**
 * Statements that leave the same state when run twice, so that a lost answer does no harm. Everything else that writes is run once.
 */
export function isIdempotent(sql: string): boolean {
  return (
    /^\s*(SELECT|WITH|SHOW|DESCRIBE|EXISTS|EXPLAIN|USE|TRUNCATE|OPTIMIZE|CREATE\s+\w+\s+IF\s+NOT\s+EXISTS|DROP\s+\w+\s+IF\s+EXISTS|ALTER\s+TABLE\s+\S+\s+(DROP|REPLACE)\s+PARTITION)\b/i.test(
      sql,
    ) && !/\bINSERT\s+INTO\b/i.test(sql)
  );
}
