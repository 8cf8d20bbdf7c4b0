import type { FieldValue, SigmaEvent } from "../../detect/sigma/index.js";
import type { HostEvent } from "../../sources/host-event.js";

/** An event of a host that was read from a text, as the matcher sees it. */
export class ReadEvent implements SigmaEvent {
  readonly channel: string;
  readonly provider: string;
  readonly eventId: number;

  constructor(readonly event: HostEvent) {
    this.channel = event.channel;
    this.provider = event.provider;
    this.eventId = event.eventId ?? -1;
  }

  field(name: string): FieldValue | undefined {
    return this.event.data.get(name) ?? this.event.system.get(name);
  }

  texts(): string[] {
    const { system, data, rendering } = this.event;
    return [...system.values(), ...data.values(), ...rendering.values()].flat();
  }
}
