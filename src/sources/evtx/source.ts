import type { Source } from "../port.js";
import { isChunk } from "./chunk-header.js";
import { isEventLog } from "./file-header.js";
import { FILE_HEADER_SIZE } from "./format.js";
import { EVENT_SHAPE } from "./stored.js";

export const evtxSource: Source = {
  id: "evtx",
  title: "Windows",
  formats: [
    { format: "evtx", description: "Windows event logs, also such that were not closed or are damaged" },
  ],
  detect({ head }) {
    if (isEventLog(head) || isChunk(head, 0) || isChunk(head, FILE_HEADER_SIZE))
      return { recognised: true, records: { format: "evtx", log: "events", shape: EVENT_SHAPE } };
    return { recognised: false, refused: "it does not begin with ElfFile, as a Windows event log does" };
  },
};
