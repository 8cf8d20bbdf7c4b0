import { noObjects, objectOf } from "../json-lines.js";
import type { LineKind, Reader, Shape, Source } from "../port.js";
import { LAYOUTS, type Layout } from "./layouts.js";
import { shapeOf } from "./shape.js";

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

export const windowsJsonLinesSource: Source = {
  id: "windows-json-lines",
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
