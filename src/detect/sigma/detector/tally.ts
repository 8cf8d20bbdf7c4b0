import { DAY, HOUR } from "../../../kernel/time.js";
import type { Entity, Evidence } from "../../../model/finding.js";
import type { CorrelationRule, DetectionRule } from "../rule/model.js";
import type { Parties } from "./parties.js";

/** Hosts of which days and hours are kept, for each rule; on more, matches are only counted. */
const MOST_HOSTS = 2_000;
const MOST_HOURS = 5_000;
const MOST_EVIDENCE = 8;

/** What one rule found in one organisation. Memory is bounded whatever matches. */
export class Tally {
  matches = 0;
  first = Number.POSITIVE_INFINITY;
  last = Number.NEGATIVE_INFINITY;
  readonly evidence: Evidence[] = [];
  readonly #hosts = new Map<string, { matches: number; evidence: number; first: number; last: number }>();
  readonly #others = new Map<string, { entity: Entity; matches: number }>();
  readonly #hostDays = new Set<string>();
  /** Hours since 1970 in which it matched, by host. */
  readonly hours = new Map<string, Set<number>>();
  readonly #sortedHours = new Map<string, readonly number[]>();
  #hoursKept = 0;

  constructor(
    readonly rule: DetectionRule | CorrelationRule,
    readonly orgId: string | null,
    readonly realm: string,
  ) {}

  /** Whom the events name beside the hosts, the most often named first. */
  get others(): Entity[] {
    return [...this.#others.values()]
      .sort((a, b) => b.matches - a.matches || (a.entity.value < b.entity.value ? -1 : 1))
      .map(({ entity }) => entity);
  }

  /** @param evidence made only where it is wanted: the first matches, of different hosts rather than of one */
  add(
    { host, others }: Pick<Parties, "host" | "others">,
    time: number,
    evidence: () => Evidence | undefined,
  ): void {
    this.matches++;
    this.first = Math.min(this.first, time);
    this.last = Math.max(this.last, time);
    for (const entity of others) this.#note(entity);
    let known = this.#hosts.get(host);
    if (known === undefined) {
      if (this.#hosts.size >= MOST_HOSTS) return;
      known = { matches: 0, evidence: 0, first: time, last: time };
      this.#hosts.set(host, known);
    }
    known.matches++;
    known.first = Math.min(known.first, time);
    known.last = Math.max(known.last, time);
    if (this.#hostDays.size < MOST_HOSTS * 400) this.#hostDays.add(`${host}|${Math.floor(time / DAY)}`);
    if (host !== "") this.#noteHour(host, Math.floor(time / HOUR));
    if (this.evidence.length >= MOST_EVIDENCE || known.evidence >= MOST_EVIDENCE / 2) return;
    const made = evidence();
    if (made === undefined) return;
    known.evidence++;
    this.evidence.push(made);
  }

  /** Another host of the same match. */
  alsoOn(host: string, time: number): void {
    const known = this.#hosts.get(host);
    if (known === undefined) {
      if (this.#hosts.size >= MOST_HOSTS) return;
      this.#hosts.set(host, { matches: 0, evidence: 0, first: time, last: time });
    } else {
      known.first = Math.min(known.first, time);
      known.last = Math.max(known.last, time);
    }
    if (host !== "") this.#noteHour(host, Math.floor(time / HOUR));
  }

  #noteHour(host: string, hour: number): void {
    const hours = this.hours.get(host) ?? new Set();
    this.hours.set(host, hours);
    if (hours.has(hour) || this.#hoursKept >= MOST_HOURS) return;
    hours.add(hour);
    this.#hoursKept++;
  }

  #note(entity: Entity): void {
    const key = `${entity.kind}|${entity.value}`;
    const known = this.#others.get(key);
    if (known !== undefined) known.matches++;
    else if (this.#others.size < MOST_HOSTS) this.#others.set(key, { entity, matches: 1 });
  }

  /** Most matches first. */
  get hosts(): string[] {
    return [...this.#hosts]
      .filter(([host]) => host !== "")
      .sort(([a, x], [b, y]) => y.matches - x.matches || (a < b ? -1 : 1))
      .map(([host]) => host);
  }

  /** When it matched on a host, milliseconds UTC. */
  timesOn(host: string): { first: number; last: number } {
    return this.#hosts.get(host) ?? { first: this.first, last: this.last };
  }

  /** {@link hours} of a host, in order. */
  hoursOn(host: string): readonly number[] {
    const hours = this.hours.get(host);
    if (hours === undefined) return [];
    const known = this.#sortedHours.get(host);
    // Hours are only ever added.
    if (known?.length === hours.size) return known;
    const sorted = [...hours].sort((a, b) => a - b);
    this.#sortedHours.set(host, sorted);
    return sorted;
  }

  get perHostDay(): number {
    return this.matches / Math.max(1, this.#hostDays.size);
  }

  /** On how many days it matched on a host, in the mean over the hosts on which it matched. */
  get daysPerHost(): number {
    return this.#hostDays.size / Math.max(1, this.#hosts.size);
  }
}

/** Whether two rules matched on one host within so many hours of each other. Both are gone through once, however many hours there are. */
export function meet(a: Tally, b: Tally, hours: number): boolean {
  for (const host of a.hours.keys()) {
    const [own, other] = [a.hoursOn(host), b.hoursOn(host)];
    let at = 0;
    for (const hour of own) {
      while (at < other.length && (other[at] as number) < hour - hours) at++;
      if (at === other.length) break;
      if ((other[at] as number) <= hour + hours) return true;
    }
  }
  return false;
}
