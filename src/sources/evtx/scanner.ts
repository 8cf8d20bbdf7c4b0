import type { ChunkBytes } from "./chunk-bytes.js";
import { type Code, Op } from "./code.js";
import { CHUNK_SIZE, Damage, DEEPEST_ELEMENT, MOST_TOKENS, Token, ValueType } from "./format.js";

/** Reads one element of BinXml, with all that is in it, into code ([MS-EVEN6] 2.2.12, [Metz] "Binary XML"). */
export class Scanner {
  readonly #chunk: ChunkBytes;
  readonly #view: DataView;
  /** Names of this chunk by their offset: `Data` stands once and is referred to a thousand times. */
  readonly #names = new Map<number, string>();
  #ints = new Int32Array(1024);
  #length = 0;
  #strings: string[] = [];
  #tokensLeft = MOST_TOKENS;
  /** Behind what was scanned last. */
  end = 0;
  /** Whether names have to agree with their hash: where what they refer to may have been overwritten since. */
  checkNames = false;

  constructor(chunk: ChunkBytes) {
    this.#chunk = chunk;
    this.#view = chunk.view;
  }

  /** To be called for each new chunk. */
  reset(): void {
    this.#names.clear();
    this.#tokensLeft = MOST_TOKENS;
  }

  /**
   * The element that begins at `at`; {@link end} is then behind it. In a template definition every element has a dependency identifier.
   * @throws Damage, RangeError
   */
  element(at: number, limit: number, inDefinition: boolean): Code {
    this.#length = 0;
    this.#strings = [];
    this.end = this.#tokens(at, limit, inDefinition);
    return { ints: this.#ints.slice(0, this.#length), strings: this.#strings };
  }

  /** A processing instruction outside of elements, as {@link element}. */
  instruction(at: number): { target: string; data: string } {
    this.#length = 0;
    this.#strings = [];
    this.end = this.#instruction(at);
    return { target: this.#strings[0] ?? "", data: this.#strings[1] ?? "" };
  }

  #tokens(from: number, limit: number, inDefinition: boolean): number {
    let at = from;
    let depth = 0;
    let inStartTag = false;
    do {
      if (at >= limit) throw new Damage("an element has no end");
      if (--this.#tokensLeft < 0)
        throw new Damage("the templates of this chunk hold more than a chunk has place for");
      const token = this.#chunk.bytes[at] as number;
      switch (token & ~Token.MoreFlag) {
        case Token.OpenElement:
          if (inStartTag) throw new Damage("an element begins inside a start tag");
          if (++depth > DEEPEST_ELEMENT)
            throw new Damage(`elements are nested more than ${DEEPEST_ELEMENT} deep`);
          // Token, dependency identifier (in definitions), size, name, and the size of the list where there are attributes.
          at = this.#name(at + (inDefinition ? 7 : 5), Op.Open);
          if ((token & Token.MoreFlag) !== 0) at += 4;
          inStartTag = true;
          break;
        case Token.Attribute:
          if (!inStartTag) throw new Damage("an attribute stands outside of a start tag");
          at = this.#name(at + 1, Op.Attribute);
          break;
        case Token.CloseStartElement:
          if (!inStartTag) throw new Damage("a start tag ends that did not begin");
          inStartTag = false;
          this.#put(Op.Content);
          at++;
          break;
        case Token.CloseEmptyElement:
          if (!inStartTag) throw new Damage("an empty element ends that did not begin");
          inStartTag = false;
          this.#put(Op.Close);
          depth--;
          at++;
          break;
        case Token.EndElement:
          if (inStartTag) throw new Damage("an element ends inside its start tag");
          this.#put(Op.Close);
          depth--;
          at++;
          break;
        case Token.Value:
          if (this.#chunk.bytes[at + 1] !== ValueType.String)
            throw new Damage(`a literal of type 0x${this.#chunk.bytes[at + 1]?.toString(16)} is no text`);
          at = this.#text(at + 2, Op.Text);
          break;
        case Token.CData:
          at = this.#text(at + 1, Op.CData);
          break;
        case Token.CharRef:
          this.#put(Op.CharRef);
          this.#put(this.#view.getUint16(at + 1, true));
          at += 3;
          break;
        case Token.EntityRef:
          at = this.#name(at + 1, Op.EntityRef);
          break;
        case Token.PiTarget:
          at = this.#instruction(at);
          break;
        case Token.Substitution:
        case Token.OptionalSubstitution:
          this.#put(
            (token & ~Token.MoreFlag) === Token.Substitution ? Op.Substitution : Op.OptionalSubstitution,
          );
          this.#put(this.#view.getUint16(at + 1, true));
          this.#put(this.#view.getUint8(at + 3));
          at += 4;
          break;
        default:
          throw new Damage(`there is no BinXml token 0x${token.toString(16)} inside an element`);
      }
      if (depth === 0 && this.#length === 0) throw new Damage("an element was expected");
    } while (depth > 0);
    return at;
  }

  #instruction(at: number): number {
    const data = this.#name(at + 1, Op.Pi);
    if (this.#chunk.bytes[data] !== Token.PiData) throw new Damage("a processing instruction has no data");
    return this.#text(data + 1, undefined);
  }

  /**
   * [Metz] "Name": an offset in the chunk; at its first use the name itself stands right behind it (four bytes, hash, number of
   * characters, characters, NUL).
   */
  #name(at: number, op: number): number {
    const offset = this.#view.getUint32(at, true);
    this.#put(op);
    this.#strings.push(this.#nameAt(offset));
    const next = at + 4;
    return offset === next ? next + 10 + 2 * this.#view.getUint16(next + 6, true) : next;
  }

  #nameAt(offset: number): string {
    const known = this.#names.get(offset);
    if (known !== undefined) return this.checkNames ? this.#checked(offset, known) : known;
    if (offset + 8 > CHUNK_SIZE) throw new Damage("a name lies beyond the end of the chunk");
    const name = this.#chunk.text(offset + 8, this.#view.getUint16(offset + 6, true));
    this.#names.set(offset, name);
    return this.checkNames ? this.#checked(offset, name) : name;
  }

  #checked(offset: number, name: string): string {
    if (this.#view.getUint16(offset + 4, true) === nameHash(name)) return name;
    throw new Damage("a name was overwritten");
  }

  /** [Metz] "Unicode text string": number of characters, then the characters. */
  #text(at: number, op: number | undefined): number {
    const units = this.#view.getUint16(at, true);
    this.#tokensLeft -= units >> 3;
    if (op !== undefined) this.#put(op);
    this.#strings.push(this.#chunk.text(at + 2, units));
    return at + 2 + 2 * units;
  }

  #put(value: number): void {
    if (this.#length === this.#ints.length) {
      const larger = new Int32Array(this.#ints.length * 2);
      larger.set(this.#ints);
      this.#ints = larger;
    }
    this.#ints[this.#length++] = value;
  }
}

/**
 * [Metz] does not say how names are hashed: h = 65599 · h + character, of which the low 16 bits are kept (sdbm). It holds for all 168,260 names
 * of the logs this was tried on.
 */
export function nameHash(name: string): number {
  let hash = 0;
  for (let at = 0; at < name.length; at++) hash = (Math.imul(hash, 65_599) + name.charCodeAt(at)) | 0;
  return hash & 0xffff;
}
