import { noObjects, notAnObject, objectOf } from "../json-lines.js";
import type { Detection, LineKind, Probe, Reader, Shape, Source } from "../port.js";
import { Prelude } from "../sql.js";
import { evePlans } from "./events.js";
import { EveFields } from "./fields.js";

/** One shape for all EVE files: kinds and versions of records are told line by line. */
function eveShape(): Shape {
  const prelude = new Prelude();
  const eve = new EveFields(prelude);
  const plans = evePlans(eve);
  const kind = eve.common("event_type").raw;
  const broken = notAnObject(eve.common("timestamp").raw);
  return {
    key: "suricata-eve",
    prelude: prelude.entries,
    rejectLine: `if(${kind} != '' AND startsWith(line, '{'), '', if(${broken} != '', ${broken}, 'event_type is missing'))`,
    kind,
    plans,
  };
}

class EveReader implements Reader {
  readonly format = "eve-json";
  readonly log = "eve";
  readonly headerLines = 0;
  readonly specialFirstBytes: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d, 0x0a, 0xef]);
  readonly shape: Shape = eveShape();
  readonly sensorInLog: string | undefined;

  constructor(hosts: ReadonlySet<string>) {
    this.sensorInLog = hosts.size === 1 ? [...hosts][0] : undefined;
  }

  special(line: string): LineKind {
    return line.trim() === "" ? "blank" : "data";
  }

  wholeWithoutNewline(line: string): boolean {
    return objectOf(line) !== undefined;
  }
}

export const suricataSource: Source = {
  id: "suricata",
  title: "Suricata",
  formats: [{ format: "eve-json", description: "EVE JSON lines: flow, dns, http, tls, fileinfo, alert" }],
  detect(probe: Probe): Detection {
    const refused = noObjects(probe.lines);
    if (refused !== undefined) return { recognised: false, refused };
    const objects = probe.lines.map(objectOf).filter((object) => object !== undefined);
    const records = objects.filter(
      (object) => typeof object.event_type === "string" && "timestamp" in object,
    );
    if (records.length === 0)
      return { recognised: false, refused: "the JSON objects have no event_type and timestamp" };
    const hosts = records
      .map((record) => record.host)
      .filter((host) => typeof host === "string" && host !== "");
    return { recognised: true, reader: new EveReader(new Set(hosts.map(String))) };
  },
};
