import type { EventLine } from "../../shared/event-evidence.js";

/** What one account did from one source on the hosts of one organisation in one hour (UTC). */
export interface UseOfHour {
  source: string;
  /** Whose hosts; '' where nobody knows. */
  owner: string;
  /** Days since 1970. */
  day: number;
  /** Of the day. */
  hour: number;
  logons: number;
  hosts: string[];
  /** How it logged on, e.g. `type 10, Negotiate`. */
  ways: string[];
  /** Milliseconds. */
  first: number;
  last: number;
  /** The first of these logons. */
  line: EventLine;
}

/** Use of an account on hosts of one organisation that its history does not know: from one new source, or from its usual sources at hours at which it never was. */
export interface Episode {
  owner: string;
  /** '' for usual sources at unusual hours. */
  source: string;
  days: number;
  /** Days since 1970. */
  lastDay: number;
  lastOddDay: number;
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
  add(uses: readonly UseOfHour[]): void {
    const [any] = uses;
    if (any === undefined) return;
    this.#first ??= any.day;
    const isKnown = any.day - this.#first >= this.limits.days && this.#activeDays >= this.limits.activeDays;
    // By the days before: else a long evening would make its own end usual.
    const near = this.#nearHours();
    for (const use of uses) {
      const isOdd = (near & (1 << use.hour)) === 0;
      if (!isKnown) this.#learn(use);
      else if (!this.#sources.has(use.source)) this.#extend(use.source, use, isOdd);
      else if (isOdd) this.#extend("", use, isOdd);
      else this.#learn(use);
    }
  }

  get episodes(): Episode[] {
    return [...this.#episodes.values()];
  }

  #learn({ source, hosts, ways, day, hour }: UseOfHour): void {
    this.#sources.add(source);
    for (const host of hosts) this.#hosts.add(host);
    for (const way of ways) this.#ways.add(way);
    this.#hours |= 1 << hour;
    if (day !== this.#lastActive) this.#activeDays++;
    this.#lastActive = day;
  }

  /** Hours of the day, as a bit mask, near which the account was. */
  #nearHours(): number {
    let near = 0;
    for (let off = -NEAR; off <= NEAR; off++) near |= rotate(this.#hours, off);
    return near;
  }

  #extend(source: string, use: UseOfHour, isOdd: boolean): void {
    const active = Math.max(1, this.#activeDays);
    const key = `${use.owner}\n${source}`;
    const episode = this.#episodes.get(key) ?? {
      owner: use.owner,
      source,
      days: 0,
      lastDay: -1,
      lastOddDay: -1,
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
    this.#episodes.set(key, episode);
    if (use.day !== episode.lastDay) {
      episode.days++;
      if (episode.lines.length < LINES) episode.lines.push(use.line);
    }
    episode.lastDay = use.day;
    episode.logons += use.logons;
    episode.first = Math.min(episode.first, use.first);
    episode.last = Math.max(episode.last, use.last);
    episode.hours++;
    if (isOdd) {
      episode.oddHours++;
      if (use.day !== episode.lastOddDay) episode.oddDays++;
      episode.lastOddDay = use.day;
    }
    for (const host of use.hosts) {
      if (episode.hosts.size >= MOST_HOSTS) break;
      episode.hosts.add(host);
      if (!this.#hosts.has(host)) episode.newHosts.add(host);
    }
    for (const way of use.ways) if (!this.#ways.has(way)) episode.newWays.add(way);
  }
}

/** Hours of a day, turned by some. */
function rotate(hours: number, by: number): number {
  const turn = ((by % 24) + 24) % 24;
  return ((hours << turn) | (hours >>> (24 - turn))) & 0xff_ffff;
}
