import { groupBy } from "../../../kernel/group-by.js";
import type { EventSource } from "../logsource/index.js";
import type { Condition, DetectionRule, FilterRule } from "../rule/model.js";
import { Automaton } from "./automaton.js";
import { compile, fieldsThatHold } from "./compile.js";
import type { SigmaEvent } from "./event.js";
import { shownFields } from "./fields.js";
import { withFilters } from "./filters.js";
import { type Literal, type Requirement, requirementOf } from "./literal.js";
import type { Match, Placed } from "./match.js";
import type { Test } from "./predicate.js";
import { settled } from "./settled.js";
import { EventView } from "./view.js";

interface Compiled {
  rule: DetectionRule;
  condition: Condition | true;
  test: Test;
}

/** Texts of a rule that are searched for are cut to this length: what is longer says little more and costs states. */
const LONGEST = 12;
/** Values of which the outcome of the search is kept: paths and names come again and again. */
const MOST_KEPT = 2_048;
const LONGEST_KEPT = 256;

/** The rules for one kind of event. Sources that name fields differently have views of their own. */
export class Bucket {
  readonly #groups: Group[] = [];

  constructor(placed: readonly Placed[], filters: readonly FilterRule[], example: SigmaEvent) {
    const bySource = groupBy(placed, ({ source }) => source);
    const plain: DetectionRule[] = [];
    for (const [source, list] of bySource) {
      const rules = list.map(({ rule }) => rule);
      if (source.rename === undefined && source.join === undefined && source.values === undefined)
        plain.push(...rules);
      else this.#groups.push(new Group(rules, source, filters, example));
    }
    if (plain.length > 0) this.#groups.push(new Group([...new Set(plain)], {}, filters, example));
  }

  match(event: SigmaEvent): Match[] {
    const matches: Match[] = [];
    for (const group of this.#groups) group.match(event, matches);
    return matches;
  }
}

class Group {
  readonly #view: EventView;
  readonly #rules: Compiled[] = [];
  /** Rules of which no text is known that must stand in the event. */
  readonly #always: number[] = [];
  readonly #searches: Search[] = [];
  readonly #candidateOf: Int32Array;
  #round = 0;

  constructor(
    rules: readonly DetectionRule[],
    source: EventSource,
    filters: readonly FilterRule[],
    example: SigmaEvent,
  ) {
    const view = new EventView(source);
    this.#view = view;
    const fixed = new EventView(source);
    fixed.load(example);
    for (const rule of rules) {
      const condition = settled(withFilters(rule, filters), fixed);
      if (condition === false) continue;
      this.#rules.push({
        rule,
        condition,
        test: condition === true ? () => true : compile(condition, view),
      });
    }
    this.#candidateOf = new Int32Array(this.#rules.length);
    this.#prepareSearch();
  }

  #prepareSearch(): void {
    const count = new Map<string, number>();
    const keyOf = ({ field, text }: Literal): string => `${field}\u0000${text}`;
    // How many rules know a text tells how common it is: half of them ask for the same few programs.
    const note = (literal: Literal): number => {
      count.set(keyOf(literal), (count.get(keyOf(literal)) ?? 0) + 1);
      return 0;
    };
    const conditions = this.#rules.map(({ condition }) => condition);
    for (const condition of conditions) if (condition !== true) eachLiteral(condition, note);
    const costOf = (literal: Literal): number => (count.get(keyOf(literal)) ?? 1) / literal.text.length ** 2;
    const byField = new Map<string, { text: string; id: number }[]>();
    for (const [id, condition] of conditions.entries()) {
      const requirement: Requirement | undefined =
        condition === true ? undefined : requirementOf(condition, costOf);
      if (requirement === undefined) this.#always.push(id);
      else
        for (const { field, text } of requirement) {
          const list = byField.get(field) ?? [];
          list.push({ text: text.slice(0, LONGEST), id });
          byField.set(field, list);
        }
    }
    for (const [field, texts] of byField)
      this.#searches.push(
        new Search(field === "" ? undefined : this.#view.slotOf(field), new Automaton(texts)),
      );
  }

  match(event: SigmaEvent, matches: Match[]): void {
    const view = this.#view;
    view.load(event);
    this.#round++;
    for (const search of this.#searches) search.run(view, this.#mark);
    for (const id of this.#always) this.#try(id, matches);
    for (const id of this.#found) this.#try(id, matches);
    this.#found.length = 0;
  }

  readonly #found: number[] = [];
  readonly #mark = (id: number): void => {
    if (this.#candidateOf[id] === this.#round) return;
    this.#candidateOf[id] = this.#round;
    this.#found.push(id);
  };

  #try(id: number, matches: Match[]): void {
    const { test, rule, condition } = this.#rules[id] as Compiled;
    if (!test(this.#view)) return;
    const view = this.#view;
    const { event } = view;
    matches.push({
      rule,
      fields: () => {
        view.load(event);
        const names = new Set<string>();
        if (condition !== true) fieldsThatHold(condition, view, names);
        return shownFields(names, view);
      },
    });
  }
}

function eachLiteral(condition: Condition, note: (literal: Literal) => number): void {
  if (condition.kind === "and" || condition.kind === "or")
    for (const part of condition.parts) eachLiteral(part, note);
  else if (condition.kind !== "not") requirementOf(condition, () => 0)?.forEach(note);
}

/** The search over one field; undefined is any field. */
class Search {
  readonly #kept = new Map<string, Int32Array>();

  constructor(
    readonly slot: number | undefined,
    readonly automaton: Automaton,
  ) {}

  run(view: EventView, mark: (id: number) => void): void {
    if (this.slot === undefined) {
      for (const text of view.texts()) this.automaton.search(text.toLowerCase(), mark);
      return;
    }
    const value = view.lower(this.slot);
    if (typeof value === "string") this.#one(value, mark);
    else if (Array.isArray(value)) for (const each of value) this.#one(each, mark);
  }

  #one(value: string, mark: (id: number) => void): void {
    if (value.length > LONGEST_KEPT) {
      this.automaton.search(value, mark);
      return;
    }
    let ids = this.#kept.get(value);
    if (ids === undefined) {
      const found = new Set<number>();
      this.automaton.search(value, (id) => found.add(id));
      ids = Int32Array.from(found);
      if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
      this.#kept.set(value, ids);
    }
    for (let at = 0; at < ids.length; at++) mark(ids[at] as number);
  }
}
