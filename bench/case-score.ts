import { readFileSync } from "node:fs";
import { join } from "node:path";
import { groupBy } from "../src/kernel/group-by.js";
import { plural } from "../src/kernel/plural.js";
import { DAY } from "../src/kernel/time.js";
import type { Assessment, OrgStatus } from "../src/model/assessment.js";
import type { ResponseAction } from "../src/model/recommendation.js";

/** What a score needs of `truth.json`. */
export interface CaseTruth {
  victims: { org_id: string; first_contact: string; last_contact: string; hosts: string[] }[];
  clean: string[];
  /** Clean organisations that touched a server all the same. */
  contacted?: { org_id: string }[];
  /** Names and addresses of the victims' hosts, where the story has both. */
  hosts?: { host: string; address: string }[];
  intrusions: { cluster: string | null; org_id: string }[];
  schedule: { utc_offset_minutes: number };
}

/** Hosts to isolate or to examine, in their order, against those of truth. */
interface ListScore {
  length: number;
  /** Places of truth's hosts, from 1, one list for each organisation behind the other. */
  places: number[];
  /** Others that stand before the last of truth's hosts. */
  othersBefore: number;
}

export interface CaseScore {
  /** Victims by status. */
  victims: Partial<Record<OrgStatus, number>>;
  /** Others with another status than truth gives them. */
  wrong: string[];
  /** Days by which first and last contact are said too late (above 0) or too early, of each victim. */
  first: number[];
  last: number[];
  /** How often each verdict is given, and on which cluster. */
  verdicts: Map<string, number>;
  clusters: string[];
  isolate: ListScore;
  examine: ListScore;
  /** Hosts of truth that are in neither list. */
  missing: string[];
  /** What is said of the hours of whoever is behind all servers together. */
  hours: string;
}

export const readTruth = (telemetry: string): CaseTruth =>
  JSON.parse(readFileSync(join(telemetry, "truth.json"), "utf8")) as CaseTruth;

/** How an assessment compares with what really happened: organisations, dates, clusters, hosts, working hours. */
export function scoreCase(truth: CaseTruth, assessment: Assessment): CaseScore {
  const said = new Map(assessment.organisations.map((each) => [each.org_id, each]));
  const touched = new Set((truth.contacted ?? []).map(({ org_id }) => org_id));
  const days = (of: "first" | "last") =>
    truth.victims.flatMap((victim) => {
      const at = said.get(victim.org_id)?.[`${of}_seen`];
      return at == null ? [] : [(Date.parse(at) - Date.parse(victim[`${of}_contact`])) / DAY];
    });
  const isolate = listed(truth, assessment, "isolate-hosts");
  const examine = listed(truth, assessment, "examine-hosts");
  const named = new Set([...isolate.keys, ...examine.keys]);
  return {
    victims: counted(truth.victims.map(({ org_id }) => said.get(org_id)?.status ?? "no_data")),
    wrong: truth.clean.flatMap((org) => {
      const status = said.get(org)?.status ?? "no_data";
      const isRight =
        status === "no_data" || status === "no_evidence" || (status === "contacted" && touched.has(org));
      return isRight ? [] : [`${org} ${status}`];
    }),
    first: days("first"),
    last: days("last"),
    verdicts: new Map(
      Object.entries(
        counted(assessment.attribution.map(({ verdict, cluster }) => `${verdict} ${cluster ?? ""}`.trim())),
      ),
    ),
    clusters: [...new Set(truth.intrusions.map(({ cluster }) => cluster ?? "none"))],
    isolate: isolate.score,
    examine: examine.score,
    missing: victimKeys(truth).filter((key) => !named.has(key)),
    hours: hoursOf(truth, assessment),
  };
}

const counted = <Key extends string>(values: readonly Key[]) =>
  Object.fromEntries(
    [...groupBy(values, (value) => value)].map(([value, all]) => [value, all.length]),
  ) as Record<Key, number>;

/** One text for a host of truth, whether it is told by its address or its name, with the domain or without. */
function keys({ hosts = [] }: CaseTruth): (org: string | null, value: string) => string {
  const named = new Map(
    hosts.flatMap(({ host, address }) => {
      const name = host.toLowerCase();
      return [name, name.split(".", 1)[0] as string, address].map((each) => [each, name] as const);
    }),
  );
  return (org, value) => `${org} ${named.get(value.toLowerCase()) ?? value.toLowerCase()}`;
}

function victimKeys(truth: CaseTruth): string[] {
  const keyOf = keys(truth);
  return truth.victims.flatMap(({ org_id, hosts }) => hosts.map((host) => keyOf(org_id, host)));
}

function listed(truth: CaseTruth, { recommendations }: Assessment, action: ResponseAction) {
  const keyOf = keys(truth);
  const victims = new Set(victimKeys(truth));
  const lists = recommendations.response
    .filter((each) => each.action === action)
    .map(({ org_id, targets }) => targets.map(({ value }) => keyOf(org_id, value)));
  const places = lists.map((list) => list.flatMap((key, at) => (victims.has(key) ? [at + 1] : [])));
  const score: ListScore = {
    length: lists.flat().length,
    places: places.flat(),
    othersBefore: places.reduce((sum, own) => sum + (own.at(-1) ?? 0) - own.length, 0),
  };
  return { score, keys: lists.flat() };
}

/** Of the cluster with most activity. */
function hoursOf({ schedule }: CaseTruth, { schedules }: Assessment): string {
  const [first] = schedules.filter(({ subject }) => subject.kind !== "account");
  if (first === undefined) return "nothing said";
  const { offset, verdict } = first;
  if (offset === null) return `${verdict}; truth is ${zone(schedule.utc_offset_minutes)}`;
  const [from, to] = offset.interval95;
  return `${verdict}, ${zone(offset.best_minutes)}, 95 % ${zone(from)} to ${zone(to)}; truth is ${zone(schedule.utc_offset_minutes)}`;
}

const zone = (minutes: number) => `UTC${minutes < 0 ? "" : "+"}${minutes / 60}`;

/** The score in lines. */
export function caseTable(score: CaseScore): string {
  const { victims, wrong, first, last, verdicts, clusters, isolate, examine, missing, hours } = score;
  const list = (what: string, { length, places, othersBefore }: ListScore) =>
    `hosts to ${what}: ${length}; ${places.length} of truth${places.length > 0 && places.length <= 12 ? `, at ${places.join(", ")}` : ""}; ${plural(othersBefore, "other")} before the last of them`;
  return [
    `victims: ${Object.entries(victims)
      .map(([status, count]) => `${count} ${status}`)
      .join(", ")}`,
    `others with a wrong status: ${wrong.length}${wrong.length > 0 ? ` (${wrong.join(", ")})` : ""}`,
    `first contact off by ${spread(first)} days, last by ${spread(last)}`,
    `attribution: ${[...verdicts].map(([verdict, count]) => `${count} ${verdict}`).join(", ") || "none"}; truth: ${clusters.join(", ")}`,
    list("isolate", isolate),
    list("examine", examine),
    `hosts of truth in neither: ${missing.length}${missing.length > 0 ? ` (${missing.slice(0, 12).join(", ")})` : ""}`,
    `working hours: ${hours}`,
    "",
  ].join("\n");
}

/** Least, median and most. */
function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN).toFixed(2);
  return values.length === 1 ? at(0) : `${at(0)} to ${at(1)} (median ${at(0.5)})`;
}
