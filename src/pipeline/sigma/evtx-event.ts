import type { FieldValue, SigmaEvent } from "../../detect/sigma/index.js";
import type { EvtxRecord } from "../../sources/evtx/index.js";

/** A record of an event log as the matcher sees it; one object that is filled anew for each record. */
export class EvtxEvent implements SigmaEvent {
  record!: EvtxRecord;
  channel = "";
  provider = "";
  eventId = -1;

  of(record: EvtxRecord): this {
    this.record = record;
    this.channel = record.channel;
    this.provider = record.provider;
    this.eventId = record.eventId ?? -1;
    return this;
  }

  field(name: string): FieldValue | undefined {
    const { layout, values } = this.record;
    const inData = layout.data.get(name);
    const value = inData === undefined ? undefined : values[inData];
    if (value !== undefined) return value;
    const inSystem = layout.system.get(name);
    return inSystem === undefined ? undefined : values[inSystem];
  }

  texts(): string[] {
    const texts: string[] = [];
    for (const value of this.record.values) {
      if (typeof value === "string") texts.push(value);
      else if (value !== undefined) texts.push(...value);
    }
    return texts;
  }
}
