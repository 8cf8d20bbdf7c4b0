import { groupBy } from "../../../kernel/group-by.js";
import type { CorrelationRule, SigmaRule } from "../rule/model.js";
import { type WindowEvent, windowState } from "./window.js";

/** A match of a rule, as a correlation sees it. */
export interface RuleMatch {
  rule: SigmaRule;
  /** Milliseconds UTC. */
  time: number;
  /** Whose event it is, where that is told: events of two owners are never put together. */
  of?: string;
  /** The value of a field, by the rule's name; undefined where the event has none. */
  field(name: string): string | undefined;
}

export interface CorrelationMatch {
  rule: CorrelationRule;
  /** Milliseconds UTC of the first and the last event of the window. */
  first: number;
  last: number;
  events: number;
  /** As {@link RuleMatch.of}; '' where it is not told. */
  of: string;
  /** Group fields (or aliases) with their values. */
  group: Readonly<Record<string, string>>;
}

interface Kept {
  time: number;
  of: string;
  fields: ReadonlyMap<string, string>;
}

/** Matches of one rule that are kept for correlations; more are counted and named, so that memory stays bounded. */
const MOST_KEPT = 1_000_000;

/**
 * Collects the matches of the rules that correlations refer to, in any order, and answers at the end. A window opens at an event and holds all of its group up to
 * the timespan; if the condition holds, it is one match, and the next window opens after it; otherwise the next opens at the next event.
 */
export class Correlator {
  readonly #correlations: readonly CorrelationRule[];
  readonly #byReference = new Map<string, SigmaRule>();
  readonly #needed = new Map<SigmaRule, Set<string>>();
  readonly #kept = new Map<SigmaRule, Kept[]>();
  readonly #silent = new Set<SigmaRule>();
  /** Matches that were too many to keep, by rule. */
  readonly overflow = new Map<SigmaRule, number>();

  constructor(rules: readonly SigmaRule[]) {
    for (const rule of rules) {
      if (rule.id !== "") this.#byReference.set(rule.id, rule);
      if (rule.name !== "") this.#byReference.set(rule.name, rule);
    }
    this.#correlations = inOrder(
      rules.filter((rule) => rule.kind === "correlation"),
      this.#byReference,
    );
    for (const correlation of this.#correlations)
      for (const reference of correlation.rules) {
        const rule = this.#byReference.get(reference);
        if (rule === undefined) continue;
        const fields = this.#needed.get(rule) ?? new Set();
        for (const name of correlation.groupBy) fields.add(fieldIn(correlation, name, reference));
        if (correlation.field !== "") fields.add(fieldIn(correlation, correlation.field, reference));
        this.#needed.set(rule, fields);
        if (!correlation.generate) this.#silent.add(rule);
      }
  }

  /** Rules that are there for a correlation and are not reported by themselves (specification: generate). */
  isSilent(rule: SigmaRule): boolean {
    return this.#silent.has(rule);
  }

  /** The fields of a rule's match that correlations ask for; undefined where none refers to the rule. */
  fieldsOf(rule: SigmaRule): ReadonlySet<string> | undefined {
    return this.#needed.get(rule);
  }

  add(match: RuleMatch): void {
    const fields = this.#needed.get(match.rule);
    if (fields === undefined) return;
    const kept = this.#kept.get(match.rule) ?? [];
    this.#kept.set(match.rule, kept);
    if (kept.length >= MOST_KEPT) {
      this.overflow.set(match.rule, (this.overflow.get(match.rule) ?? 0) + 1);
      return;
    }
    const values = new Map<string, string>();
    for (const name of fields) {
      const value = match.field(name);
      if (value !== undefined) values.set(name, value);
    }
    kept.push({ time: match.time, of: match.of ?? "", fields: values });
  }

  finish(): CorrelationMatch[] {
    const all: CorrelationMatch[] = [];
    for (const rule of this.#correlations) {
      const matches = this.#evaluate(rule);
      for (const match of matches) {
        if (!this.#silent.has(rule)) all.push(match);
        this.add({ rule, time: match.last, of: match.of, field: (name) => match.group[name] });
      }
    }
    return all.sort((a, b) => a.first - b.first);
  }

  #evaluate(rule: CorrelationRule): CorrelationMatch[] {
    const events: (WindowEvent & { key: string; of: string; group: Record<string, string> })[] = [];
    for (const [position, reference] of rule.rules.entries()) {
      const of = this.#byReference.get(reference);
      for (const { time, of: owner, fields } of (of && this.#kept.get(of)) ?? []) {
        const group: Record<string, string> = {};
        let whole = true;
        for (const name of rule.groupBy) {
          const value = fields.get(fieldIn(rule, name, reference));
          if (value === undefined) whole = false;
          else group[name] = value;
        }
        // An event without a field of the group belongs to none.
        if (!whole) continue;
        const value = rule.field === "" ? undefined : fields.get(fieldIn(rule, rule.field, reference));
        events.push({ time, rule: position, value, key: JSON.stringify([owner, group]), of: owner, group });
      }
    }
    const matches: CorrelationMatch[] = [];
    for (const list of groupBy(events, ({ key }) => key).values()) {
      list.sort((a, b) => a.time - b.time || a.rule - b.rule);
      matches.push(...slide(rule, list));
    }
    return matches;
  }
}

function slide(
  rule: CorrelationRule,
  events: readonly (WindowEvent & { of: string; group: Record<string, string> })[],
): CorrelationMatch[] {
  const matches: CorrelationMatch[] = [];
  const span = rule.timespan * 1000;
  let state = windowState(rule);
  let end = 0;
  for (let start = 0; start < events.length; ) {
    const first = events[start] as (typeof events)[number];
    while (end < events.length && (events[end] as WindowEvent).time - first.time <= span)
      state.add(events[end++] as WindowEvent);
    if (state.holds()) {
      const last = events[end - 1] as WindowEvent;
      const { of, group } = first;
      matches.push({ rule, first: first.time, last: last.time, events: end - start, of, group });
      start = end;
      state = windowState(rule);
    } else state.remove(events[start++] as WindowEvent);
  }
  return matches;
}

/** What a group-by or counted name is called in one of the rules. */
export function fieldIn({ aliases }: CorrelationRule, name: string, reference: string): string {
  return aliases.get(name)?.get(reference) ?? name;
}

/** Correlations after those that they refer to. One that refers to itself in the end never has matches to begin with. */
function inOrder(
  correlations: readonly CorrelationRule[],
  byReference: ReadonlyMap<string, SigmaRule>,
): CorrelationRule[] {
  const ordered: CorrelationRule[] = [];
  const seen = new Set<SigmaRule>();
  const visit = (rule: CorrelationRule): void => {
    if (seen.has(rule)) return;
    seen.add(rule);
    for (const reference of rule.rules) {
      const other = byReference.get(reference);
      if (other?.kind === "correlation") visit(other);
    }
    ordered.push(rule);
  };
  for (const rule of correlations) visit(rule);
  return ordered;
}
