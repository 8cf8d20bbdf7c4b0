/**
 * Buffer's own conversions without the checks of `toString`, which cost more than a short text itself. They are part of Node since 0.x and
 * have no types.
 */
interface Slices {
  latin1Slice(start: number, end: number): string;
  ucs2Slice(start: number, end: number): string;
}

/** One byte a character. */
export function latin1(bytes: Buffer, start: number, end: number): string {
  return (bytes as unknown as Slices).latin1Slice(start, end);
}

/** UTF-16LE; start and end are offsets of bytes. */
export function utf16(bytes: Buffer, start: number, end: number): string {
  return (bytes as unknown as Slices).ucs2Slice(start, end);
}
