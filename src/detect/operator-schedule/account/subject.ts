import { unique } from "../../../kernel/group-by.js";
import type {
  AssessedSchedule,
  ScheduleContacts,
  ScheduleSubject,
} from "../../../model/assessed-schedule.js";
import type { DetectContext } from "../../port.js";
import { realmOwners } from "../../shared/realm-owner.js";
import type { OrganisationRhythm } from "../rhythm.js";
import { assess, subjectId } from "../subject.js";
import type { AccountLogons } from "./logons.js";
import { type LogHours, logExposure } from "./logs.js";
import { type HijackedAccount, keyOf } from "./named.js";

/** What is known about the logs, for all accounts. */
export interface LogSurroundings {
  hours: LogHours;
  /** What the people of a realm do, by realm; `*` for all others. */
  rhythms: ReadonlyMap<string, OrganisationRhythm>;
}

export function analyseAccount(
  context: DetectContext,
  account: AccountLogons,
  { hours, rhythms }: LogSurroundings,
): AssessedSchedule {
  const { named, interactive, machines, realms } = account;
  const [from, to] = [interactive[0] ?? context.span.first, interactive.at(-1) ?? context.span.last];
  return assess(context.calendars, {
    id: subjectId({ kind: "account", key: keyOf(named) }),
    subject: subjectOf(context, account),
    contacts: countsOf(account),
    // One person's half-hour is one, on however many hosts it shows.
    events: interactive.map((time) => ({ time, actor: named.label })),
    machines,
    exposureAt: logExposure(account, hours),
    span: { from, to },
    parts: realms.flatMap((realm) => {
      const rhythm = rhythms.get(realm) ?? rhythms.get("*");
      return rhythm === undefined ? [] : [{ rhythm, weight: 1 / realms.length }];
    }),
  });
}

function subjectOf(
  context: DetectContext,
  { named, hosts, pairs, sensors, realms }: AccountLogons,
): ScheduleSubject {
  return {
    kind: "account",
    name: named.label,
    servers: [],
    names: [],
    organisations: organisationsOf(named, realms.map(realmOwners(context.directory))),
    hosts: hosts.size,
    pairs,
    sensors,
    part_of: null,
  };
}

/** Those of the findings that name the account; where they know none, those of the address plans that it logged on in. */
function organisationsOf({ findings }: HijackedAccount, owners: readonly (string | null)[]): string[] {
  const known = (ids: readonly (string | null)[]) => unique(ids.filter((id) => id !== null)).sort();
  const named = known(findings.map(({ org_id }) => org_id));
  return named.length > 0 ? named : known(owners);
}

function countsOf({
  logons,
  failed,
  elsewhere,
  folded,
  automated,
  interactive,
}: AccountLogons): ScheduleContacts {
  return {
    connections: logons,
    empty: failed,
    visits: elsewhere,
    routine: 0,
    automated,
    folded,
    interactive: interactive.length,
  };
}
