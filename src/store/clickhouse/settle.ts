import { setTimeout as sleep } from "node:timers/promises";
import type { ClickHouseClient } from "@clickhouse/client";
import { LongwatchError } from "../../kernel/errors.js";

/**
 * After a lost answer: makes sure that the server no longer runs the statement, so that what the caller looks at next stays as it is.
 * @throws LW_STORE_UNREACHABLE where nobody can say.
 */
export async function settle(
  client: ClickHouseClient,
  queryId: string,
  delays: readonly number[],
): Promise<void> {
  for (const delay of delays) {
    // A statement that the server has not read yet would come after the first look: a moment for it to arrive.
    await sleep(delay);
    try {
      await client.command({
        query: "KILL QUERY WHERE query_id = {id:String} SYNC",
        query_params: { id: queryId },
      });
      const result = await client.query({
        query: "SELECT count() AS running FROM system.processes WHERE query_id = {id:String}",
        query_params: { id: queryId },
        format: "JSONEachRow",
      });
      const [row] = await result.json<{ running: string | number }>();
      if (row !== undefined && Number(row.running) === 0) return;
    } catch {
      // Not back yet: the next round asks again.
    }
  }
  throw new LongwatchError(
    "LW_STORE_UNREACHABLE",
    "the ClickHouse server broke off during a write and does not say whether it ended: what was committed before is safe; run the same command again when it is back",
  );
}
