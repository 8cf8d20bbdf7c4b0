/** Bytes of one record, as of a line of any other log. A Windows event cannot have more than 64 KiB in an event log. */
export const MOST_RECORD = 1024 ** 2;
/** Objects within objects; deeper than any event, and not so deep that walking through one could end badly. */
const MOST_DEPTH = 100;
/** Bytes of a reject that are kept. */
const MOST_KEPT = 4096;

export interface SplitterSink {
  /** The text of one JSON object, and the line where it begins (from 1). */
  record(text: string, line: number): void;
  /** In place of {@link record}: one that is all there is in its line, as it lies in the bytes that were pushed. */
  whole?(bytes: Buffer, from: number, to: number, line: number): void;
  /** What is no record, or a record that broke off; `text` is its beginning, as far as it was kept. */
  reject(line: number, reason: string, text: string): void;
}

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const BYTE_ORDER_MARK = Buffer.from("\ufeff");
/** Where hits stand in a search response: `{"hits": {"hits": [`. */
const HITS = "hits";
const HITS_DEPTH = 3;
/** Of what stands between records, so much is looked at. */
const MOST_STRAY = 32;

/**
 * Cuts bytes into the JSON objects that are records: lines, objects over several lines one after the other (with the lines `Record 12` that `evtx_dump`
 * writes between them), the members of a list, and the hits of a search response of Elasticsearch. Memory does not depend on how long a file is.
 *
 * A record that breaks off costs itself alone: in JSON no text goes beyond the end of a line, and a line that begins with `{` no deeper than the record did is
 * another record. Only in a list that is written in one line is what follows lost.
 */
export class JsonSplitter {
  readonly #sink: SplitterSink;
  #line = 1;
  /** White space before the first record of a line; -1 once anything else has stood in it. */
  #column = 0;
  #depth = 0;
  /** Depth within the list whose members are records: 1, or that of hits; 0 where there is none. */
  #base = 0;

  #open = false;
  #begun = 0;
  #indent = -1;
  /** What there is of the record in earlier pieces. */
  #parts: Buffer[] = [];
  #size = 0;
  /** Why the open record is none, although its end is still looked for; and what is kept of it. */
  #spoilt = "";
  #beginning = "";

  #inText = false;
  #escaped = false;
  /** Beginning of a text that lies across two pieces. */
  #prefix = "";
  /** The text before is `hits`; the object on the first level is called so. */
  #isHits = false;
  #inHits = false;

  #stray = "";
  /** After damage, until a line looks like a record. */
  #seeking = false;
  /** Bytes of the byte order mark that the file begins with; as many as it has once it is over. */
  #marked = 0;

  constructor(sink: SplitterSink) {
    this.#sink = sink;
  }

  push(bytes: Buffer): void {
    let at = 0;
    for (; this.#marked < BYTE_ORDER_MARK.length && at < bytes.length; at++)
      if (bytes[at] === BYTE_ORDER_MARK[this.#marked]) this.#marked++;
      else {
        this.#marked = BYTE_ORDER_MARK.length;
        break;
      }
    let from = this.#open ? 0 : -1;
    let textFrom = 0;
    while (at < bytes.length) {
      if (this.#inText) {
        at = this.#text(bytes, at, textFrom);
        if (this.#inText && at < bytes.length) {
          this.#keep(bytes.subarray(Math.max(0, from), at));
          this.#break("a text in it has no end");
          this.#seeking = true;
          from = -1;
        }
        continue;
      }
      if (this.#column === 0 && this.#base === 0 && !this.#open && bytes[at] === OPEN) {
        const end = endOfWhole(bytes, at);
        if (end > 0) {
          this.#whole(bytes, at, end);
          at = end;
          continue;
        }
      }
      const byte = bytes[at++] as number;
      if (byte === LF) {
        this.#endLine();
        continue;
      }
      if (byte === SPACE || byte === TAB || byte === CR) {
        if (this.#column >= 0) this.#column++;
        continue;
      }
      const column = this.#column;
      this.#column = -1;
      if (!this.#open) {
        if (this.#between(byte, column)) from = at - 1;
      } else if (byte === QUOTE) {
        this.#inText = true;
        this.#prefix = "";
        textFrom = at;
      } else if (byte === OPEN) {
        if (column >= 0 && column <= this.#indent) {
          this.#keep(bytes.subarray(Math.max(0, from), at - 1));
          this.#break("another begins before its end");
          this.#begin(column);
          from = at - 1;
        } else this.#enter();
      } else if (byte === OPEN_LIST) {
        this.#enter();
        if (this.#inHits && this.#isHits && this.#depth === HITS_DEPTH && this.#base === 0) {
          this.#forget();
          this.#base = HITS_DEPTH;
          from = -1;
        }
      } else if (byte === CLOSE || byte === CLOSE_LIST) {
        this.#depth--;
        if (this.#depth === 1) this.#inHits = false;
        if (this.#depth > this.#base) continue;
        this.#keep(bytes.subarray(Math.max(0, from), at));
        this.#finish();
        from = -1;
      }
    }
    if (this.#inText)
      this.#prefix += bytes.toString("latin1", textFrom, Math.min(bytes.length, textFrom + HITS.length + 1));
    if (from >= 0) this.#keep(bytes.subarray(from));
  }

  /** No more bytes come. */
  end(): void {
    this.#tellStray();
    if (this.#open) this.#break("the file ends before it does");
    if (this.#base > 0)
      this.#sink.reject(this.#line, "the file ends before the list of records does: it was cut off", "");
  }

  #whole(bytes: Buffer, from: number, to: number): void {
    this.#seeking = false;
    this.#column = -1;
    if (this.#sink.whole === undefined) this.#sink.record(bytes.toString("utf8", from, to), this.#line);
    else this.#sink.whole(bytes, from, to, this.#line);
  }

  /** Goes on to the end of a text, or (it has none then) of its line or of the bytes; returns where to read on. */
  #text(bytes: Buffer, begin: number, textFrom: number): number {
    let escaped = this.#escaped;
    for (let at = begin; at < bytes.length; at++) {
      const byte = bytes[at];
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) {
        const length = this.#prefix.length + at - textFrom;
        this.#isHits =
          length === HITS.length && this.#prefix + bytes.toString("latin1", textFrom, at) === HITS;
        this.#inText = false;
        this.#escaped = false;
        return at + 1;
      }
      if (byte === LF) return at;
    }
    this.#escaped = escaped;
    return bytes.length;
  }

  /** A byte that stands in no record. Whether one begins with it. */
  #between(byte: number, column: number): boolean {
    if (this.#seeking) {
      const deeper = this.#indent >= 0 && column > this.#indent;
      if (byte !== OPEN || column < 0 || deeper) return false;
    } else if (byte !== OPEN && this.#stray !== "") {
      if (byte === COMMA && this.#base > 0) this.#tellStray();
      else if (this.#stray.length < MOST_STRAY) this.#stray += String.fromCharCode(byte);
      return false;
    }
    if (byte === OPEN) {
      this.#tellStray();
      this.#begin(column);
      return true;
    }
    if (byte === COMMA && this.#base > 0) this.#column = column;
    else if (byte === OPEN_LIST && this.#depth === 0) {
      this.#depth = 1;
      this.#base = 1;
      this.#column = column;
    } else if (byte === CLOSE_LIST && this.#base > 0) this.#leaveList();
    else this.#stray = String.fromCharCode(byte);
    return false;
  }

  #leaveList(): void {
    const ofHits = this.#base === HITS_DEPTH;
    this.#base = 0;
    this.#depth = 0;
    if (!ofHits) return;
    // What follows the hits in a search response: two objects are open, and nothing in them is a record.
    this.#begin(0);
    this.#depth = 2;
    this.#spoilt = REST;
  }

  #begin(column: number): void {
    this.#seeking = false;
    this.#open = true;
    this.#begun = this.#line;
    this.#indent = column;
    this.#depth = this.#base;
    this.#isHits = false;
    this.#enter();
  }

  #enter(): void {
    if (this.#depth === 1 && this.#isHits) this.#inHits = true;
    this.#depth++;
    if (this.#depth - this.#base > MOST_DEPTH) this.#spoilt ||= `it nests more than ${MOST_DEPTH} objects`;
  }

  #keep(bytes: Buffer): void {
    this.#size += bytes.length;
    if (this.#size > MOST_RECORD) this.#spoilt ||= `it has more than ${MOST_RECORD} bytes`;
    if (this.#spoilt === "" || this.#beginning === "") this.#parts.push(bytes);
    if (this.#spoilt === "") return;
    this.#beginning ||= this.#kept.toString("utf8", 0, MOST_KEPT);
    this.#parts = [];
  }

  get #kept(): Buffer {
    return this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
  }

  /** The line before which all is told: of the open record, or the one being read. */
  get reached(): number {
    return this.#open && this.#spoilt !== REST ? this.#begun : this.#line;
  }

  /** What there is of a record that the bytes end within, from the line where it begins. */
  get rest(): { line: number; text: string; spoilt: string } | undefined {
    if (!this.#open || this.#spoilt === REST) return undefined;
    const text = this.#spoilt === "" ? this.#kept.toString("utf8") : this.#beginning;
    return { line: this.#begun, text, spoilt: this.#spoilt };
  }

  #finish(): void {
    const kept = this.#kept;
    const [spoilt, beginning] = [this.#spoilt, this.#beginning];
    this.#forget();
    if (spoilt === "") this.#sink.record(kept.toString("utf8"), this.#begun);
    else if (spoilt !== REST) this.#sink.reject(this.#begun, spoilt, beginning);
  }

  /** The open record does not end as it should. */
  #break(reason: string): void {
    const spoilt = this.#spoilt;
    const beginning = this.#beginning || this.#kept.toString("utf8", 0, MOST_KEPT);
    this.#forget();
    this.#depth = this.#base;
    if (spoilt !== REST)
      this.#sink.reject(this.#begun, spoilt || `the record breaks off: ${reason}`, beginning);
  }

  #forget(): void {
    this.#open = false;
    this.#inText = false;
    this.#escaped = false;
    this.#inHits = false;
    this.#parts = [];
    this.#size = 0;
    this.#spoilt = "";
    this.#beginning = "";
  }

  #endLine(): void {
    this.#tellStray();
    this.#line++;
    this.#column = 0;
  }

  #tellStray(): void {
    if (this.#stray !== "" && !RECORD_NUMBER.test(this.#stray))
      this.#sink.reject(this.#line, "it is no JSON object", this.#stray);
    this.#stray = "";
  }
}

/**
 * Where the object ends that begins at `begin`, if it is what most files have in each line: one record and nothing else. 0 where it may be something else, which
 * all of {@link JsonSplitter} is there for: this is a shorter way to the same.
 */
function endOfWhole(bytes: Buffer, begin: number): number {
  const most = Math.min(bytes.length, begin + MOST_RECORD);
  let depth = 0;
  let at = begin;
  while (at < most) {
    const byte = bytes[at++];
    if (byte === QUOTE) {
      const from = at;
      at = endOfText(bytes, at, most);
      if (at === 0) return 0;
      if (at - 1 - from === HITS.length && bytes.toString("latin1", from, at - 1) === HITS) return 0;
    } else if (byte === OPEN || byte === OPEN_LIST) {
      if (++depth > MOST_DEPTH) return 0;
    } else if (byte === CLOSE || byte === CLOSE_LIST) {
      if (--depth === 0) break;
    } else if (byte === LF || byte === CR) return 0;
  }
  if (depth > 0) return 0;
  let next = at;
  while (bytes[next] === SPACE || bytes[next] === TAB || bytes[next] === CR) next++;
  return bytes[next] === LF ? at : 0;
}

/** Behind the quote that ends a text; 0 where none does in its line. */
function endOfText(bytes: Buffer, begin: number, most: number): number {
  for (let at = begin; at < most; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH && (bytes[++at] as number) < SPACE) return 0;
    if (byte < SPACE) return 0;
  }
  return 0;
}

/** What is open is the rest of a search response. */
const REST = "rest";
/** `evtx_dump` writes them between records; white space is left out. */
const RECORD_NUMBER = /^Record\d+$/;
