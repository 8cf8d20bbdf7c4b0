import type { Organisation, OrganisationRange } from "../../model/organisation.js";
import { formatPrefix, type Prefix, parsePrefix } from "../net/prefix.js";
import { isPrivateScope, specialScopeOfPrefix } from "../net/scope.js";
import { Problems, quoted, type Warnings } from "../text/problems.js";
import { hasControlCharacters, readTable, type TableRow } from "../text/table.js";
import { parseValidFrom, parseValidTo, TIME_HINT } from "../text/validity.js";
import { normaliseSector, sectorSuggestion } from "./sectors.js";

const COLUMNS = [
  "cidr",
  "realm",
  "org_id",
  "org",
  "sector",
  "subsector",
  "valid_from",
  "valid_to",
  "source",
] as const;
type Row = TableRow<(typeof COLUMNS)[number]>;

/** Realm of ranges that are the same place whoever looks: public addresses. */
export const EVERYWHERE = "*";

/** Of one prefix; a list that contradicts itself more often needs no further example, and time stays linear. */
const OVERLAPS_SHOWN = 20;

export interface InventoryRange extends OrganisationRange {
  readonly prefix: Prefix;
}

/** Line breaks inside a quoted field are legal CSV; in a name they are a space. */
const flat = (text: string): string => text.replace(/\s+/g, " ");

function readPrefix(row: Row, file: string, problems: Problems, warnings: Warnings): Prefix | undefined {
  const text = row.get("cidr");
  const parsed = parsePrefix(text);
  if (parsed === undefined) {
    problems.add(
      row.line,
      `${quoted(text)} is not an address range: write it like 10.1.0.0/16 or 2001:db8::/32`,
    );
    return undefined;
  }
  if (parsed.prefix.length === 0) {
    problems.add(row.line, `${quoted(text)} is every address there is: no organisation owns that`);
    return undefined;
  }
  if (parsed.hostBits) {
    warnings.add(
      `${file}:${row.line}: ${text} has bits set beyond its length; read as ${formatPrefix(parsed.prefix)}`,
    );
  }
  return parsed.prefix;
}

function readRange(
  row: Row,
  file: string,
  problems: Problems,
  warnings: Warnings,
): InventoryRange | undefined {
  const before = problems.count;
  const prefix = readPrefix(row, file, problems, warnings);
  const orgId = flat(row.get("org_id"));
  if (orgId === "") problems.add(row.line, "org_id is empty: every range needs the id of its organisation");
  const validFrom = parseValidFrom(row.get("valid_from"));
  if (validFrom === undefined)
    problems.add(row.line, `valid_from ${quoted(row.get("valid_from"))} is not a time: ${TIME_HINT}`);
  const validTo = parseValidTo(row.get("valid_to"));
  if (validTo === undefined)
    problems.add(row.line, `valid_to ${quoted(row.get("valid_to"))} is not a time: ${TIME_HINT}`);
  if (validFrom !== undefined && validTo !== undefined && validFrom >= validTo) {
    problems.add(
      row.line,
      `valid_to ${row.get("valid_to")} does not lie after valid_from ${row.get("valid_from")}`,
    );
  }
  for (const column of ["realm", "org_id", "org", "sector", "subsector", "source"] as const) {
    if (hasControlCharacters(flat(row.get(column))))
      problems.add(row.line, `${column} holds control characters`);
  }
  if (problems.count > before || prefix === undefined || validFrom === undefined || validTo === undefined)
    return undefined;
  const realm = row.get("realm") || EVERYWHERE;
  const scope = specialScopeOfPrefix(prefix);
  if (isPrivateScope(scope) && realm === EVERYWHERE) {
    warnings.add(
      `${file}:${row.line}: ${formatPrefix(prefix)} is ${scope} space without a realm: it would be ${quoted(orgId)} behind every sensor; name the realm`,
    );
  }
  return {
    prefix,
    cidr: formatPrefix(prefix),
    realm,
    orgId,
    name: flat(row.get("org")) || orgId,
    sector: normaliseSector(row.get("sector")),
    subsector: flat(row.get("subsector")),
    validFrom,
    validTo,
    source: flat(row.get("source")),
    line: row.line,
  };
}

/**
 * Reads the organisation inventory. Private space is told from public by {@link EVERYWHERE}; a day in `valid_to` counts to its end.
 * @throws LongwatchError LW_INVENTORY with all bad lines.
 */
export function readOrganisations(text: string, file: string, warnings: Warnings): InventoryRange[] {
  const problems = new Problems("LW_INVENTORY", file);
  const rows = readTable(text, { columns: COLUMNS, required: COLUMNS }, problems, warnings);
  const ranges = rows
    .map((row) => readRange(row, file, problems, warnings))
    .filter((range) => range !== undefined);
  problems.throwIfAny();
  if (ranges.length === 0) warnings.add(`${file}: the inventory names no organisation`);
  warnOfSectors(ranges, file, warnings);
  warnOfOverlaps(ranges, file, warnings);
  return ranges;
}

function warnOfSectors(ranges: readonly InventoryRange[], file: string, warnings: Warnings): void {
  const said = new Set<string>();
  for (const { sector, line, orgId } of ranges) {
    if (sector === "") {
      warnings.add(
        `${file}:${line}: ${quoted(orgId)} has no sector: it will be missing from the sector picture`,
      );
      continue;
    }
    const meant = said.has(sector) ? undefined : sectorSuggestion(sector);
    said.add(sector);
    if (meant === undefined) continue;
    const hint = meant === "" ? "" : ` (did you mean "${meant}"?)`;
    warnings.add(
      `${file}:${line}: the sector ${quoted(sector)} is not in STIX 2.1 industry-sector-ov${hint}; kept as it is`,
    );
  }
}

/** Two owners of one prefix at one time. The line that stands first counts. Nested prefixes are ordinary and not mentioned. */
function warnOfOverlaps(ranges: readonly InventoryRange[], file: string, warnings: Warnings): void {
  const groups = new Map<string, InventoryRange[]>();
  for (const range of ranges) {
    const key = `${range.realm}\n${range.cidr}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [range]);
    else group.push(range);
  }
  for (const group of groups.values()) {
    // Sorted by beginning, a range can only overlap what ends last before it: of its own owner or of the others.
    const latest = new Map<string, InventoryRange>();
    let said = 0;
    for (const range of group.toSorted((a, b) => a.validFrom - b.validFrom)) {
      for (const [orgId, other] of latest) {
        if (other.validTo <= range.validFrom) latest.delete(orgId);
        else if (orgId !== range.orgId && said++ < OVERLAPS_SHOWN) warnings.add(overlap(file, other, range));
      }
      if (said >= OVERLAPS_SHOWN) break;
      const own = latest.get(range.orgId);
      if (own === undefined || own.validTo < range.validTo) latest.set(range.orgId, range);
    }
  }
}

function overlap(file: string, one: InventoryRange, other: InventoryRange): string {
  const [first, second] = one.line < other.line ? [one, other] : [other, one];
  const realm = first.realm === EVERYWHERE ? "" : ` in realm ${quoted(first.realm)}`;
  return `${file}:${second.line}: ${first.cidr}${realm} belongs to ${quoted(first.orgId)} (line ${first.line}) and to ${quoted(second.orgId)} at the same time; line ${first.line} counts`;
}

/** Each organisation once, as its first line describes it. */
export function organisationsOf(
  ranges: readonly InventoryRange[],
  file: string,
  warnings: Warnings,
): Map<string, Organisation> {
  const organisations = new Map<string, Organisation>();
  for (const { orgId, name, sector, subsector, line } of ranges) {
    const known = organisations.get(orgId);
    if (known === undefined) organisations.set(orgId, { orgId, name, sector, subsector });
    else if (known.name !== name || known.sector !== sector || known.subsector !== subsector) {
      warnings.add(
        `${file}:${line}: ${quoted(orgId)} has another name or sector than on an earlier line; the first one counts`,
      );
    }
  }
  return organisations;
}
