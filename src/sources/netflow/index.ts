import { LongwatchError } from "../../kernel/errors.js";
import type { Detection, Probe, Source } from "../port.js";
import { argusReader } from "./argus.js";
import { nfdumpReader } from "./nfdump.js";

/** First bytes of nfdump's own files (nffile.h: MAGIC 0xA50C, then the layout version), in either byte order. */
function isNfcapd(head: Buffer): boolean {
  const little = head[0] === 0x0c && head[1] === 0xa5 && head[3] === 0;
  const big = head[0] === 0xa5 && head[1] === 0x0c && head[2] === 0;
  return little || big;
}

export const netflowSource: Source = {
  id: "netflow",
  title: "NetFlow and IPFIX, as nfdump or Argus print them",
  formats: [
    { format: "nfdump-csv", description: "nfdump -o csv, the layouts before and after 1.7.5" },
    { format: "argus-csv", description: "Argus ra output with a header line, comma or tab (binetflow)" },
  ],
  detect(probe: Probe): Detection {
    if (isNfcapd(probe.head)) {
      throw new LongwatchError(
        "LW_INPUT_UNREADABLE",
        "a binary nfdump file (nfcapd); convert it first: TZ=UTC nfdump -r FILE -o csv > FILE.csv",
        { file: probe.path },
      );
    }
    const reader = nfdumpReader(probe) ?? argusReader(probe);
    return reader === undefined
      ? {
          recognised: false,
          refused:
            "the first line names neither nfdump's columns (ts, sa, da …) nor Argus's (StartTime, SrcAddr …)",
        }
      : { recognised: true, reader };
  },
};
