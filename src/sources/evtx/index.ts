/**
 * The reader of Windows event logs (EVTX). `ChunkReader` turns the bytes of a chunk into records, in any thread; `openEvtx`, `segmentsOf` and
 * `readSegment` give it a file's chunks.
 */
export { type ChunkFacts, chunkFacts } from "./chunk-facts.js";
export { ChunkReader, type Problem } from "./chunk-reader.js";
export {
  type EvtxFile,
  openEvtx,
  openEvtxStream,
  readChunks,
  readSegment,
  type Segment,
  segmentsOf,
} from "./file.js";
export { CHUNK_SIZE } from "./format.js";
export { jsonLine } from "./json.js";
export { EvtxRecord } from "./record.js";
export { recordExtent } from "./record-extent.js";
export { lineNumber, type RecordOwner, writeEvent } from "./stored.js";
