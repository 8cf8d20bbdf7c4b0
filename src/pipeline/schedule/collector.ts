import type { ScheduleEvent } from "../../schedule/index.js";

/** How events were thinned out to fit; nothing was left out where it is null. */
export type Thinned = { one_per_seconds: number; actor_share: number } | null;

/** Coarser and coarser slots; each is a multiple of the one before, so that the order of the file makes no difference. */
const SLOTS = [1, 5, 10, 30, 60, 300, 900, 1800];
/** Beyond this, times say too little about timers, and actors are left out instead, where there are many. */
const KEEP_ACTORS_UNTIL = 60;
/** Coarser times are not worth it where more than this share of the events stays. */
const WORTH_IT = 0.8;
/** Actors below which none is left out. */
const FEW = 64;

/**
 * Holds a bounded number of events, whatever a file has. Where there are more, of each actor only the first event of every slot of time stays (what is analysed is
 * half-hours in which an actor was active, so little is lost), and where that is not enough, whole actors go, by a hash of their names.
 */
export class EventCollector {
  readonly #limit: number;
  readonly #actors = new Map<string, number[]>();
  #held = 0;
  #slot = 0;
  /** Actors whose hash lies below this stay; 2^32 is all. */
  #hashes = 2 ** 32;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(time: number, actor: string): void {
    if (this.#hashes < 2 ** 32 && hash(actor) >= this.#hashes) return;
    const times = this.#actors.get(actor);
    if (times === undefined) this.#actors.set(actor, [time]);
    else times.push(time);
    this.#held++;
    // Half of the room is made free, so that it is not made for every event anew.
    if (this.#held > this.#limit) this.#thin(this.#limit / 2);
  }

  /** Everything that is held, and what was done to it. */
  finish(): { events: ScheduleEvent[]; thinned: Thinned } {
    if (this.#slot > 0) this.#keepFirsts();
    const events: ScheduleEvent[] = [];
    for (const [actor, times] of this.#actors) for (const time of times) events.push({ time, actor });
    const whole = this.#slot === 0 && this.#hashes === 2 ** 32;
    return {
      events,
      thinned: whole ? null : { one_per_seconds: this.#slot, actor_share: this.#hashes / 2 ** 32 },
    };
  }

  #thin(target: number): void {
    if (this.#slot > 0) this.#keepFirsts();
    while (this.#held > target) {
      const next = SLOTS.find((slot) => slot > this.#slot);
      const many = this.#actors.size > FEW;
      const coarse = next === undefined || next > KEEP_ACTORS_UNTIL;
      if (many && (coarse || this.#firsts(next) > WORTH_IT * this.#held)) this.#leaveOutActors();
      else if (next !== undefined) {
        this.#slot = next;
        this.#keepFirsts();
      } else return;
    }
  }

  #keepFirsts(): void {
    this.#held = 0;
    for (const [actor, times] of this.#actors) {
      const firsts = firstsOf(times, this.#slot);
      this.#actors.set(actor, firsts);
      this.#held += firsts.length;
    }
  }

  /** How many events a slot would leave. */
  #firsts(slot: number): number {
    let count = 0;
    for (const times of this.#actors.values()) count += firstsOf(times, slot).length;
    return count;
  }

  #leaveOutActors(): void {
    this.#hashes /= 2;
    for (const [actor, times] of this.#actors) {
      if (hash(actor) < this.#hashes) continue;
      this.#actors.delete(actor);
      this.#held -= times.length;
    }
  }
}

/** The first time in every slot of so many seconds, in order. */
function firstsOf(times: readonly number[], slot: number): number[] {
  const firsts: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const time of Float64Array.from(times).sort()) {
    const number = Math.floor(time / (slot * 1000));
    if (number > last) firsts.push(time);
    last = number;
  }
  return firsts;
}

/** FNV-1a, 32 bits, with a final mix (MurmurHash3's) so that names that differ in their last letter do not end up side by side. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
