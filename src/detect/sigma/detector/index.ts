import { groupBy } from "../../../kernel/group-by.js";
import { severityRank } from "../../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../../port.js";
import { eventsAsked } from "../sql/events-asked.js";
import { collect } from "./collect.js";
import { findingOf, isHabit, type Judged, judge, type Network, othersFinding } from "./finding.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { meet, type Tally } from "./tally.js";

export const detector: Detector = {
  manifest,
  async run(context: DetectContext): Promise<DetectorResult> {
    const { rules, logSources } = context.sigmaRules();
    if (rules.length === 0)
      return { findings: [], evaluated: [], notTested: say("sigma.none-sigma-rules-can") };
    const asked = await eventsAsked(context, rules, logSources);
    const filled = asked.filter(({ count }) => count > 0);
    if (filled.length === 0)
      return {
        findings: [],
        evaluated: [],
        notTested: say("sigma.no-case", asked.map(({ table }) => table).join(", no ")),
      };
    const networks = await networksOf(context);
    const hosts = [...networks.values()].reduce((sum, each) => sum + each.hosts, 0);
    const { tallies, overflow } = await collect(context, { rules, logSources });
    const judged = judgeAll(context, tallies, networks);
    const most = context.parameter("max_findings");
    const own = judged
      .filter(({ tally }) => severityRank(tally.rule.level) >= severityRank("medium"))
      .slice(0, most);
    const others = judged.filter((each) => !own.includes(each));
    const grouped = groupBy(others, ({ tally }) => JSON.stringify([tally.orgId, tally.realm]));
    return {
      findings: [...own.map((each) => findingOf(context, each)), ...[...grouped.values()].map(othersFinding)],
      evaluated: [
        { what: "rules", count: rules.filter(({ kind }) => kind !== "filter").length },
        ...filled.map(({ table, count }) => ({
          what: table === "windows_event" ? say("sigma.windows-events") : table,
          count,
        })),
        ...(hosts > 0 ? [{ what: "hosts", count: hosts }] : []),
        ...(overflow > 0 ? [{ what: say("sigma.matches-too-many-correlation"), count: overflow }] : []),
      ],
    };
  },
};

/** By address realm. */
async function networksOf(context: DetectContext): Promise<ReadonlyMap<string, Network>> {
  const rows = await context.query<{ realm: string; hosts: number | string; began: number | string }>(
    `SELECT realm, count() AS hosts, quantileExactLow(0.5)(first) AS began
     FROM (SELECT toString(address_realm) AS realm, toUnixTimestamp64Milli(min(time)) AS first FROM windows_event GROUP BY realm, computer)
     GROUP BY realm`,
  );
  return new Map(
    rows.map(({ realm, hosts, began }) => [realm, { hosts: Number(hosts), began: Number(began) }]),
  );
}

const NO_NETWORK: Network = { hosts: 0, began: Number.NEGATIVE_INFINITY };

/** Gravest first. */
function judgeAll(
  context: DetectContext,
  tallies: readonly Tally[],
  networks: ReadonlyMap<string, Network>,
): Judged[] {
  const hours = context.parameter("corroboration_hours");
  const noisy = context.parameter("noisy_per_host_day");
  const [share, days] = [context.parameter("habit_share"), context.parameter("habit_days")];
  const habits = new Set(
    tallies.filter((tally) => isHabit(tally, networks.get(tally.realm) ?? NO_NETWORK, share, days)),
  );
  const grave = tallies.filter(
    (tally) =>
      severityRank(tally.rule.level) >= severityRank("high") &&
      tally.perHostDay <= noisy &&
      !habits.has(tally),
  );
  return tallies
    .map((tally) => {
      const others = grave.filter(
        (other) => other !== tally && other.realm === tally.realm && meet(tally, other, hours),
      );
      return judge(tally, others.length, noisy, habits.has(tally));
    })
    .sort(
      (a, b) =>
        severityRank(b.severity) - severityRank(a.severity) ||
        b.score - a.score ||
        (a.tally.rule.title < b.tally.rule.title ? -1 : 1),
    );
}
