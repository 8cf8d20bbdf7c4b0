import { Checks, isoTime } from "../checked.js";
import { noObjects, notAnObject, objectOf } from "../json-lines.js";
import type { LineKind, Reader, Shape, Source } from "../port.js";
import { Prelude, sqlString } from "../sql.js";
import { LAYOUTS, type Layout, textOf } from "./layouts.js";

/** Levels that are written as words, as the number that the event has. */
const LEVELS =
  "transform(lower(LEVEL), ['critical', 'error', 'warning', 'information', 'verbose'], ['1', '2', '3', '4', '5'], LEVEL)";

/** Windows events as JSON, one object a line, into `windows_event`: the same rows as of an event log, as far as the program kept the fields. */
function shapeOf({ format, parts }: Layout): Shape {
  const prelude = new Prelude();
  const { times, channel, provider, eventId, computer, level, userSid, system, dataPairs, message } =
    parts(prelude);
  const checks = new Checks(prelude);
  const id = prelude.define(`toUInt32OrNull(${eventId})`);
  checks.require(`(isNotNull(${id}) AND ${channel} != '')`, "'it has no event id or no channel'");
  const raw = prelude.define(
    `multiIf(${times.flatMap((time) => [`isNotNull(${isoTime(time)})`, time]).join(", ")}, ${times.at(-1)})`,
  );
  const time = checks.instant({ name: "time", raw, absent: `${raw} = ''` }, isoTime(raw));
  const kept = prelude.define(`arrayFilter(pair -> pair.2 != 'null', ${dataPairs})`);
  const isList = "startsWith(pair.2, '[')";
  const items = `arrayMap(item -> ${textOf("item")}, JSONExtractArrayRaw(pair.2))`;
  const members = {
    Provider_Name: provider,
    EventID: eventId,
    Level: prelude.define(LEVELS.replaceAll("LEVEL", level)),
    TimeCreated_SystemTime: prelude.define(`formatDateTime(${time}, '%Y-%m-%dT%H:%i:%S.%fZ')`),
    Channel: channel,
    Computer: computer,
    Security_UserID: userSid,
    ...system,
  };
  const names = `[${Object.keys(members).map(sqlString).join(", ")}]`;
  return {
    key: `windows-${format}`,
    prelude: prelude.entries,
    rejectLine: notAnObject(raw),
    plans: [
      {
        table: "windows_event",
        reject: checks.reject,
        columns: {
          product: sqlString(format),
          time,
          channel,
          provider,
          event_id: `toInt64(ifNull(${id}, 0))`,
          computer,
          level: `toUInt8OrZero(${members.Level})`,
          user_sid: userSid,
          system: `mapFilter((name, value) -> value != '', mapFromArrays(${names}, [${Object.values(members).join(", ")}]))`,
          data: `mapFromArrays(arrayMap(pair -> pair.1, ${kept}), arrayMap(pair -> if(${isList}, arrayStringConcat(${items}, '\\n'), ${textOf("pair.2")}), ${kept}))`,
          rendering: `if(${message} = '', map(), map('Message', ${message}))`,
          lists: `mapFromArrays(arrayMap(pair -> pair.1, arrayFilter(pair -> ${isList}, ${kept})), arrayMap(pair -> ${items}, arrayFilter(pair -> ${isList}, ${kept})))`,
        },
      },
    ],
  };
}

class EventReader implements Reader {
  readonly format: string;
  readonly log = "events";
  readonly headerLines = 0;
  readonly specialFirstBytes: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d, 0x0a, 0xef]);
  readonly shape: Shape;
  readonly sensorInLog = undefined;

  constructor(layout: Layout) {
    this.format = layout.format;
    this.shape = shapeOf(layout);
  }

  special(line: string): LineKind {
    return line.trim() === "" ? "blank" : "data";
  }

  wholeWithoutNewline(line: string): boolean {
    return objectOf(line) !== undefined;
  }
}

export const windowsJsonSource: Source = {
  id: "windows-json",
  title: "Windows as JSON",
  formats: [
    { format: "evtx-dump-json", description: "Windows events as JSON lines of evtx_dump" },
    {
      format: "winlogbeat-json",
      description: "of Winlogbeat and Elastic Agent (winlog.*); winlogbeat6-json: before version 7",
    },
    { format: "nxlog-json", description: "of NXLog, and of OTRF's Security Datasets" },
    { format: "longwatch-evtx-json", description: "of longwatch evtx --jsonl" },
  ],
  detect({ lines }) {
    const refused = noObjects(lines);
    if (refused !== undefined) return { recognised: false, refused };
    const objects = lines.map(objectOf).filter((object) => object !== undefined);
    const layout = LAYOUTS.find(({ fits }) => objects.some(fits));
    return layout === undefined
      ? { recognised: false, refused: "the JSON objects are no Windows events" }
      : { recognised: true, reader: new EventReader(layout) };
  },
};
