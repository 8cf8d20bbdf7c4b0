/** A value, or each of them where the event has the field more than once. */
export type FieldValue = string | readonly string[];
export type Fields = Map<string, FieldValue>;

/** One event of a host's own log, in the names and texts that the reader of event logs (EVTX) gives. */
export interface HostEvent {
  /** The form in which the file has it: `winlogbeat-json`, `auditd`. */
  product: string;
  /** EventRecordID; undefined where what wrote the file left it out. */
  recordId: number | undefined;
  /** RFC 3339, UTC; empty where the event has no time that can be read. */
  time: string;
  channel: string;
  provider: string;
  eventId: number | undefined;
  computer: string;
  /** The record in whose bytes this one was hidden. */
  hiddenIn?: number;
  /** The element System: `Element`, `Element_Attribute`. */
  system: Fields;
  /** EventData and UserData: the event's own fields. */
  data: Fields;
  /** RenderingInfo: texts that Windows itself added to a forwarded event. */
  rendering: Fields;
  /** What the file says of the event and is no part of it: rules do not look there. */
  context: ReadonlyMap<string, string>;
}

/**
 * What a record holds: events, usually one; why it is none, with its text where that is not the record's; or undefined where it is a good record of something
 * else.
 */
export type Reading = readonly HostEvent[] | { refused: string; text?: string } | undefined;

/** Adds a value to what the field has already: a field that stands more than once is a list. */
export function add(fields: Fields, name: string, value: FieldValue): void {
  const before = fields.get(name);
  if (before === undefined) fields.set(name, typeof value === "string" ? value : [...value]);
  else if (typeof before === "string") fields.set(name, [before, value].flat());
  // The list is this function's own. To copy it for each value would take long where there are many.
  else for (const each of typeof value === "string" ? [value] : value) (before as string[]).push(each);
}

/**
 * Channels that the classes and detectors ask for by name. Windows tells no upper from lower case in them, and collectors write them as somebody typed them
 * into their configuration (OTRF's data sets have `security`).
 */
const CHANNELS: ReadonlyMap<string, string> = new Map(
  [
    ...["Application", "Security", "Setup", "System", "Windows PowerShell"],
    ...["Microsoft-Windows-Sysmon/Operational", "Linux-Sysmon/Operational"],
    ...["Microsoft-Windows-PowerShell/Operational", "Microsoft-Windows-TaskScheduler/Operational"],
    ...["Microsoft-Windows-WMI-Activity/Operational", "Microsoft-Windows-Windows Defender/Operational"],
    ...["Microsoft-Windows-Partition/Diagnostic", "Microsoft-Windows-DriverFrameworks-UserMode/Operational"],
    ...["Microsoft-Windows-Kernel-PnP/Configuration", "Microsoft-Windows-Kernel-PnP/Device Management"],
    "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
    "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational",
  ].map((name) => [name.toLowerCase(), name]),
);

/** A channel as Windows writes it. */
export const channelName = (text: string): string => CHANNELS.get(text.toLowerCase()) ?? text;

/** An event by what its System element says. */
export function eventOfFields(
  product: string,
  groups: { system: Fields; data: Fields; rendering?: Fields; context?: ReadonlyMap<string, string> },
  time: string,
): HostEvent {
  const { system, data, rendering = new Map(), context = new Map() } = groups;
  const first = (name: string): string => {
    const value = system.get(name) ?? "";
    return typeof value === "string" ? value : (value[0] ?? "");
  };
  const written = first("Channel");
  const channel = channelName(written);
  if (channel !== written) system.set("Channel", channel);
  return {
    product,
    recordId: numberOf(first("EventRecordID")),
    time,
    channel,
    provider: first("Provider_Name"),
    eventId: numberOf(first("EventID")),
    computer: first("Computer"),
    system,
    data,
    rendering,
    context,
  };
}

/** What an event lacks without which nobody could ask for it. */
export function lacking({ time, eventId, system }: HostEvent): string | undefined {
  if (time === "") return "the event has no time that can be read";
  if (eventId === undefined) return "the event has no event id";
  // It may be empty: event logs that were made from traces have such records.
  return system.has("Channel") ? undefined : "the event has no channel";
}

function numberOf(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?\d*(Z|[+-]\d\d:?\d\d)?$/;
/** As any month has it, and any hour: nothing is to be reckoned. */
const USUAL_DATE = /-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$/;
const USUAL_CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;

/** RFC 3339 in UTC with the digits that the text has; empty where it is no time. A time without a zone is UTC. */
export function utcTime(text: string): string {
  const match = TIME.exec(text);
  if (match === null) return "";
  const [, date = "", clock = "", fraction = "", zone = "Z"] = match;
  if (zone === "Z" && USUAL_DATE.test(date) && USUAL_CLOCK.test(clock)) return `${date}T${clock}${fraction}Z`;
  const at = Date.parse(`${date}T${clock}${zone}`);
  if (Number.isNaN(at)) return "";
  return `${new Date(at).toISOString().slice(0, 19)}${fraction}Z`;
}

/** Microseconds since 1970 of an RFC 3339 time in UTC; NaN for what looks like a time and is none, such as the 40th of a month. */
export function microsecondsOf(time: string): number {
  const seconds = Date.parse(`${time.slice(0, 19)}Z`);
  const fraction = time.charAt(19) === "." ? Number(time.slice(20, -1).padEnd(6, "0").slice(0, 6)) : 0;
  return seconds * 1000 + fraction;
}
