import { groupBy } from "../../../kernel/group-by.js";
import type { SqlParameters } from "../../../store/port.js";
import { type EventSource, eventSourcesOf, type LogSourceEntry } from "../logsource/index.js";
import type { SigmaEvent } from "../match/event.js";
import { withFilters } from "../match/filters.js";
import { isOf, Matcher } from "../match/matcher.js";
import { settled } from "../match/settled.js";
import { EventView } from "../match/view.js";
import type { Condition, DetectionRule, FilterRule, SigmaRule } from "../rule/model.js";
import { compileSql, Parameters } from "./compile.js";
import { inParts } from "./parts.js";
import { STORED_COLUMNS, StoredEvent, type StoredEventRow } from "./stored-event.js";
import type { StoredEvents, StoredMatch } from "./stored-record.js";
import { WindowsTable } from "./windows-table.js";

/** A kind of event that the case has. */
interface Kind extends Pick<SigmaEvent, "channel" | "provider" | "eventId"> {
  /** How many of them have fields that stand more than once. */
  listed: number;
}

/** One rule with one reading of its fields, and the kinds of event on which it can match. */
interface Plan {
  rule: DetectionRule;
  condition: Condition;
  source: EventSource;
  kinds: readonly Kind[];
  key: string;
}

/** Tests rules on the Windows events that a case has. */
export async function* huntEvents(
  store: StoredEvents,
  rules: readonly SigmaRule[],
  entries: readonly LogSourceEntry[],
): AsyncGenerator<StoredMatch> {
  const kinds = await kindsOf(store);
  const filters = rules.filter((rule) => rule.kind === "filter");
  const plans = rules
    .filter((rule) => rule.kind === "detection")
    .flatMap((rule) => plansOf(rule, filters, entries, kinds));
  for (const group of groupBy(plans, ({ key }) => key).values())
    for (const part of inParts(group)) {
      const readings = part.some(({ kinds: own }) => own.some(({ listed }) => listed > 0))
        ? [false, true]
        : [false];
      for (const lists of readings)
        yield* run(store, lists, part, [...part.map(({ rule }) => rule), ...filters], entries);
    }
}

/** Kinds of events in the case. */
async function kindsOf(store: StoredEvents): Promise<Kind[]> {
  return store.query<Kind>(
    "SELECT channel, provider, event_id AS eventId, countIf(notEmpty(lists)) AS listed FROM windows_event GROUP BY ALL ORDER BY ALL",
  );
}

function plansOf(
  rule: DetectionRule,
  filters: readonly FilterRule[],
  entries: readonly LogSourceEntry[],
  all: readonly Kind[],
): Plan[] {
  const condition = withFilters(rule, filters);
  const sources = eventSourcesOf(rule.logsource, entries);
  const isPlain = ({ rename, join, values }: EventSource): boolean =>
    rename === undefined && join === undefined && values === undefined;
  const plain = sources.filter(isPlain);
  // Where no field is translated, the places are one.
  const readings = [
    ...(plain.length > 0 ? [{ source: {}, places: plain }] : []),
    ...sources.filter((source) => !isPlain(source)).map((source) => ({ source, places: [source] })),
  ];
  return readings.flatMap(({ source, places }) => {
    const kinds = all.filter(
      (kind) =>
        places.some((place) => isOf(kind, place)) && settled(condition, viewOf(kind, source)) !== false,
    );
    if (kinds.length === 0) return [];
    const key = JSON.stringify([
      source,
      kinds.map(({ channel, provider, eventId }) => [channel, provider, eventId]),
    ]);
    return [{ rule, condition, source, kinds, key }];
  });
}

/** Any event of a kind, with what is the same in all of them. */
function viewOf({ channel, provider, eventId }: Kind, source: EventSource): EventView {
  const fixed: Record<string, string | undefined> = {
    Channel: channel,
    Provider_Name: provider,
    EventID: eventId < 0 ? undefined : String(eventId),
  };
  const view = new EventView(source);
  view.load({ channel, provider, eventId, field: (name) => fixed[name], texts: () => [] });
  return view;
}

/**
 * @param lists the events with fields that stand more than once, or the others
 * @param rules those of the part, and all filters
 */
async function* run(
  store: StoredEvents,
  lists: boolean,
  part: readonly Plan[],
  rules: readonly SigmaRule[],
  entries: readonly LogSourceEntry[],
): AsyncGenerator<StoredMatch> {
  const [{ source, kinds }] = part as [Plan];
  const parameters = new Parameters("p");
  const table = new WindowsTable(source, lists);
  const conditions = part.map(({ condition }) => `toUInt8(${compileSql(condition, table, parameters)})`);
  const sql = `SELECT ${STORED_COLUMNS}, fits FROM (
  SELECT ${STORED_COLUMNS}, arrayFilter((rule, fit) -> fit, range(${part.length}), [${conditions.join(",\n    ")}]) AS fits
  FROM (SELECT ${[STORED_COLUMNS, ...table.columns].join(",\n    ")}
    FROM windows_event
    WHERE ${lists ? "notEmpty" : "empty"}(lists) AND channel IN {channels:Array(String)} AND event_id IN {ids:Array(Int64)}
      AND (channel, provider, event_id) IN (SELECT kind.1, kind.2, kind.3 FROM (
        SELECT arrayJoin(arrayZip({kind_channels:Array(String)}, {kind_providers:Array(String)}, {kind_ids:Array(Int64)})) AS kind)))
) WHERE notEmpty(fits) ORDER BY time, source_id, source_line`;
  const values: SqlParameters = {
    ...parameters.values,
    channels: [...new Set(kinds.map(({ channel }) => channel))],
    ids: [...new Set(kinds.map(({ eventId }) => eventId))],
    kind_channels: kinds.map(({ channel }) => channel),
    kind_providers: kinds.map(({ provider }) => provider),
    kind_ids: kinds.map(({ eventId }) => eventId),
  };
  // What made a rule match is asked of the matcher, of the few events that do.
  const matcher = new Matcher(rules, entries);
  for await (const row of store.stream<StoredEventRow & { fits: number[] }>(sql, values)) {
    const event = new StoredEvent(row);
    const explained = matcher.match(event);
    for (const position of row.fits) {
      const { rule } = part[position] as Plan;
      yield {
        rule,
        record: event,
        fields: () => explained.find((match) => match.rule === rule)?.fields() ?? {},
      };
    }
  }
}
