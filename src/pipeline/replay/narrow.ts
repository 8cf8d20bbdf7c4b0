import { unique } from "../../kernel/group-by.js";
import { DAY, isoDay, parseTime } from "../../kernel/time.js";
import type { Assessment } from "../../model/assessment.js";
import { type Finding, severityRank } from "../../model/finding.js";
import type { ReplayedOrganisation, ReplayMoment } from "../../model/replay.js";

/** What could be said of one organisation at one time. */
export interface Said {
  suspected: boolean;
  compromised: boolean;
  /** Detectors with a finding of medium or above that bears on it. */
  detectors: ReadonlySet<string>;
}

/** A time (milliseconds UTC, a midnight), and what records from before it say of organisations. */
export interface Look {
  at: number;
  said: ReadonlyMap<string, Said>;
}

/** Organisations of which an assessment says something. */
export function saidIn(
  { organisations }: Pick<Assessment, "organisations">,
  findings: readonly Finding[],
): Map<string, Said> {
  const telling = new Map(
    findings
      .filter(({ severity }) => severityRank(severity) >= severityRank("medium"))
      .map((finding) => [finding.id, finding.detector]),
  );
  const said = new Map<string, Said>();
  for (const { org_id, status, findings: ids } of organisations) {
    const detectors = new Set(ids.flatMap((id) => telling.get(id) ?? []));
    const compromised = status === "compromised";
    const suspected = compromised || status === "suspected";
    if (suspected || detectors.size > 0) said.set(org_id, { suspected, compromised, detectors });
  }
  return said;
}

/** First look, in order of time, at which something holds, with the look before. */
function momentOf(
  looks: readonly Look[],
  holds: (said: Said) => boolean,
  orgId: string,
): ReplayMoment | null {
  const index = looks.findIndex(({ said }) => {
    const of = said.get(orgId);
    return of !== undefined && holds(of);
  });
  const found = looks[index];
  if (found === undefined) return null;
  const before = looks[index - 1];
  return { after: before === undefined ? null : isoDay(before.at), by: isoDay(found.at) };
}

/**
 * Where to look next: the middle of the interval in which most is still to be told apart, by number of organisations and statuses that
 * changed in it times its days. Undefined where all is known to the day.
 *
 * @param start midnight of the first day of telemetry: before it nothing can be said
 * @param looks in order of time, the last of them at the end of the telemetry
 */
export function nextLook(start: number, looks: readonly Look[]): number | undefined {
  const organisations = unique(looks.flatMap(({ said }) => [...said.keys()]));
  let best: { worth: number; at: number } | undefined;
  for (const [index, look] of looks.entries()) {
    const from = looks[index - 1]?.at ?? start;
    const days = Math.round((look.at - from) / DAY);
    if (days < 2) continue;
    const by = isoDay(look.at);
    const changes = organisations.reduce(
      (sum, orgId) =>
        sum +
        Number(momentOf(looks, ({ suspected }) => suspected, orgId)?.by === by) +
        Number(momentOf(looks, ({ compromised }) => compromised, orgId)?.by === by),
      0,
    );
    const worth = changes * days;
    if (worth > (best?.worth ?? 0)) best = { worth, at: from + Math.floor(days / 2) * DAY };
  }
  return best?.at;
}

/** When each organisation that is suspected or worse in the end could have been known, the longest hidden first. */
export function replayed(
  { organisations }: Pick<Assessment, "organisations">,
  looks: readonly Look[],
): ReplayedOrganisation[] {
  const end = looks.at(-1)?.at ?? 0;
  return organisations
    .flatMap(({ org_id, name, status, first_seen }) => {
      if (status !== "compromised" && status !== "suspected") return [];
      const suspected = momentOf(looks, (said) => said.suspected, org_id);
      const by = suspected === null ? undefined : parseTime(suspected.by);
      const detectors = unique(looks.flatMap(({ said }) => [...(said.get(org_id)?.detectors ?? [])]))
        .flatMap((id) => {
          const moment = momentOf(looks, (said) => said.detectors.has(id), org_id);
          return moment === null ? [] : [{ id, moment }];
        })
        .sort((a, b) => compare(a.moment.by, b.moment.by) || compare(a.id, b.id));
      return [
        {
          org_id,
          name,
          status,
          first_seen,
          suspected,
          compromised: momentOf(looks, (said) => said.compromised, org_id),
          days_hidden: by === undefined || first_seen === null ? null : wholeDays(parseTime(first_seen), by),
          days_saved: by === undefined ? null : wholeDays(by, end),
          detectors,
        },
      ];
    })
    .sort((a, b) => (b.days_hidden ?? -1) - (a.days_hidden ?? -1) || compare(a.org_id, b.org_id));
}

const wholeDays = (from: number, to: number): number => Math.max(0, Math.round((to - from) / DAY));
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
