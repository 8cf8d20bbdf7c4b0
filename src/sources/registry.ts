import type { Source } from "./port.js";
import { suricataSource } from "./suricata/index.js";
import { zeekSource } from "./zeek/index.js";

/** Asked in this order; the first that recognises a file reads it. One line for each source. */
export const SOURCES: readonly Source[] = [zeekSource, suricataSource];
