/**
 * Zeek's JSON logs: one object a line. A file holds one log, or several where each record says which (`_path`).
 */
import { contentId } from "../../kernel/ids.js";
import { type JsonObject, noObjects, notAnObject, objectOf } from "../json-lines.js";
import type { LineKind, Probe, Reader, Shape } from "../port.js";
import { sqlString } from "../sql.js";
import { JsonFields, PATH_KEYS, type Spelling } from "./json-fields.js";
import { kindOfFields, kindOfLog, kindOfName } from "./kinds.js";
import { planFor, plansByKind } from "./logs.js";

const OBJECTS = ["id", "certificate", "san", "basic_constraints", "version"];

/** What the records at the beginning of a file show. */
interface Head {
  records: number;
  /** Names of fields, dotted, of all records together. */
  names: Set<string>;
  /** What the records say of themselves. */
  paths: Set<string>;
  spellings: Set<Spelling>;
  sensors: Set<string>;
}

const DOTTED_PREFIX = /^(id|certificate|san|basic_constraints|version)[._](.+)$/;

function headOf(objects: readonly JsonObject[]): Head {
  const head: Head = {
    records: objects.length,
    names: new Set(),
    paths: new Set(),
    spellings: new Set(),
    sensors: new Set(),
  };
  for (const object of objects) {
    const path = PATH_KEYS.map((key) => object[key]).find((value) => typeof value === "string");
    head.paths.add(typeof path === "string" ? path : "");
    for (const key of ["_system_name", "@system"]) {
      const sensor = object[key];
      if (typeof sensor === "string" && sensor !== "") head.sensors.add(sensor);
    }
    for (const [key, value] of Object.entries(object)) addNames(head, key, value);
  }
  return head;
}

function addNames(head: Head, key: string, value: unknown): void {
  const parts = DOTTED_PREFIX.exec(key);
  if (parts !== null) {
    head.names.add(`${parts[1]}.${parts[2]}`);
    head.spellings.add(key.includes(".") ? "dotted" : "underscored");
  } else if (OBJECTS.includes(key) && typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const inner of Object.keys(value)) head.names.add(`${key}.${inner}`);
    head.spellings.add("nested");
  } else {
    head.names.add(key);
  }
}

/** A reader if these records are Zeek's, else why they are not. */
export function zeekJsonReader(probe: Probe): ZeekJsonReader | string {
  const refused = noObjects(probe.lines);
  if (refused !== undefined) return refused;
  const objects = probe.lines.map(objectOf).filter((object) => object !== undefined);
  const head = headOf(objects);
  const named = [...head.paths].some((path) => path !== "");
  const looksLikeZeek =
    named ||
    (head.names.has("ts") &&
      (head.names.has("uid") ||
        kindOfFields(head.names) !== undefined ||
        kindOfName(probe.path) !== undefined));
  // loaded_scripts has no time and one field; nothing but its name tells it.
  const bareList =
    head.names.size === 1 && head.names.has("name") && kindOfName(probe.path) === "loaded_scripts";
  if (!looksLikeZeek && !bareList) {
    return "the JSON objects have neither _path nor the fields of a Zeek log (ts, uid, id.orig_h)";
  }
  return new ZeekJsonReader(probe, head, named);
}

class ZeekJsonReader implements Reader {
  readonly format = "zeek-json";
  readonly log: string;
  readonly headerLines = 0;
  readonly specialFirstBytes: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d, 0x0a, 0xef]);
  readonly sensorInLog: string | undefined;
  readonly shape: Shape;

  constructor(probe: Probe, head: Head, named: boolean) {
    const only = [...head.paths];
    const kind = named
      ? only.length === 1
        ? (only[0] ?? "")
        : "combined"
      : kindOfLog("", head.names, probe.path);
    this.log = kind;
    this.sensorInLog = head.sensors.size === 1 ? [...head.sensors][0] : undefined;
    this.shape = named ? combinedShape(head.spellings) : singleShape(kind, head.spellings);
  }

  special(line: string): LineKind {
    return line.trim() === "" ? "blank" : "data";
  }

  wholeWithoutNewline(line: string): boolean {
    return objectOf(line) !== undefined;
  }
}

const keyOf = (kind: string, spellings: ReadonlySet<Spelling>) =>
  contentId("zeek-json", kind, ...[...spellings].sort());

function singleShape(kind: string, spellings: ReadonlySet<Spelling>): Shape {
  const fields = new JsonFields(spellings);
  const plan = planFor(kind, fields);
  const key = keyOf(kind, spellings);
  if (plan === undefined) return { key: `${key}/${kind}`, prelude: [], rejectLine: "''", plans: [] };
  const rejectLine = notAnObject(fields.field("ts").raw);
  return { key, prelude: fields.entries, rejectLine, plans: [plan] };
}

/** Each record names its log. A record that does not is rejected: nothing says what it is. */
function combinedShape(spellings: ReadonlySet<Spelling>): Shape {
  const fields = new JsonFields(spellings);
  const [own, other] = PATH_KEYS.map((key) => fields.field(key).raw);
  const kind = fields.prelude.define(`lower(replaceAll(if(${own} != '', ${own}, ${other}), '-', '_'))`);
  const plans = plansByKind(fields, kind);
  const broken = notAnObject(fields.field("ts").raw);
  const unnamed = sqlString(`the record does not name its log (${PATH_KEYS.join(" or ")})`);
  return {
    key: keyOf("*", spellings),
    prelude: fields.entries,
    rejectLine: `if(${kind} != '' AND startsWith(line, '{'), '', if(${broken} != '', ${broken}, ${unnamed}))`,
    kind,
    plans,
  };
}
