/**
 * Writes event logs for tests: synthetic, byte by byte from the format's description. It shares nothing with the reader, and writes what a test
 * asks for, also where Windows never would.
 */
import { crc32 } from "node:zlib";

/** A value of a template instance. */
export interface Value {
  type: number;
  bytes: Buffer;
}

/** What stands in an element or attribute. */
export type Part =
  | {
      is: "element";
      name: string;
      attributes: Record<string, Part | Part[]>;
      content: Part[];
      dependency?: number;
    }
  | { is: "text"; text: string }
  | { is: "value"; index: number; type: number; optional: boolean }
  | { is: "cdata"; text: string }
  | { is: "char"; code: number }
  | { is: "entity"; name: string }
  | { is: "pi"; target: string; data: string };

export const text = (value: string): Part => ({ is: "text", text: value });
export const cdata = (value: string): Part => ({ is: "cdata", text: value });
export const char = (code: number): Part => ({ is: "char", code });
export const entity = (name: string): Part => ({ is: "entity", name });
export const pi = (target: string, data: string): Part => ({ is: "pi", target, data });
export const value = (index: number, type = 0x01): Part => ({ is: "value", index, type, optional: false });
export const optional = (index: number, type = 0x01): Part => ({ is: "value", index, type, optional: true });
/** Strings in content and attributes are texts. */
export const element = (
  name: string,
  attributes: Record<string, Part | Part[] | string> = {},
  content: (Part | string)[] = [],
): Part => ({
  is: "element",
  name,
  attributes: Object.fromEntries(
    Object.entries(attributes).map(([key, part]) => [key, typeof part === "string" ? text(part) : part]),
  ),
  content: content.map((part) => (typeof part === "string" ? text(part) : part)),
});

/** A template; two with one GUID are two if they are two objects. */
export interface Definition {
  guid: Buffer;
  root: Part;
}

let nextGuid = 1;
export function definition(root: Part, guid?: Buffer): Definition {
  const own = Buffer.alloc(16);
  own.writeUInt32LE(nextGuid++, 0);
  return { root, guid: guid ?? own };
}

/** The body of a record, or of a value that is BinXml. */
export type Body =
  | { template: Definition; values: Value[] }
  | { fragment: Part[] }
  /** Bytes as they are. */
  | { raw: Buffer };

export const values = {
  none: (): Value => ({ type: 0x00, bytes: Buffer.alloc(0) }),
  string: (content: string): Value => ({ type: 0x01, bytes: utf16(content) }),
  ansi: (content: string): Value => ({ type: 0x02, bytes: Buffer.from(content, "latin1") }),
  uint8: (number: number): Value => ({ type: 0x04, bytes: Buffer.from([number]) }),
  uint16: (number: number): Value => ({ type: 0x06, bytes: numbers(2, number) }),
  uint32: (number: number): Value => ({ type: 0x08, bytes: numbers(4, number) }),
  uint64: (number: bigint): Value => ({ type: 0x0a, bytes: big(number) }),
  hex64: (number: bigint): Value => ({ type: 0x15, bytes: big(number) }),
  fileTime: (iso: string): Value => ({ type: 0x11, bytes: big(fileTime(iso)) }),
  strings: (...items: string[]): Value => ({
    type: 0x81,
    bytes: utf16(items.map((item) => `${item}\0`).join("")),
  }),
  raw: (type: number, hex: string): Value => ({ type, bytes: Buffer.from(hex.replaceAll(" ", ""), "hex") }),
};

export interface RecordSpec {
  id: number | bigint;
  /** RFC 3339 in UTC with up to seven digits. */
  time?: string;
  body: Body | ((chunk: ChunkWriter, at: number) => Buffer);
}

const CHUNK = 65_536;

/** One chunk. Names and templates are written where they are first used, and referred to afterwards, as Windows does. */
export class ChunkWriter {
  readonly bytes = Buffer.alloc(CHUNK);
  at = 512;
  readonly ids: bigint[] = [];
  readonly offsets: number[] = [];
  readonly #names = new Map<string, number>();
  readonly #templates = new Map<Definition, number>();

  add(...records: RecordSpec[]): this {
    for (const { id, time = "2024-03-01T12:00:00Z", body } of records) {
      const content = typeof body === "function" ? body(this, this.at + 24) : this.body(this.at + 24, body);
      const size = Math.ceil((24 + content.length + 4) / 8) * 8;
      const at = this.at;
      this.bytes.writeUInt32LE(0x2a2a, at);
      this.bytes.writeUInt32LE(size, at + 4);
      this.bytes.writeBigUInt64LE(BigInt(id), at + 8);
      this.bytes.writeBigUInt64LE(fileTime(time), at + 16);
      content.copy(this.bytes, at + 24);
      this.bytes.writeUInt32LE(size, at + size - 4);
      this.ids.push(BigInt(id));
      this.offsets.push(at);
      this.at += size;
    }
    return this;
  }

  /**
   * Hides the record after the given one in it, as eventlogedit does: the carrier's size covers both, and the last four bytes of the hidden one
   * become the carrier's copy of its size.
   */
  hideAfter(index: number): this {
    const [carrier, hidden] = [this.offsets[index] as number, this.offsets[index + 1] as number];
    const size = this.bytes.readUInt32LE(carrier + 4) + this.bytes.readUInt32LE(hidden + 4);
    this.bytes.writeUInt32LE(size, carrier + 4);
    this.bytes.writeUInt32LE(size, carrier + size - 4);
    return this;
  }

  /** With a header that fits. */
  finish(freeOffset = this.at): Buffer {
    this.bytes.write("ElfChnk\0", 0, "latin1");
    const [first = 0n, last = 0n] = [this.ids[0], this.ids.at(-1)];
    for (const [index, id] of [first, last, first, last].entries())
      this.bytes.writeBigUInt64LE(id, 8 + 8 * index);
    this.bytes.writeUInt32LE(128, 40);
    this.bytes.writeUInt32LE(this.offsets.at(-1) ?? 512, 44);
    this.bytes.writeUInt32LE(freeOffset, 48);
    return seal(this.bytes);
  }

  body(at: number, body: Body): Buffer {
    if ("raw" in body) return body.raw;
    const out = new Out(at);
    out.put(Buffer.from([0x0f, 1, 1, 0]));
    if ("template" in body) this.#instance(out, body.template, body.values);
    else for (const part of body.fragment) this.#part(out, part, false);
    out.put(Buffer.from([0x00]));
    return out.bytes;
  }

  /** A value that is BinXml, and so depends on where it will stand. */
  nested(at: number, body: Body): Value {
    return { type: 0x21, bytes: this.body(at, body) };
  }

  /**
   * A record whose template has one value that is BinXml with its own template, as the events of Windows have: the first values are plain, the
   * nested one is the last.
   */
  event(outer: Definition, plain: Value[], inner: Body): (chunk: ChunkWriter, at: number) => Buffer {
    return (chunk, at) => {
      const out = new Out(at);
      out.put(Buffer.from([0x0f, 1, 1, 0]));
      this.#instance(out, outer, plain, (from) => chunk.nested(from, inner));
      out.put(Buffer.from([0x00]));
      return out.bytes;
    };
  }

  #instance(out: Out, template: Definition, plain: Value[], last?: (at: number) => Value): void {
    const known = this.#templates.get(template);
    const at = out.at + 10;
    out.put(Buffer.from([0x0c, 1]), template.guid.subarray(0, 4), numbers(4, known ?? at));
    if (known === undefined) {
      this.#templates.set(template, at);
      const data = new Out(at + 24);
      data.put(Buffer.from([0x0f, 1, 1, 0]));
      this.#part(data, template.root, true);
      data.put(Buffer.from([0x00]));
      out.put(numbers(4, 0), template.guid, numbers(4, data.bytes.length), data.bytes);
    }
    const count = plain.length + (last === undefined ? 0 : 1);
    const sizes = plain.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const all = last === undefined ? plain : [...plain, last(out.at + 4 + 4 * count + sizes)];
    out.put(numbers(4, count));
    for (const { type, bytes } of all) out.put(numbers(2, bytes.length), Buffer.from([type, 0]));
    for (const { bytes } of all) out.put(bytes);
  }

  #part(out: Out, part: Part, inDefinition: boolean): void {
    switch (part.is) {
      case "text":
        out.put(Buffer.from([0x05, 0x01]), counted(part.text));
        return;
      case "value":
        out.put(Buffer.from([part.optional ? 0x0e : 0x0d]), numbers(2, part.index), Buffer.from([part.type]));
        return;
      case "cdata":
        out.put(Buffer.from([0x07]), counted(part.text));
        return;
      case "char":
        out.put(Buffer.from([0x08]), numbers(2, part.code));
        return;
      case "entity":
        out.put(Buffer.from([0x09]));
        this.#name(out, part.name);
        return;
      case "pi":
        out.put(Buffer.from([0x0a]));
        this.#name(out, part.target);
        out.put(Buffer.from([0x0b]), counted(part.data));
        return;
      case "element":
        this.#element(out, part, inDefinition);
    }
  }

  #element(
    out: Out,
    { name, attributes, content }: Extract<Part, { is: "element" }>,
    inDefinition: boolean,
  ): void {
    const entries = Object.entries(attributes);
    const body = new Out(out.at + (inDefinition ? 7 : 5));
    this.#name(body, name);
    if (entries.length > 0) {
      const list = new Out(body.at + 4);
      for (const [index, [key, parts]] of entries.entries()) {
        list.put(Buffer.from([index < entries.length - 1 ? 0x46 : 0x06]));
        this.#name(list, key);
        for (const part of [parts].flat()) this.#part(list, part, inDefinition);
      }
      body.put(numbers(4, list.bytes.length), list.bytes);
    }
    body.put(Buffer.from([content.length > 0 ? 0x02 : 0x03]));
    for (const part of content) this.#part(body, part, inDefinition);
    if (content.length > 0) body.put(Buffer.from([0x04]));
    out.put(Buffer.from([entries.length > 0 ? 0x41 : 0x01]));
    if (inDefinition) out.put(numbers(2, 0xffff));
    out.put(numbers(4, body.bytes.length), body.bytes);
  }

  #name(out: Out, name: string): void {
    const known = this.#names.get(name);
    out.put(numbers(4, known ?? out.at + 4));
    if (known !== undefined) return;
    this.#names.set(name, out.at);
    out.put(numbers(4, 0), numbers(2, nameHash(name)), counted(name), numbers(2, 0));
  }
}

/** Checksums of a chunk as it now is. */
export function seal(chunk: Buffer): Buffer {
  const free = Math.min(chunk.readUInt32LE(48), CHUNK);
  chunk.writeUInt32LE(crc32(chunk.subarray(512, free)), 52);
  chunk.writeUInt32LE(crc32(chunk.subarray(128, 512), crc32(chunk.subarray(0, 120))), 124);
  return chunk;
}

/** A file of chunks. */
export function evtxFile(chunks: readonly Buffer[], flags = 0): Buffer {
  const header = Buffer.alloc(4096);
  header.write("ElfFile\0", 0, "latin1");
  header.writeBigUInt64LE(BigInt(Math.max(0, chunks.length - 1)), 16);
  header.writeUInt32LE(128, 32);
  header.writeUInt16LE(1, 36);
  header.writeUInt16LE(3, 38);
  header.writeUInt16LE(4096, 40);
  header.writeUInt16LE(chunks.length, 42);
  header.writeUInt32LE(flags, 120);
  header.writeUInt32LE(crc32(header.subarray(0, 120)), 124);
  return Buffer.concat([header, ...chunks]);
}

/** The `System` of an event and a place for what it tells, as Windows' own templates have it. Values: see {@link systemValues}. */
export function eventTemplate(): Definition {
  return definition(
    element("Event", { xmlns: "http://schemas.microsoft.com/win/2004/08/events/event" }, [
      element("System", {}, [
        element("Provider", { Name: optional(0), Guid: optional(1, 0x0f) }),
        element("EventID", { Qualifiers: optional(2, 0x06) }, [optional(3, 0x06)]),
        element("Level", {}, [optional(4, 0x04)]),
        element("Keywords", {}, [optional(5, 0x15)]),
        element("TimeCreated", { SystemTime: optional(6, 0x11) }),
        element("EventRecordID", {}, [optional(7, 0x0a)]),
        element("Correlation", { ActivityID: optional(8, 0x0f) }),
        element("Execution", { ProcessID: optional(9, 0x08) }),
        element("Channel", {}, [optional(10)]),
        element("Computer", {}, ["HOST-1"]),
        element("Security", { UserID: optional(11, 0x13) }),
      ]),
      optional(12, 0x21),
    ]),
  );
}

/** All values of {@link eventTemplate} but the last, which is the event's own data. */
export function systemValues(id: number, eventId = 1): Value[] {
  return [
    values.string("Synthetic-Provider"),
    values.none(),
    values.none(),
    values.uint16(eventId),
    values.uint8(4),
    values.hex64(0x8000000000000000n),
    values.fileTime("2024-03-01T12:00:00.1234567Z"),
    values.uint64(BigInt(id)),
    values.none(),
    values.uint32(4242),
    values.string("Synthetic/Operational"),
    values.raw(0x13, "01 01 00 00 00 00 00 05 12 00 00 00"),
  ];
}

/** `EventData` with these names, each with the value of its place. */
export function dataTemplate(...names: string[]): Definition {
  return definition(
    element(
      "EventData",
      {},
      names.map((name, index) => element("Data", { Name: name }, [value(index)])),
    ),
  );
}

/** 100 ns since 1601. */
export function fileTime(iso: string): bigint {
  const [, seconds = "", fraction = ""] = /^(.*?)(?:\.(\d+))?Z$/.exec(iso) ?? [];
  return BigInt(Date.parse(`${seconds}Z`) + 11_644_473_600_000) * 10_000n + BigInt(fraction.padEnd(7, "0"));
}

export function utf16(content: string): Buffer {
  return Buffer.from(content, "utf16le");
}

class Out {
  bytes = Buffer.alloc(0);
  readonly #start: number;

  constructor(start: number) {
    this.#start = start;
  }

  get at(): number {
    return this.#start + this.bytes.length;
  }

  put(...parts: Buffer[]): void {
    this.bytes = Buffer.concat([this.bytes, ...parts]);
  }
}

/** Number of characters, then the characters. */
function counted(content: string): Buffer {
  return Buffer.concat([numbers(2, content.length), utf16(content)]);
}

function numbers(size: number, ...each: number[]): Buffer {
  const bytes = Buffer.alloc(size * each.length);
  for (const [index, number] of each.entries()) bytes.writeUIntLE(number, index * size, size);
  return bytes;
}

function big(number: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(number);
  return bytes;
}

function nameHash(name: string): number {
  let hash = 0n;
  for (const unit of utf16(name).toString("utf16le").split(""))
    hash = (hash * 65_599n + BigInt(unit.charCodeAt(0))) & 0xffff_ffffn;
  return Number(hash & 0xffffn);
}
