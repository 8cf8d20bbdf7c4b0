import { LongwatchError } from "../../kernel/errors.js";
import type { Source } from "../port.js";
import { isEventLog } from "./file-header.js";

/** Event logs among the files that a case takes in: recognised, so that they are not passed over as unknown; they are not stored yet. */
export const evtxSource: Source = {
  id: "evtx",
  title: "Windows",
  formats: [
    {
      format: "evtx",
      description: "Windows event logs: printed by `longwatch evtx`; they are not stored in cases yet",
    },
  ],
  detect(probe) {
    if (!isEventLog(probe.head))
      return { recognised: false, refused: "it does not begin with ElfFile, as a Windows event log does" };
    throw new LongwatchError(
      "LW_INPUT_UNREADABLE",
      "a Windows event log (EVTX): read it with `longwatch evtx FILE --jsonl`; storing its events in a case comes later",
      { file: probe.path },
    );
  },
};
