/** A value as a log has it; several where the field stands more than once. Null: the field is there and has no value. */
export type FieldValue = string | number | boolean | null | readonly (string | number | boolean | null)[];

/** What the matcher sees of one record. */
export interface SigmaEvent {
  channel: string;
  provider: string;
  eventId: number;
  /** Milliseconds UTC. */
  time: number;
  /** Members of the event's System element by Sigma's names: Channel, Provider_Name, EventID, Computer, Level … */
  system: Readonly<Record<string, FieldValue>>;
  /** Named values of the event; unnamed ones under `Data`. */
  data: Readonly<Record<string, FieldValue>>;
}
