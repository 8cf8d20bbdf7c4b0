import { groupBy } from "../../../kernel/group-by.js";
import { type LogSourceEntry, type TableSource, tableSourcesOf } from "../logsource/index.js";
import { fieldsThatHold } from "../match/compile.js";
import { shownFields } from "../match/fields.js";
import { withFilters } from "../match/filters.js";
import { EventView } from "../match/view.js";
import type { Condition, DetectionRule, FilterRule, SigmaRule } from "../rule/model.js";
import { untried } from "../unmapped.js";
import { AttributeTable } from "./attribute-table.js";
import { compileSql, Parameters } from "./compile.js";
import { inParts } from "./parts.js";
import type { StoredEvents, StoredMatch } from "./stored-record.js";
import { rowColumns, StoredRow, type TableRow } from "./stored-row.js";

/** One rule with the names of one log source. */
interface Plan {
  rule: DetectionRule;
  condition: Condition;
  source: TableSource;
}

/** Tests rules on the rows of network and web logs. */
export async function* huntTables(
  store: StoredEvents,
  rules: readonly SigmaRule[],
  entries: readonly LogSourceEntry[],
): AsyncGenerator<StoredMatch> {
  const filters = rules.filter((rule) => rule.kind === "filter");
  const plans = rules
    .filter((rule) => rule.kind === "detection")
    .flatMap((rule) => plansOf(rule, filters, entries));
  for (const group of groupBy(plans, ({ source }) => source).values()) {
    const [{ source }] = group as [Plan];
    const [some] = await store.query<{ n: number }>(
      `SELECT count() AS n FROM (SELECT 1 FROM ${source.table} WHERE ${rowsOf(source)} LIMIT 1)`,
      bound(source),
    );
    if (some?.n === 0) continue;
    for (const part of inParts(group)) yield* run(store, source, part);
  }
}

function plansOf(
  rule: DetectionRule,
  filters: readonly FilterRule[],
  entries: readonly LogSourceEntry[],
): Plan[] {
  return tableSourcesOf(rule.logsource, entries)
    .filter((source) => untried(rule.condition, source) === undefined)
    .map((source) => ({ rule, condition: withFilters(rule, filters), source }));
}

/**
 * A connection that is reported while it is open is reported again when it ends: then only the last report counts.
 */
function rowsOf({ table, products, where = {} }: TableSource): string {
  const provisional =
    table === "network_activity"
      ? "record_state != 'final'"
      : table === "http_activity" || table === "tls_activity"
        ? "product = 'zeek-open'"
        : undefined;
  return [
    ...(products === undefined
      ? []
      : ["replaceOne(product, 'zeek-open', 'zeek') IN {products:Array(String)}"]),
    ...Object.keys(where).map((column) => `toString(${column}) IN {${column}:Array(String)}`),
    ...(provisional === undefined
      ? []
      : [
          `(NOT (${provisional}) OR connection_uid NOT IN (SELECT connection_uid FROM ${table} WHERE NOT (${provisional})
        AND connection_uid IN (SELECT connection_uid FROM ${table} WHERE ${provisional})))`,
        ]),
    "1",
  ].join(" AND ");
}

function bound({ products, where }: TableSource): Record<string, readonly string[]> {
  return { ...(products && { products }), ...where };
}

async function* run(
  store: StoredEvents,
  source: TableSource,
  part: readonly Plan[],
): AsyncGenerator<StoredMatch> {
  const parameters = new Parameters("p");
  const table = new AttributeTable(source);
  const conditions = part.map(({ condition }) => `toUInt8(${compileSql(condition, table, parameters)})`);
  const sql = `SELECT ${rowColumns(source).join(",\n    ")}, fits
FROM (
  SELECT *, arrayFilter((rule, fit) -> fit, range(${part.length}), [${conditions.join(",\n    ")}]) AS fits
  FROM (SELECT ${["*", ...table.columns].join(",\n    ")} FROM ${source.table} WHERE ${rowsOf(source)})
) WHERE notEmpty(fits) ORDER BY time, source_id, source_line`;
  // What made a rule match is asked of the matcher, of the few rows that do.
  const view = new EventView({});
  const values = { ...parameters.values, ...bound(source) };
  for await (const row of store.stream<TableRow & { fits: number[] }>(sql, values)) {
    const record = new StoredRow(source, row);
    for (const position of row.fits) {
      const { rule, condition } = part[position] as Plan;
      const fields = (): Record<string, string> => {
        view.load(record);
        const names = new Set<string>();
        fieldsThatHold(condition, view, names);
        return withoutOthers(source, shownFields(names, view));
      };
      yield { rule, record, fields };
    }
  }
}

/** Of a field that stands for several attributes the first is shown: it holds what the others say. */
function withoutOthers({ fields }: TableSource, shown: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(shown).map(([name, value]) => {
      const mapped = fields[name];
      const several = mapped !== undefined && "attributes" in mapped && mapped.attributes.length > 1;
      return [name, several ? (value.split("\n")[0] ?? "") : value];
    }),
  );
}
