/** Modifiers that turn a text into bytes and bytes into base64 (specification, "Encoding"). */

export type TextEncoding = "utf8" | "utf16le" | "utf16be" | "utf16";

export function encode(text: string, encoding: TextEncoding): Buffer {
  if (encoding === "utf8") return Buffer.from(text, "utf8");
  const little = Buffer.from(text, "utf16le");
  if (encoding === "utf16le") return little;
  if (encoding === "utf16be") return Buffer.from(little).swap16();
  return Buffer.concat([Buffer.from([0xff, 0xfe]), little]);
}

/**
 * How the bytes look inside a longer text that was encoded: once for each of the three places that they can have in a group of three
 * bytes, without the characters at the ends that their neighbours decide.
 */
export function base64Offsets(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const from = Math.ceil((offset * 8) / 6);
    const bits = (offset + bytes.length) * 8;
    return text.slice(from, Math.floor(bits / 6));
  });
}
