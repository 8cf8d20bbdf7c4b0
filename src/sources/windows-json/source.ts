import { EventLineReader } from "../event-rows.js";
import type { Source } from "../port.js";
import { linedRecords, readLined } from "./lined.js";
import { RECOGNISED_BY, recognise } from "./recognise.js";

/** A record is whole when its last brace closes; then it has its line's end. */
const isWhole = (): boolean => false;

export const windowsJsonSource: Source = {
  id: "windows-json",
  title: "Windows as JSON",
  formats: [
    { format: "evtx-dump-json", description: "Windows events of evtx_dump, and other XML as JSON" },
    { format: "winlogbeat-json", description: "of Winlogbeat and Elastic Agent (winlog.*)" },
    { format: "winlogbeat6-json", description: "of Winlogbeat before version 7" },
    { format: "nxlog-json", description: "of NXLog, and of OTRF's Security Datasets" },
    { format: "longwatch-evtx-json", description: "of longwatch evtx --jsonl" },
  ],
  lined: linedRecords,
  detect({ head }) {
    const recognised = recognise(head.subarray(0, RECOGNISED_BY));
    return "refused" in recognised
      ? { recognised: false, refused: recognised.refused }
      : { recognised: true, reader: new EventLineReader(recognised.product, readLined, isWhole) };
  },
};
