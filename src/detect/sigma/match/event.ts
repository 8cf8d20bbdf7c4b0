/** A value as a log has it; several where the field stands more than once. Null: the field is there and has no value. */
export type FieldValue = string | readonly string[] | null;

/** What the matcher sees of one record. It may be one object that is filled anew for each record. */
export interface SigmaEvent {
  readonly channel: string;
  readonly provider: string;
  readonly eventId: number;
  /** A field of the event's own data, or else of its System element (`Provider_Name`, `EventID`, `Computer` …). Undefined: not there. */
  field(name: string): FieldValue | undefined;
  /** Every value of the event. */
  texts(): string[];
}
