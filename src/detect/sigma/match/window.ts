import { countWhile } from "../../../kernel/sorted.js";
import type { CorrelationRule } from "../rule/model.js";

/** What a window holds of one event. */
export interface WindowEvent {
  /** Milliseconds UTC. */
  time: number;
  /** Position among the rules of the correlation. */
  rule: number;
  /** The counted field; undefined where the event has none. */
  value: string | undefined;
}

/** The state of a window that slides over events in order of time. */
export interface WindowState {
  add(event: WindowEvent): void;
  /** The oldest event leaves. */
  remove(event: WindowEvent): void;
  holds(): boolean;
}

export function windowState(rule: CorrelationRule): WindowState {
  switch (rule.type) {
    case "event_count":
      return new Counted(rule, new Count());
    case "value_count":
      return new Counted(rule, new Distinct());
    case "value_sum":
    case "value_avg":
      return new Counted(rule, new Sum(rule.type === "value_avg"));
    case "value_percentile":
      return new Counted(rule, new Percentile(rule.percentile));
    case "temporal":
      return new EveryRule(rule);
    case "temporal_ordered":
      return new InOrder(rule);
  }
}

interface Measure {
  add(event: WindowEvent): void;
  remove(event: WindowEvent): void;
  /** Undefined where nothing could be measured: then no condition holds. */
  value(): number | undefined;
}

class Counted implements WindowState {
  constructor(
    readonly rule: CorrelationRule,
    readonly measure: Measure,
  ) {}

  add(event: WindowEvent): void {
    this.measure.add(event);
  }

  remove(event: WindowEvent): void {
    this.measure.remove(event);
  }

  holds(): boolean {
    const value = this.measure.value();
    return value !== undefined && this.rule.conditions.every((condition) => satisfies(value, condition));
  }
}

function satisfies(
  value: number,
  { operator, value: bound }: CorrelationRule["conditions"][number],
): boolean {
  switch (operator) {
    case "gt":
      return value > bound;
    case "gte":
      return value >= bound;
    case "lt":
      return value < bound;
    case "lte":
      return value <= bound;
    case "eq":
      return value === bound;
    case "neq":
      return value !== bound;
  }
}

class Count implements Measure {
  #count = 0;
  add(): void {
    this.#count++;
  }
  remove(): void {
    this.#count--;
  }
  value(): number {
    return this.#count;
  }
}

class Distinct implements Measure {
  readonly #counts = new Map<string, number>();
  add({ value }: WindowEvent): void {
    if (value !== undefined) this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
  }
  remove({ value }: WindowEvent): void {
    if (value === undefined) return;
    const left = (this.#counts.get(value) ?? 0) - 1;
    if (left > 0) this.#counts.set(value, left);
    else this.#counts.delete(value);
  }
  value(): number {
    return this.#counts.size;
  }
}

const numberOf = ({ value }: WindowEvent): number | undefined => {
  const number = value === undefined || value.trim() === "" ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : undefined;
};

class Sum implements Measure {
  #sum = 0;
  #count = 0;
  constructor(readonly mean: boolean) {}
  add(event: WindowEvent): void {
    const number = numberOf(event);
    if (number === undefined) return;
    this.#sum += number;
    this.#count++;
  }
  remove(event: WindowEvent): void {
    const number = numberOf(event);
    if (number === undefined) return;
    this.#sum -= number;
    this.#count--;
    // What rounding left over does not outlive the window.
    if (this.#count === 0) this.#sum = 0;
  }
  value(): number | undefined {
    if (this.#count === 0) return undefined;
    return this.mean ? this.#sum / this.#count : this.#sum;
  }
}

/** Between the two nearest values in proportion (ClickHouse: quantileExactInclusive). */
class Percentile implements Measure {
  readonly #sorted: number[] = [];
  constructor(readonly percentile: number) {}
  #place(number: number): number {
    return countWhile(this.#sorted, (each) => each < number);
  }
  add(event: WindowEvent): void {
    const number = numberOf(event);
    if (number !== undefined) this.#sorted.splice(this.#place(number), 0, number);
  }
  remove(event: WindowEvent): void {
    const number = numberOf(event);
    if (number !== undefined) this.#sorted.splice(this.#place(number), 1);
  }
  value(): number | undefined {
    if (this.#sorted.length === 0) return undefined;
    const at = (this.percentile / 100) * (this.#sorted.length - 1);
    const below = this.#sorted[Math.floor(at)] as number;
    const above = this.#sorted[Math.ceil(at)] as number;
    return below + (above - below) * (at - Math.floor(at));
  }
}

class EveryRule implements WindowState {
  readonly #counts: number[];
  constructor(rule: CorrelationRule) {
    this.#counts = rule.rules.map(() => 0);
  }
  add({ rule }: WindowEvent): void {
    this.#counts[rule] = (this.#counts[rule] ?? 0) + 1;
  }
  remove({ rule }: WindowEvent): void {
    this.#counts[rule] = (this.#counts[rule] ?? 0) - 1;
  }
  holds(): boolean {
    return this.#counts.every((count) => count > 0);
  }
}

class InOrder implements WindowState {
  readonly #events: WindowEvent[] = [];
  readonly #rules: number;
  constructor(rule: CorrelationRule) {
    this.#rules = rule.rules.length;
  }
  add(event: WindowEvent): void {
    this.#events.push(event);
  }
  remove(): void {
    this.#events.shift();
  }
  holds(): boolean {
    let wanted = 0;
    for (const { rule } of this.#events) if (rule === wanted && ++wanted === this.#rules) return true;
    return false;
  }
}
