/**
 * Names that people write in several ways (`LuminousMoth`, `LUMINOUS MOTH`; `TEMP.Hex`, `TEMP.HEX`) by what they have in common: letters
 * and digits, without case. Empty where a name has neither.
 */
export function nameKey(name: string): string {
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");
}
