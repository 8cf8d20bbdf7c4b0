import type { ChunkReader, EvtxRecord } from "../../sources/evtx/index.js";

/** What stands around the events, as in the files that Event Viewer saves. */
export const XML_BEGIN = '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<Events>\n';
export const XML_END = "</Events>\n";

/**
 * One event, behind a processing instruction that says where it comes from: `Event` itself has no place for it, and programs that
 * read the events pass over it.
 */
export function xmlEvent(file: string, record: EvtxRecord, reader: ChunkReader): string {
  let source = `<?longwatch file="${instructionText(file)}" record_id="${record.recordId}"`;
  if (record.carved !== undefined) source += ` carved="${record.carved}"`;
  if (record.hiddenIn !== undefined) source += ` hidden_in="${record.hiddenIn}"`;
  return `${source} offset="${record.offset}"?>${reader.xml(record)}\n`;
}

/** Names of files can hold anything; `?>` would end the instruction, and control characters are no XML. */
function instructionText(text: string): string {
  return (
    text
      .replaceAll("&", "&amp;")
      .replaceAll('"', "&quot;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this expression looks for
      .replaceAll(/[\u0000-\u001f\ufffe\uffff]|\p{Surrogate}/gu, "\ufffd")
  );
}
