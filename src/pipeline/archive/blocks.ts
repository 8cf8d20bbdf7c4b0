/** Bytes in blocks of their own: the first of `first` bytes (0: there is none of that kind), all others of `size`, the last shorter. A failure comes after it. */
export async function* inBlocks(
  chunks: AsyncIterable<Buffer>,
  first: number,
  size: number,
): AsyncGenerator<Buffer<ArrayBuffer>> {
  let block = Buffer.alloc(first > 0 ? first : size);
  let length = 0;
  let failure: unknown;
  try {
    for await (const chunk of chunks)
      for (let at = 0; at < chunk.length; ) {
        const copied = chunk.copy(block, length, at);
        at += copied;
        length += copied;
        if (length < block.length) continue;
        yield block;
        block = Buffer.alloc(size);
        length = 0;
      }
  } catch (error) {
    failure = error;
  }
  if (length > 0) yield block.subarray(0, length);
  if (failure !== undefined) throw failure;
}
