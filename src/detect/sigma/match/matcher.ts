import { type EventSource, eventSourcesOf, type LogSourceEntry } from "../logsource/index.js";
import type { FilterRule, SigmaRule } from "../rule/model.js";
import { Bucket } from "./bucket.js";
import type { SigmaEvent } from "./event.js";
import type { Match, Placed } from "./match.js";

/** Kinds of events of which a bucket is kept; more than that is a log made to fill the memory. */
const MOST_BUCKETS = 2_000;

/**
 * Tests all rules in one pass over events. For each kind of event (channel, provider, id) there is a bucket with the rules that ask for such events;
 * within it one search finds the texts that rules need, and only rules whose text was found are looked at in full.
 */
export class Matcher {
  readonly #placed: readonly Placed[];
  readonly #filters: readonly FilterRule[];
  readonly #buckets = new Map<string, Bucket>();

  constructor(rules: readonly SigmaRule[], entries: readonly LogSourceEntry[]) {
    this.#filters = rules.filter((rule) => rule.kind === "filter");
    this.#placed = rules
      .filter((rule) => rule.kind === "detection")
      .flatMap((rule) => eventSourcesOf(rule.logsource, entries).map((source) => ({ rule, source })));
  }

  match(event: SigmaEvent): Match[] {
    return this.#bucketOf(event).match(event);
  }

  #bucketOf(event: SigmaEvent): Bucket {
    const key = `${event.eventId}\u0000${event.channel}\u0000${event.provider}`;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      if (this.#buckets.size >= MOST_BUCKETS) this.#buckets.clear();
      bucket = new Bucket(
        this.#placed.filter(({ source }) => isOf(event, source)),
        this.#filters,
        event,
      );
      this.#buckets.set(key, bucket);
    }
    return bucket;
  }
}

/** Whether events of this kind stand in the place. */
export function isOf(
  event: Pick<SigmaEvent, "channel" | "provider" | "eventId">,
  { channel, provider, event_ids: ids }: EventSource,
): boolean {
  return (
    (channel === undefined || same(channel, event.channel)) &&
    (provider === undefined || same(provider, event.provider)) &&
    (ids === undefined || ids.includes(event.eventId))
  );
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
