import type { EventLine } from "../../shared/event-evidence.js";

/** What one account did from one source on one day (UTC). */
export interface UseOfDay {
  source: string;
  /** Days since 1970. */
  day: number;
  logons: number;
  /** Hours of the day, as a bit mask. */
  hours: number;
  hosts: string[];
  /** How it logged on, e.g. `type 10, Negotiate`. */
  ways: string[];
  /** Milliseconds. */
  first: number;
  last: number;
  /** The first of these logons. */
  line: EventLine;
}

/** Use of an account that its history does not know: from one new source, or from its usual sources at hours at which it never was. */
export interface Episode {
  /** '' for usual sources at unusual hours. */
  source: string;
  days: number;
  logons: number;
  first: number;
  last: number;
  /** Hours in which it was used, and those of them that are unusual; on how many days the latter. */
  hours: number;
  oddHours: number;
  oddDays: number;
  hosts: Set<string>;
  newHosts: Set<string>;
  newWays: Set<string>;
  /** New sources, and new hosts, for each day with logons before: how usual it is that there is a new one. */
  sourceRate: number;
  hostRate: number;
  historyDays: number;
  lines: EventLine[];
}

export interface HistoryLimits {
  /** Days from the first logon before anything is new. */
  days: number;
  /** Days with logons until then. */
  activeDays: number;
}

/** Hours around an hour of the day: who was there then may well be there now. */
const NEAR = 2;
const LINES = 8;
/** Hosts that are remembered of one episode. */
const MOST_HOSTS = 200;

/**
 * The history of one account, day by day. What belongs to an episode teaches the history nothing: an intruder who stays for months does not become usual.
 */
export class History {
  readonly #episodes = new Map<string, Episode>();
  readonly #sources = new Set<string>();
  readonly #hosts = new Set<string>();
  readonly #ways = new Set<string>();
  #hours = 0;
  #first: number | undefined;
  #activeDays = 0;
  #lastActive = -1;

  constructor(private readonly limits: HistoryLimits) {}

  /** @param uses of one day, later than all before */
  add(uses: readonly UseOfDay[]): void {
    const [any] = uses;
    if (any === undefined) return;
    this.#first ??= any.day;
    const isKnown = any.day - this.#first >= this.limits.days && this.#activeDays >= this.limits.activeDays;
    for (const use of uses) {
      if (!isKnown) this.#learn(use, use.hours);
      else if (this.#sources.has(use.source)) {
        const odd = this.#odd(use.hours);
        if (odd !== 0) this.#extend("", use, odd, odd);
        this.#learn(use, use.hours & ~odd);
      } else this.#extend(use.source, use, use.hours, this.#odd(use.hours));
    }
  }

  get episodes(): Episode[] {
    return [...this.#episodes.values()];
  }

  #learn({ source, hosts, ways, day }: UseOfDay, hours: number): void {
    if (hours === 0) return;
    this.#sources.add(source);
    for (const host of hosts) this.#hosts.add(host);
    for (const way of ways) this.#ways.add(way);
    this.#hours |= hours;
    if (day !== this.#lastActive) this.#activeDays++;
    this.#lastActive = day;
  }

  /** Those of these hours near which the account never was. */
  #odd(hours: number): number {
    let near = 0;
    for (let off = -NEAR; off <= NEAR; off++) near |= rotate(this.#hours, off);
    return hours & ~near;
  }

  #extend(source: string, use: UseOfDay, hours: number, odd: number): void {
    const active = Math.max(1, this.#activeDays);
    const episode = this.#episodes.get(source) ?? {
      source,
      days: 0,
      logons: 0,
      first: use.first,
      last: use.last,
      hours: 0,
      oddHours: 0,
      oddDays: 0,
      hosts: new Set<string>(),
      newHosts: new Set<string>(),
      newWays: new Set<string>(),
      sourceRate: Math.max(0, this.#sources.size - 1) / active,
      hostRate: Math.max(0, this.#hosts.size - 1) / active,
      historyDays: this.#activeDays,
      lines: [],
    };
    this.#episodes.set(source, episode);
    episode.days++;
    episode.logons += use.logons;
    episode.first = Math.min(episode.first, use.first);
    episode.last = Math.max(episode.last, use.last);
    episode.hours += bits(hours);
    episode.oddHours += bits(odd);
    if (odd !== 0) episode.oddDays++;
    for (const host of use.hosts) {
      if (episode.hosts.size >= MOST_HOSTS) break;
      episode.hosts.add(host);
      if (!this.#hosts.has(host)) episode.newHosts.add(host);
    }
    for (const way of use.ways) if (!this.#ways.has(way)) episode.newWays.add(way);
    if (episode.lines.length < LINES) episode.lines.push(use.line);
  }
}

/** Hours of a day, turned by some. */
function rotate(hours: number, by: number): number {
  const turn = ((by % 24) + 24) % 24;
  return ((hours << turn) | (hours >>> (24 - turn))) & 0xff_ffff;
}

function bits(mask: number): number {
  let count = 0;
  for (let left = mask; left !== 0; left &= left - 1) count++;
  return count;
}
