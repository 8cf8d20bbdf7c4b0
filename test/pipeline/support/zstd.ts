/** A Zstandard frame with raw blocks (RFC 8878, section 3.1.1): valid, and needs no compressor. */
export function zstdStored(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  // Frame_Header_Descriptor 0xA0: content size in four bytes, single segment, no checksum, no dictionary.
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0]);
  header.writeUInt32LE(bytes.length, 5);
  const blocks: Buffer[] = [];
  for (let offset = 0; offset < bytes.length; offset += 4096) {
    const block = bytes.subarray(offset, offset + 4096);
    const isLast = offset + 4096 >= bytes.length ? 1 : 0;
    const head = Buffer.alloc(3);
    head.writeUIntLE((block.length << 3) | isLast, 0, 3);
    blocks.push(head, block);
  }
  return Buffer.concat([header, ...blocks]);
}
