import type { EventSource } from "../logsource/index.js";
import type { FieldValue, SigmaEvent } from "./event.js";

/** Null: there without a value; undefined: not there. */
export type SlotValue = FieldValue | undefined;

/** Reads one field of an event under the name that rules give it. */
export type Reader = (event: SigmaEvent) => SlotValue;

/**
 * The fields of one event that the rules of a bucket ask for, each read once and lower-cased at most once. A field's number is its slot.
 */
export class EventView {
  event!: SigmaEvent;
  readonly #readers: Reader[] = [];
  readonly #slots = new Map<string, number>();
  readonly #raw: SlotValue[] = [];
  readonly #lower: SlotValue[] = [];
  /** The event for which a slot was read: a number, so that nothing need be cleared. */
  readonly #rawOf: number[] = [];
  readonly #lowerOf: number[] = [];
  #round = 0;
  #texts: string[] | undefined;
  readonly #source: EventSource;

  constructor(source: EventSource) {
    this.#source = source;
  }

  slotOf(field: string): number {
    let slot = this.#slots.get(field);
    if (slot === undefined) {
      slot = this.#readers.length;
      this.#slots.set(field, slot);
      this.#readers.push(readerOf(field, this.#source));
      this.#rawOf.push(0);
      this.#lowerOf.push(0);
    }
    return slot;
  }

  load(event: SigmaEvent): void {
    this.event = event;
    this.#round++;
    this.#texts = undefined;
  }

  raw(slot: number): SlotValue {
    if (this.#rawOf[slot] !== this.#round) {
      this.#rawOf[slot] = this.#round;
      this.#raw[slot] = (this.#readers[slot] as Reader)(this.event);
    }
    return this.#raw[slot];
  }

  lower(slot: number): SlotValue {
    if (this.#lowerOf[slot] !== this.#round) {
      this.#lowerOf[slot] = this.#round;
      const raw = this.raw(slot);
      this.#lower[slot] =
        typeof raw === "string"
          ? raw.toLowerCase()
          : Array.isArray(raw)
            ? raw.map((each) => each.toLowerCase())
            : raw;
    }
    return this.#lower[slot];
  }

  /** Every value of the event, as it stands: what keywords are looked for in. */
  texts(): readonly string[] {
    this.#texts ??= this.event.texts();
    return this.#texts;
  }
}

function readerOf(field: string, source: EventSource): Reader {
  const joined = source.join?.[field];
  let read: Reader;
  if (joined !== undefined) {
    const parts = joined.fields.map(namedReader);
    read = (event) => {
      const values = parts
        .map((part) => part(event))
        .filter((value) => typeof value === "string" && value !== "");
      return values.length === 0 ? undefined : values.join(joined.with);
    };
  } else read = namedReader(source.rename?.[field] ?? field);
  const values = source.values?.[field];
  const prefixes = source.prefixes?.[field];
  if (values !== undefined) {
    const known = new Map(Object.entries(values));
    const inner = read;
    read = (event) => {
      const value = inner(event);
      return typeof value === "string" ? (known.get(value) ?? value) : value;
    };
  }
  if (prefixes !== undefined) {
    const inner = read;
    const list = Object.entries(prefixes).map(([from, to]) => ({ from: from.toLowerCase(), to }));
    read = (event) => {
      const value = inner(event);
      if (typeof value !== "string") return value;
      const lower = value.toLowerCase();
      const prefix = list.find(({ from }) => lower.startsWith(from));
      return prefix === undefined ? value : prefix.to + value.slice(prefix.from.length);
    };
  }
  return read;
}

/** A field of the event, or of its System element. */
function namedReader(name: string): Reader {
  const [, ...others] = spellingsOf(name);
  return (event) => {
    const value = event.field(name);
    if (value !== undefined) return value;
    for (const other of others) {
      const otherValue = event.field(other);
      if (otherValue !== undefined) return otherValue;
    }
    return undefined;
  };
}

/**
 * What a field may be called, first as it is written: rules write names that hold spaces ("Threat Name" of Defender) without them or with
 * underscores.
 */
export function spellingsOf(name: string): string[] {
  return /[a-z][A-Z]|_/.test(name)
    ? [...new Set([name, name.replaceAll("_", " "), name.replace(/([a-z])([A-Z])/g, "$1 $2")])]
    : [name];
}
