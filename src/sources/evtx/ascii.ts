import { latin1 } from "./slices.js";

/** Writes short ASCII texts byte by byte; joining strings would leave chains of pieces that every reader has to flatten again. */
const scratch = Buffer.from(new ArrayBuffer(64));
const LOWER = Buffer.from("0123456789abcdef");
const UPPER = Buffer.from("0123456789ABCDEF");

/** `{03f41308-fa7b-4fb3-98b8-c2ed0a40d1ef}`: [MS-EVEN6] 2.2.12.3; lower case as Windows 10 and later write it. */
export function guidText(bytes: Uint8Array, at: number): string {
  scratch[0] = 0x7b;
  let to = 1;
  for (let index = 0; index < 16; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) scratch[to++] = 0x2d;
    const byte = bytes[at + (GUID_ORDER[index] as number)] as number;
    scratch[to++] = LOWER[byte >> 4] as number;
    scratch[to++] = LOWER[byte & 15] as number;
  }
  scratch[to++] = 0x7d;
  return latin1(scratch, 0, to);
}

/** Data1, Data2 and Data3 are little-endian numbers, Data4 is bytes ([MS-DTYP] 2.3.4). */
const GUID_ORDER = Uint8Array.of(3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15);

/** `0x8020000000000000`: no leading zeros, lower case. */
export function hexText(high: number, low: number): string {
  let to = scratch.length;
  let rest = low >>> 0;
  for (let digit = 0; digit < 16; digit++) {
    if (digit === 8) rest = high >>> 0;
    scratch[--to] = LOWER[rest & 15] as number;
    rest >>>= 4;
    if (rest === 0 && (digit >= 8 || high === 0)) break;
  }
  scratch[--to] = 0x78;
  scratch[--to] = 0x30;
  return latin1(scratch, to, scratch.length);
}

/** `0A0B0C`, as Event Viewer writes binary data ([MS-EVEN6] 2.2.12.3 has spaces between the bytes, and Windows has not). */
export function binaryText(bytes: Uint8Array, at: number, size: number): string {
  const text = Buffer.from(new ArrayBuffer(size * 2));
  for (let index = 0; index < size; index++) {
    const byte = bytes[at + index] as number;
    text[2 * index] = UPPER[byte >> 4] as number;
    text[2 * index + 1] = UPPER[byte & 15] as number;
  }
  return latin1(text, 0, text.length);
}

/** `2019-02-13T18:03:27.6543210Z`; `fraction` has as many digits as `digits` says. Years 0 to 9999. */
export function timeText(
  year: number,
  month: number,
  day: number,
  second: number,
  fraction: number,
  digits: number,
): string {
  put(0, 4, year);
  scratch[4] = 0x2d;
  put(5, 2, month);
  scratch[7] = 0x2d;
  put(8, 2, day);
  scratch[10] = 0x54;
  put(11, 2, Math.floor(second / 3600));
  scratch[13] = 0x3a;
  put(14, 2, Math.floor(second / 60) % 60);
  scratch[16] = 0x3a;
  put(17, 2, second % 60);
  scratch[19] = 0x2e;
  put(20, digits, fraction);
  scratch[20 + digits] = 0x5a;
  return latin1(scratch, 0, 21 + digits);
}

function put(at: number, digits: number, value: number): void {
  let rest = value;
  for (let index = digits - 1; index >= 0; index--) {
    const tenth = Math.floor(rest / 10);
    scratch[at + index] = 0x30 + rest - 10 * tenth;
    rest = tenth;
  }
}
