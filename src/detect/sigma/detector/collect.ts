import { maskSecrets } from "../../../kernel/mask.js";
import { countWhile } from "../../../kernel/sorted.js";
import { HOUR, parseTime } from "../../../kernel/time.js";
import type { Evidence } from "../../../model/finding.js";
import type { DetectContext } from "../../port.js";
import { type CorrelationMatch, Correlator, fieldIn } from "../match/correlate.js";
import type { CorrelationRule, SigmaRule } from "../rule/model.js";
import type { RuleSet } from "../rule-set.js";
import { huntStored } from "../sql/hunt.js";
import type { About, StoredMatch } from "../sql/stored-record.js";
import { Owners, type Parties } from "./parties.js";
import { Tally } from "./tally.js";

/** Events of a rule that are kept as evidence for its correlations: in all, and of one owner with like values in one hour. */
const MOST_KEPT = 2_000;
const KEPT_ALIKE = 4;
const EVIDENCE = 8;
const LONGEST_SUMMARY = 300;

interface Kept {
  of: string;
  parties: Parties;
  time: number;
  evidence: Evidence;
  /** Values of the fields that correlations ask for. */
  fields: Readonly<Record<string, string>>;
}

export interface Collected {
  tallies: Tally[];
  /** Matches of rules that correlations refer to and that were too many to keep. */
  overflow: number;
}

/** Runs the rules, and sums up what they match by rule and organisation. */
export async function collect(context: DetectContext, { rules, logSources }: RuleSet): Promise<Collected> {
  const tallies = new Map<string, Tally>();
  const owners = await Owners.load(context);
  const correlator = new Correlator(rules);
  const windows = new WindowEvents(rules);
  const tallyOf = (rule: Tally["rule"], { orgId, realm }: Pick<Parties, "orgId" | "realm">): Tally => {
    const key = JSON.stringify([rule.path, rule.line, orgId, realm]);
    const tally = tallies.get(key) ?? new Tally(rule, orgId, realm);
    tallies.set(key, tally);
    return tally;
  };
  for await (const match of huntStored(context, rules, logSources)) {
    const { rule, record } = match;
    const time = parseTime(record.time);
    const field = (name: string): string | undefined => {
      const value = record.field(name);
      return typeof value === "string" ? value : value?.join("\n");
    };
    const parties = owners.partiesOf(record);
    const of = JSON.stringify([parties.orgId, parties.realm]);
    correlator.add({ rule, time, of, field });
    if (!correlator.isSilent(rule)) tallyOf(rule, parties).add(parties, time, () => evidenceOf(match));
    const asked = correlator.fieldsOf(rule);
    if (asked === undefined) continue;
    const fields = Object.fromEntries([...asked].map((name) => [name, field(name) ?? ""]));
    windows.add(rule, { of, time, fields, parties }, () => evidenceOf(match));
  }
  for (const match of correlator.finish()) {
    const { rule, first, last, of, group } = match;
    const [orgId, realm] = JSON.parse(of) as [string | null, string];
    const events = windows.of(match);
    const tally = tallyOf(rule, { orgId, realm });
    const one = events[0]?.parties ?? { host: group.Computer ?? "", others: [] };
    let next = 0;
    tally.add(one, first, () => events[next++]?.evidence);
    tally.last = Math.max(tally.last, last);
    for (const { parties, time, evidence } of events.slice(1)) {
      tally.alsoOn(parties.host, time);
      if (next++ < 4 && tally.evidence.length < EVIDENCE) tally.evidence.push(evidence);
    }
  }
  const overflow = [...correlator.overflow.values()].reduce((sum, each) => sum + each, 0);
  return { tallies: [...tallies.values()], overflow };
}

/** Events of which the windows of correlations consist, as far as they are kept. */
class WindowEvents {
  readonly #byReference: ReadonlyMap<string, SigmaRule>;
  readonly #kept = new Map<SigmaRule, Kept[]>();
  readonly #sorted = new Set<SigmaRule>();
  readonly #alike = new Map<SigmaRule, Map<string, number>>();

  constructor(rules: readonly SigmaRule[]) {
    this.#byReference = new Map(
      rules.flatMap((rule) => [rule.id, rule.name].map((name) => [name, rule] as const)),
    );
  }

  add(rule: SigmaRule, event: Omit<Kept, "evidence">, evidence: () => Evidence): void {
    const kept = this.#kept.get(rule) ?? [];
    this.#kept.set(rule, kept);
    if (kept.length >= MOST_KEPT) return;
    const alike = this.#alike.get(rule) ?? new Map<string, number>();
    this.#alike.set(rule, alike);
    const key = JSON.stringify([event.of, Math.floor(event.time / HOUR), event.fields]);
    const count = alike.get(key) ?? 0;
    alike.set(key, count + 1);
    if (count < KEPT_ALIKE) kept.push({ ...event, evidence: evidence() });
  }

  /** Kept events of a rule within a time. Those of several tables come one table after the other. */
  #between(rule: SigmaRule, from: number, to: number): readonly Kept[] {
    const kept = this.#kept.get(rule) ?? [];
    if (!this.#sorted.has(rule)) kept.sort((a, b) => a.time - b.time);
    this.#sorted.add(rule);
    return kept.slice(
      countWhile(kept, ({ time }) => time < from),
      countWhile(kept, ({ time }) => time <= to),
    );
  }

  /** In order of time; asked when all events have been added. */
  of({ rule, first, last, of, group }: CorrelationMatch): Kept[] {
    const found = new Set<Kept>();
    this.#collect(rule, of, group, [first, last], new Set(), found);
    return [...found].sort((a, b) => a.time - b.time);
  }

  #collect(
    correlation: CorrelationRule,
    of: string,
    group: Readonly<Record<string, string>>,
    [from, to]: readonly [number, number],
    above: ReadonlySet<SigmaRule>,
    found: Set<Kept>,
  ): void {
    for (const reference of correlation.rules) {
      const rule = this.#byReference.get(reference);
      if (rule === undefined || above.has(rule)) continue;
      const asked = Object.entries(group).map(
        ([name, value]) => [fieldIn(correlation, name, reference), value] as const,
      );
      // A match of a correlation counts at the end of its window.
      if (rule.kind === "correlation")
        this.#collect(
          rule,
          of,
          Object.fromEntries(asked),
          [from - rule.timespan * 1000, to],
          new Set([...above, rule]),
          found,
        );
      for (const each of this.#between(rule, from, to)) {
        const isOf = each.of === of && asked.every(([name, value]) => (each.fields[name] ?? value) === value);
        if (isOf) found.add(each);
      }
    }
  }
}

function evidenceOf({ record, fields }: StoredMatch): Evidence {
  const matched = Object.entries(fields()).map(([name, value]) => `${name}=${value}`);
  // Keywords match without a field.
  const what = matched.length === 0 && "what" in record.about ? record.about.what : matched.join(" ");
  const summary = maskSecrets(`${headOf(record.about)}: ${what}`);
  return {
    table: record.table,
    source_id: record.sourceId,
    line: record.line,
    time: record.time,
    summary: summary.length > LONGEST_SUMMARY ? `${summary.slice(0, LONGEST_SUMMARY)}…` : summary,
  };
}

function headOf(about: About): string {
  if ("computer" in about) return `${about.computer} ${about.kind}`;
  const { src, dst, name, sensor } = about;
  const to = name === "" ? dst : dst === "" ? name : `${name} (${dst})`;
  return [src, to].filter((end) => end !== "").join(" to ") || sensor;
}
