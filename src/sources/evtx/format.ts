/**
 * Names and numbers of the Windows XML event log, version 3.1 and 3.2. Two descriptions say the same in their own words, and are cited
 * as follows throughout this folder:
 * - [MS-EVEN6], Microsoft, "EventLog Remoting Protocol Version 6.0": section 2.2.12 (BinXml), 2.2.12.3 (how values are written as text),
 *   3.1.4.7 (templates, optional substitutions, the type system);
 * - [Metz], Joachim Metz, "Windows XML Event Log (EVTX) format", the document of libevtx: file header, chunk, event record, binary XML.
 */

/** [Metz] "File header": the header's block, of which 128 bytes are used. Chunks follow. */
export const FILE_HEADER_SIZE = 4096;
/** [Metz] "Chunk": a chunk is read alone; every offset in it counts from its own beginning. */
export const CHUNK_SIZE = 65_536;
/** [Metz] "Chunk header": records begin here. */
export const CHUNK_HEADER_SIZE = 512;
/** [Metz] "Event record": signature, size, identifier and time in front, the size again behind. */
export const RECORD_HEADER_SIZE = 24;
export const SMALLEST_RECORD = 28;
/** `2a 2a 00 00` as the bytes stand and as a little-endian number. */
export const RECORD_SIGNATURE = 0x2a2a;

/** [Metz] "Token types". The flag 0x40 says that more of the same follows; nothing here depends on it. */
export const Token = {
  Eof: 0x00,
  OpenElement: 0x01,
  CloseStartElement: 0x02,
  CloseEmptyElement: 0x03,
  EndElement: 0x04,
  Value: 0x05,
  Attribute: 0x06,
  CData: 0x07,
  CharRef: 0x08,
  EntityRef: 0x09,
  PiTarget: 0x0a,
  PiData: 0x0b,
  TemplateInstance: 0x0c,
  Substitution: 0x0d,
  OptionalSubstitution: 0x0e,
  FragmentHeader: 0x0f,
  MoreFlag: 0x40,
} as const;

/** [Metz] "Value types". An array has the flag 0x80 and the type of its items. */
export const ValueType = {
  Null: 0x00,
  String: 0x01,
  AnsiString: 0x02,
  Int8: 0x03,
  UInt8: 0x04,
  Int16: 0x05,
  UInt16: 0x06,
  Int32: 0x07,
  UInt32: 0x08,
  Int64: 0x09,
  UInt64: 0x0a,
  Real32: 0x0b,
  Real64: 0x0c,
  Bool: 0x0d,
  Binary: 0x0e,
  Guid: 0x0f,
  SizeT: 0x10,
  FileTime: 0x11,
  SystemTime: 0x12,
  Sid: 0x13,
  HexInt32: 0x14,
  HexInt64: 0x15,
  EvtHandle: 0x20,
  BinXml: 0x21,
  EvtXml: 0x23,
  ArrayFlag: 0x80,
} as const;

/** Elements within elements, and BinXml within BinXml. Windows' own events stay below ten. */
export const DEEPEST_ELEMENT = 64;
export const DEEPEST_BINXML = 16;
/**
 * Characters that the records of one chunk may become. 64 KiB of an honest chunk become about 200,000; a crafted template that names one
 * value a thousand times, with templates in it that do the same, has no end.
 */
export const LONGEST_CHUNK_TEXT = 4_194_304;
/**
 * BinXml tokens that may be scanned in one chunk. The shortest has three bytes, so that a chunk has place for 21,845, and none is scanned more
 * often than three times (fields, XML, carving); more of them means definitions that lie over one another.
 */
export const MOST_TOKENS = 65_536;

/** Bytes that are not what the format demands. What was being read is lost: a record, or what is left of a chunk; never the run. */
export class Damage extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "Damage";
  }
}
