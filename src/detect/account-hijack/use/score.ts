import type { ScoreComponent } from "../../../model/finding.js";
import { say } from "../messages.js";
import { often } from "../trait.js";
import type { Episode } from "./history.js";

const WEIGHT = { source: 0.35, desk: 0.2, hours: 0.5, hosts: 0.15, way: 0.15 };
/** Days of use at unusual hours from which on they are no single night of work. */
const AGAIN = 5;

/**
 * Sum of the components, at most 1. A new laptop alone is low; with credentials used in a new way on new hosts, or again and again at unusual hours, more.
 *
 * @param others accounts that usually log on from this source
 */
export function componentsOf(episode: Episode, others: number): ScoreComponent[] {
  const { source, sourceRate, hostRate, hosts, newHosts, newWays, hours, oddHours, oddDays, historyDays } =
    episode;
  const isNew = source !== "";
  const oddShare = hours === 0 ? 0 : oddHours / hours;
  const components: ScoreComponent[] = [
    {
      name: "new source",
      value: isNew ? Math.max(0, 1 - sourceRate) : 0,
      weight: WEIGHT.source,
      meaning: isNew
        ? say("account-hijack.never-used-from-days", source, historyDays)
        : say("account-hijack.its-sources-usual-ones"),
    },
    {
      name: "somebody else's desk",
      value: others > 0 ? Math.max(0, 1 - sourceRate) : 0,
      weight: WEIGHT.desk,
      meaning:
        others > 0
          ? say(
              "account-hijack.from-there",
              others === 1
                ? say("account-hijack.another-account-usually-logs")
                : say("account-hijack.other-accounts-usually-log", others),
            )
          : say("account-hijack.nobody-else-known-log"),
    },
    {
      name: "unusual hours",
      value: oddShare * (0.6 + 0.4 * Math.min(1, oddDays / AGAIN)),
      weight: WEIGHT.hours,
      meaning:
        oddHours === 0
          ? say("account-hijack.its-hours-usual-ones")
          : say(
              "account-hijack.hours-which-used-at",
              oddHours,
              hours,
              oddDays === 1 ? say("account-hijack.one-day") : say("account-hijack.days", oddDays),
            ),
    },
    {
      name: "new hosts",
      value: hosts.size === 0 ? 0 : (newHosts.size / hosts.size) * Math.max(0, 1 - hostRate),
      weight: WEIGHT.hosts,
      meaning: say("account-hijack.hosts-reached-new-less", newHosts.size, hosts.size),
    },
    {
      name: "new way",
      value: newWays.size > 0 ? 1 : 0,
      weight: WEIGHT.way,
      meaning:
        newWays.size > 0
          ? say("account-hijack.never-logged-so-before", [...newWays].sort().slice(0, 3).join("; "))
          : say("account-hijack.logged-as-does"),
    },
  ];
  return components.map((each) => ({ ...each, value: Math.round(each.value * 1000) / 1000 }));
}

export function scoreOf(components: readonly ScoreComponent[]): number {
  return Math.min(
    1,
    components.reduce((sum, { value, weight }) => sum + value * weight, 0),
  );
}

/** `from 10.1.0.66, 12 times on 3 days` */
export function inWords({ source, logons, days }: Episode): string {
  const where = source === "" ? "from its usual sources at unusual hours" : `from ${source}`;
  return `${where}, ${often(logons, days)}`;
}
