const SECTOR = 2048;
const FIRST_DESCRIPTOR = 16;
const MOST_DESCRIPTORS = 32;
const MOST_DIRECTORY_BYTES = 256 * 1024;

/**
 * Names in the root of an ISO 9660 image (ECMA-119), those of Joliet where it has them. Folders end in `/`. A damaged image gives what can be read.
 * @param most names that are given
 */
export function isoNames(image: Buffer, most: number): string[] {
  let chosen: { at: number; joliet: boolean } | undefined;
  for (let index = 0; index < MOST_DESCRIPTORS; index++) {
    const at = (FIRST_DESCRIPTOR + index) * SECTOR;
    if (at + SECTOR > image.length || image.toString("latin1", at + 1, at + 6) !== "CD001") break;
    const type = image[at];
    if (type === 0xff) break;
    // Joliet: a supplementary descriptor with one of three escape sequences for UCS-2.
    const joliet = type === 2 && /^%\/[@CE]/.test(image.toString("latin1", at + 88, at + 91));
    if (joliet || (type === 1 && chosen === undefined)) chosen = { at, joliet };
  }
  return chosen === undefined ? [] : namesIn(image, chosen.at + 156, chosen.joliet, most);
}

/** @param record where the record of the directory stands (ECMA-119, 9.1) */
function namesIn(image: Buffer, record: number, joliet: boolean, most: number): string[] {
  const from = image.readUInt32LE(record + 2) * SECTOR;
  const to = Math.min(image.length, from + Math.min(image.readUInt32LE(record + 10), MOST_DIRECTORY_BYTES));
  const names: string[] = [];
  for (let at = from; at + 33 < to && names.length < most; ) {
    const length = image[at] ?? 0;
    // A record does not cross the end of a sector: the rest of it is empty.
    if (length === 0) {
      at = (Math.floor(at / SECTOR) + 1) * SECTOR;
      continue;
    }
    const size = image[at + 32] ?? 0;
    const raw = image.subarray(at + 33, Math.min(to, at + 33 + size));
    const isFolder = ((image[at + 25] ?? 0) & 2) !== 0;
    // The folder itself and the one above it are called 0 and 1.
    if (!(size === 1 && (raw[0] ?? 0) < 2))
      names.push(`${nameOf(raw, joliet).replace(/;\d+$/, "")}${isFolder ? "/" : ""}`);
    at += length;
  }
  return names;
}

function nameOf(raw: Buffer, joliet: boolean): string {
  return joliet
    ? Buffer.from(raw.subarray(0, raw.length & ~1))
        .swap16()
        .toString("utf16le")
    : raw.toString("latin1");
}
