import { crc32, deflateRawSync } from "node:zlib";
import { packTar } from "modern-tar";

interface ZipPart {
  name: string;
  content: Buffer;
  /** Bytes of the local part, where they are not those of the content. */
  packed?: Buffer;
  flags?: number;
}

/** A ZIP archive (APPNOTE 4.3), deflated. */
export function zip(parts: ZipPart[]): Buffer {
  const out: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, content, packed = deflateRawSync(content), flags = 0x800 } of parts) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), common, Buffer.from(name), packed]);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(at, 10);
    directory.push(
      Buffer.concat([Buffer.from("PK\u0001\u0002"), Buffer.from([20, 0]), common, entry, Buffer.from(name)]),
    );
    out.push(local);
    at += local.length;
  }
  const whole = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", "latin1");
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(whole.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...out, whole, end]);
}

/** A tar archive (POSIX ustar). */
export async function tar(files: Record<string, Buffer | string>): Promise<Buffer> {
  return Buffer.from(
    await packTar(
      Object.entries(files).map(([name, body]) => ({
        header: { name, size: Buffer.byteLength(body), type: "file" as const },
        body: typeof body === "string" ? body : new Uint8Array(body),
      })),
    ),
  );
}
