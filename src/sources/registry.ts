import { csvSource } from "./csv/index.js";
import { evtxSource } from "./evtx/source.js";
import { linuxSource } from "./linux/source.js";
import { mailSource } from "./mail/source.js";
import { netflowSource } from "./netflow/index.js";
import type { Source } from "./port.js";
import { suricataSource } from "./suricata/index.js";
import { weblogSource } from "./weblog/index.js";
import { windowsJsonSource } from "./windows-json/source.js";
import { zeekSource } from "./zeek/index.js";

/**
 * Asked in this order; the first that recognises a file reads it. One line for each source. Event logs are known by their first bytes, so that
 * nobody need try to read them as text; CSV mappings stand before the flow tools, because the user wrote them.
 */
export const SOURCES: readonly Source[] = [
  evtxSource,
  zeekSource,
  suricataSource,
  windowsJsonSource,
  linuxSource,
  csvSource,
  netflowSource,
  weblogSource,
  mailSource,
];
