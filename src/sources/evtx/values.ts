import { binaryText, guidText, hexText } from "./ascii.js";
import type { ChunkBytes } from "./chunk-bytes.js";
import { CHUNK_SIZE, Damage, ValueType } from "./format.js";
import { IdentifierTexts } from "./identifier-texts.js";
import { NumberTexts } from "./number-texts.js";
import { fileTimeText, systemTimeText } from "./times.js";

/** A value as text, or each of an array's items. */
export type ValueText = string | readonly string[];

/** Writes values as the text that Event Viewer's XML shows: [MS-EVEN6] 2.2.12.3, with what Windows does where it differs. */
export class Values {
  readonly #chunk: ChunkBytes;
  readonly #view: DataView;
  readonly #hex = new NumberTexts(hexText);
  readonly #unsigned = new NumberTexts(unsigned64);
  readonly #guids = new IdentifierTexts(guidText);
  readonly #sids = new IdentifierTexts(sidText);

  constructor(chunk: ChunkBytes) {
    this.#chunk = chunk;
    this.#view = chunk.view;
  }

  /** @throws Damage, RangeError where the bytes are no value of this type. BinXml (0x21) is not a text and not handled here. */
  text(type: number, at: number, size: number): ValueText {
    if (at + size > CHUNK_SIZE) throw new Damage("a value reaches beyond the end of the chunk");
    if (type === ValueType.String) return this.#chunk.text(at, size >> 1);
    return (type & ValueType.ArrayFlag) === 0
      ? this.#single(type, at, size)
      : this.#array(type & 0x7f, at, size);
  }

  #single(type: number, at: number, size: number): string {
    if (size === 0) return "";
    switch (type) {
      case ValueType.Null:
        return "";
      case ValueType.String:
      case ValueType.EvtXml:
        return this.#chunk.text(at, size >> 1);
      case ValueType.AnsiString:
        return this.#chunk.ansi(at, size);
      case ValueType.UInt8:
      case ValueType.UInt16:
      case ValueType.UInt32:
      case ValueType.UInt64:
        return this.#unsignedText(at, size);
      case ValueType.Int8:
      case ValueType.Int16:
      case ValueType.Int32:
      case ValueType.Int64:
        return this.#signedText(at, size);
      case ValueType.HexInt32:
      case ValueType.HexInt64:
      case ValueType.SizeT:
      case ValueType.EvtHandle:
        return this.#hexadecimal(at, size);
      case ValueType.Bool:
        return this.#isZero(at, size) ? "false" : "true";
      case ValueType.Binary:
        return binaryText(this.#chunk.bytes, at, size);
      case ValueType.Real32:
      case ValueType.Real64:
        return this.#real(at, size);
      case ValueType.Guid:
        return this.#guid(at, size);
      case ValueType.Sid:
        return this.#sid(at, size);
      case ValueType.FileTime:
        if (size !== 8) break;
        return fileTimeText(this.#view.getUint32(at + 4, true), this.#view.getUint32(at, true));
      case ValueType.SystemTime:
        if (size !== 16) break;
        return systemTimeText(this.#view, at) ?? binaryText(this.#chunk.bytes, at, size);
      default:
        throw new Damage(`there is no value type 0x${type.toString(16)}`);
    }
    throw new Damage(`a value of type 0x${type.toString(16)} cannot have ${size} bytes`);
  }

  /** [Metz] "Value types": items one after the other; texts end with NUL. */
  #array(type: number, at: number, size: number): readonly string[] {
    if (type === ValueType.String) return this.#texts(at, size);
    if (type === ValueType.AnsiString) return this.#ansiTexts(at, size);
    const items: string[] = [];
    if (type === ValueType.Sid) {
      for (let from = at; from < at + size; ) {
        const length = this.#sidSize(from, at + size - from);
        items.push(this.#sid(from, length));
        from += length;
      }
      return items;
    }
    // A pointer of the machine that logged ([Metz] "Normal substitution"): the type does not say how wide.
    const width = type === ValueType.SizeT && size % 8 !== 0 ? 4 : ITEM_SIZE[type];
    if (width === undefined) throw new Damage(`there is no array of value type 0x${type.toString(16)}`);
    if (size % width !== 0)
      throw new Damage(`an array of type 0x${type.toString(16)} cannot have ${size} bytes`);
    for (let from = at; from < at + size; from += width) items.push(this.#single(type, from, width));
    return items;
  }

  #texts(at: number, size: number): string[] {
    const items: string[] = [];
    const end = at + (size & ~1);
    let from = at;
    for (let to = at; to < end; to += 2) {
      if (this.#view.getUint16(to, true) !== 0) continue;
      items.push(this.#chunk.text(from, (to - from) >> 1));
      from = to + 2;
    }
    if (from < end) items.push(this.#chunk.text(from, (end - from) >> 1));
    return items;
  }

  #ansiTexts(at: number, size: number): string[] {
    const items: string[] = [];
    let from = at;
    for (let to = at; to < at + size; to++) {
      if (this.#chunk.bytes[to] !== 0) continue;
      items.push(this.#chunk.ansi(from, to - from));
      from = to + 1;
    }
    if (from < at + size) items.push(this.#chunk.ansi(from, at + size - from));
    return items;
  }

  /** The type says how to write a number, its size how to read it: some providers log a number wider than they declared it. */
  #unsignedText(at: number, size: number): string {
    switch (size) {
      case 1:
        return String(this.#view.getUint8(at));
      case 2:
        return String(this.#view.getUint16(at, true));
      case 4:
        return String(this.#view.getUint32(at, true));
      case 8:
        return this.#unsigned.get(this.#view.getUint32(at + 4, true), this.#view.getUint32(at, true));
      default:
        throw new Damage(`a number cannot have ${size} bytes`);
    }
  }

  #signedText(at: number, size: number): string {
    switch (size) {
      case 1:
        return String(this.#view.getInt8(at));
      case 2:
        return String(this.#view.getInt16(at, true));
      case 4:
        return String(this.#view.getInt32(at, true));
      case 8:
        return this.#view.getBigInt64(at, true).toString();
      default:
        throw new Damage(`a number cannot have ${size} bytes`);
    }
  }

  #hexadecimal(at: number, size: number): string {
    switch (size) {
      case 1:
        return this.#hex.get(0, this.#view.getUint8(at));
      case 2:
        return this.#hex.get(0, this.#view.getUint16(at, true));
      case 4:
        return this.#hex.get(0, this.#view.getUint32(at, true));
      case 8:
        return this.#hex.get(this.#view.getUint32(at + 4, true), this.#view.getUint32(at, true));
      default:
        throw new Damage(`a hexadecimal number cannot have ${size} bytes`);
    }
  }

  #isZero(at: number, size: number): boolean {
    for (let index = at; index < at + size; index++) if (this.#chunk.bytes[index] !== 0) return false;
    return true;
  }

  /** The shortest decimal that means the same; what is no number as Microsoft's C library writes it ([Metz] "Floating point"). */
  #real(at: number, size: number): string {
    if (size !== 4 && size !== 8) throw new Damage(`a floating point number cannot have ${size} bytes`);
    const value = size === 4 ? this.#view.getFloat32(at, true) : this.#view.getFloat64(at, true);
    if (Number.isNaN(value)) return "-1.#IND";
    if (!Number.isFinite(value)) return value > 0 ? "1.#INF" : "-1.#INF";
    if (size === 8) return String(value);
    for (let digits = 6; digits < 9; digits++) {
      const short = Number(value.toPrecision(digits));
      if (Math.fround(short) === value) return String(short);
    }
    return String(Number(value.toPrecision(9)));
  }

  #guid(at: number, size: number): string {
    if (size !== 16) throw new Damage(`a GUID cannot have ${size} bytes`);
    return this.#guids.get(this.#view, this.#chunk.bytes, at, 16);
  }

  #sid(at: number, size: number): string {
    return this.#sids.get(this.#view, this.#chunk.bytes, at, this.#sidSize(at, size));
  }

  #sidSize(at: number, room: number): number {
    const length = 8 + 4 * this.#view.getUint8(at + 1);
    if (room < length) throw new Damage(`a SID of ${length} bytes does not fit in ${room}`);
    return length;
  }
}

/** `S-1-5-21-…` ([MS-DTYP] 2.4.2.1): the authority is decimal up to 2^32, and hexadecimal above. */
function sidText(bytes: Buffer, at: number, size: number): string {
  const authority = bytes.readUIntBE(at + 2, 6);
  let text = `S-${bytes[at]}-${authority < 2 ** 32 ? authority : `0x${authority.toString(16).padStart(12, "0")}`}`;
  for (let part = at + 8; part < at + size; part += 4) text += `-${bytes.readUInt32LE(part)}`;
  return text;
}

function unsigned64(high: number, low: number): string {
  const value = high * 4_294_967_296 + low;
  return Number.isSafeInteger(value)
    ? String(value)
    : (BigInt(high) * 4_294_967_296n + BigInt(low)).toString();
}

/** Bytes of an item in an array. */
const ITEM_SIZE: Readonly<Record<number, number>> = {
  [ValueType.Int8]: 1,
  [ValueType.UInt8]: 1,
  [ValueType.Int16]: 2,
  [ValueType.UInt16]: 2,
  [ValueType.Int32]: 4,
  [ValueType.UInt32]: 4,
  [ValueType.Int64]: 8,
  [ValueType.UInt64]: 8,
  [ValueType.Real32]: 4,
  [ValueType.Real64]: 8,
  [ValueType.Bool]: 4,
  [ValueType.Guid]: 16,
  [ValueType.SizeT]: 8,
  [ValueType.FileTime]: 8,
  [ValueType.SystemTime]: 16,
  [ValueType.HexInt32]: 4,
  [ValueType.HexInt64]: 8,
};
