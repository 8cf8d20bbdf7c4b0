import { Checks, isoTime } from "../checked.js";
import { notAnObject } from "../json-lines.js";
import type { Shape } from "../port.js";
import { Prelude, sqlSet, sqlString } from "../sql.js";
import type { Layout, Path } from "./layouts.js";

/** Text of a raw JSON value. */
const textOf = (raw: string): string =>
  `multiIf(startsWith(${raw}, '"'), JSONExtractString(${raw}), ${raw} = 'null', '', ${raw})`;

const arguments_ = (path: Path): string => ["line", ...path.map(sqlString)].join(", ");

const LEVELS = "['critical', 'error', 'warning', 'information', 'verbose'], ['1', '2', '3', '4', '5']";

/** How the engine reads the lines of a layout into `windows_event`: the same rows as of an event log, as far as the program kept the fields. */
export function shapeOf(layout: Layout): Shape {
  const { format, system } = layout;
  const prelude = new Prelude();
  const member = (path: Path): string =>
    prelude.define(textOf(prelude.define(`JSONExtractRaw(${arguments_(path)})`)));
  const text = (paths: readonly Path[]): string => {
    if (paths.length === 0) return "''";
    const [first] = paths as [Path];
    const members = paths.map(member);
    if (members.length === 1) return member(first);
    return prelude.define(
      `multiIf(${members
        .slice(0, -1)
        .flatMap((each) => [`${each} != ''`, each])
        .join(", ")}, ${members.at(-1)})`,
    );
  };
  const [channel, eventId, message] = [text(layout.channel), text(layout.eventId), text(layout.message)];
  const checks = new Checks(prelude);
  const id = prelude.define(`toUInt32OrNull(${eventId})`);
  checks.require(`(isNotNull(${id}) AND ${channel} != '')`, "'it has no event id or no channel'");
  const times = layout.times.map(member);
  const raw = prelude.define(
    `multiIf(${times.flatMap((time) => [`isNotNull(${isoTime(time)})`, time]).join(", ")}, ${times.at(-1)})`,
  );
  const time = checks.instant({ name: "time", raw, absent: `${raw} = ''` }, isoTime(raw));
  const pairs = prelude.define(pairsOf(layout));
  const isList = "startsWith(pair.2, '[')";
  const items = `arrayMap(item -> ${textOf("item")}, JSONExtractArrayRaw(pair.2))`;
  const level = text(layout.level);
  const members: Record<string, string> = {
    Provider_Name: text(layout.provider),
    EventID: eventId,
    Level: prelude.define(`transform(lower(${level}), ${LEVELS}, ${level})`),
    TimeCreated_SystemTime: prelude.define(`formatDateTime(${time}, '%Y-%m-%dT%H:%i:%S.%fZ')`),
    Channel: channel,
    Computer: text(layout.computer),
    Security_UserID: text(layout.userSid),
    ...Object.fromEntries(Object.entries(system).map(([name, paths]) => [name, text(paths)])),
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
          provider: members.Provider_Name as string,
          event_id: `toInt64(ifNull(${id}, 0))`,
          computer: members.Computer as string,
          level: `toUInt8OrZero(${members.Level})`,
          user_sid: members.Security_UserID as string,
          system: `mapFilter((name, value) -> value != '', mapFromArrays(${names}, [${Object.values(members).join(", ")}]))`,
          data: `mapFromArrays(arrayMap(pair -> pair.1, ${pairs}), arrayMap(pair -> if(${isList}, arrayStringConcat(${items}, '\\n'), ${textOf("pair.2")}), ${pairs}))`,
          rendering: `if(${message} = '', map(), map('Message', ${message}))`,
          lists: `mapFromArrays(arrayMap(pair -> pair.1, arrayFilter(pair -> ${isList}, ${pairs})), arrayMap(pair -> ${items}, arrayFilter(pair -> ${isList}, ${pairs})))`,
        },
      },
    ],
  };
}

/** The event's own fields as Array(Tuple(String, String)): name and raw JSON. */
function pairsOf({ data, nestedData, notData, notDataIf }: Layout): string {
  const of = (path: Path) => `JSONExtractKeysAndValuesRaw(${arguments_(path)})`;
  const all = data.map(of);
  if (nestedData !== undefined)
    all.push(
      `arrayFlatten(arrayMap(pair -> if(startsWith(pair.2, '{'), JSONExtractKeysAndValuesRaw(pair.2), []), ${of(nestedData)}))`,
    );
  const wanted = ["pair.2 != 'null'"];
  if (notData.length > 0) wanted.push(`pair.1 NOT IN ${sqlSet(notData)}`);
  if (notDataIf !== undefined)
    wanted.push(
      `NOT (pair.1 = ${sqlString(notDataIf.name)} AND pair.2 IN ${sqlSet(notDataIf.values.map((value) => JSON.stringify(value)))})`,
    );
  return `arrayFilter(pair -> ${wanted.join(" AND ")}, ${all.length === 1 ? all[0] : `arrayConcat(${all.join(", ")})`})`;
}
