/** Kinds of file, by their first bytes: what a name or a declared type says may be anything. */
interface Magic {
  type: string;
  bytes: Buffer;
  at?: number;
}

const magic = (type: string, bytes: string | readonly number[], at = 0): Magic => ({
  type,
  bytes: Buffer.from(bytes as string, "latin1"),
  at,
});

const MAGIC: readonly Magic[] = [
  magic("zip", [0x50, 0x4b, 0x03, 0x04]),
  magic("zip", [0x50, 0x4b, 0x05, 0x06]),
  magic("rar", "Rar!\x1a\x07"),
  magic("7z", [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]),
  magic("gzip", [0x1f, 0x8b, 0x08]),
  magic("bzip2", "BZh"),
  magic("xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]),
  magic("cab", "MSCF\0\0\0\0"),
  magic("ace", "**ACE**", 7),
  magic("arj", [0x60, 0xea]),
  magic("tar", "ustar", 257),
  // ECMA-119: a volume descriptor in sector 16; UDF alone has NSR behind BEA01.
  magic("iso", "CD001", 32769),
  magic("iso", "BEA01", 32769),
  magic("vhdx", "vhdxfile"),
  magic("vhd", "conectix"),
  // [MS-SHLLINK] 2.1: size of the header and class id.
  magic("lnk", [0x4c, 0, 0, 0, 0x01, 0x14, 0x02, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46]),
  magic("pe", "MZ"),
  magic("elf", "\x7fELF"),
  // [MS-CFB] 2.2: Office before 2007, installers, messages of Outlook.
  magic("ole", [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
  magic("onenote", [0xe4, 0x52, 0x5c, 0x7b, 0x8c, 0xd8, 0xa7, 0x4d]),
  magic("chm", "ITSF"),
  magic("rtf", "{\\rt"),
  magic("pdf", "%PDF-"),
  magic("image", [0x89, 0x50, 0x4e, 0x47]),
  magic("image", [0xff, 0xd8, 0xff]),
  magic("image", "GIF8"),
  magic("image", "BM"),
];

/** The foot of a fixed disk image, which has no head. */
const VHD_FOOT = Buffer.from("conectix");
const SECTOR = 512;
const LOOKED_AT = 4096;

/** `zip`, `iso`, `lnk`, `pe`, `ole`, `html`, …; '' where the bytes tell nothing. */
export function fileType(content: Buffer): string {
  const found = MAGIC.find(
    ({ bytes, at = 0 }) =>
      content.length >= at + bytes.length &&
      content.compare(bytes, 0, bytes.length, at, at + bytes.length) === 0,
  );
  if (found !== undefined) return found.type;
  const foot = content.length - SECTOR;
  if (foot > 0 && content.compare(VHD_FOOT, 0, VHD_FOOT.length, foot, foot + VHD_FOOT.length) === 0)
    return "vhd";
  const beginning = content.toString("latin1", 0, LOOKED_AT);
  if (/<hta:application\b/i.test(beginning)) return "hta";
  if (/<svg[\s>]/i.test(beginning)) return "svg";
  return /^[\s\u00ef\u00bb\u00bf]{0,64}(?:<!--|<!doctype html|<html|<head|<body|<script|<meta)/i.test(
    beginning,
  )
    ? "html"
    : "";
}
