/** Files that are no text: what they are, by their first bytes, and what to do with them. */

const MAGIC: readonly { bytes: readonly number[]; at?: number; what: string; hint: string }[] = [
  { bytes: [0x1f, 0x8b], what: "gzip inside another compression", hint: "decompress it once by hand" },
  {
    bytes: [0x28, 0xb5, 0x2f, 0xfd],
    what: "zstd inside another compression",
    hint: "decompress it once by hand",
  },
  { bytes: [0x42, 0x5a, 0x68], what: "a bzip2 file", hint: "decompress it first: bunzip2 -k FILE" },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: "an xz file", hint: "decompress it first: xz -dk FILE" },
  { bytes: [0x04, 0x22, 0x4d, 0x18], what: "an lz4 file", hint: "decompress it first: lz4 -d FILE" },
  { bytes: [0x50, 0x4b, 0x03, 0x04], what: "a zip archive", hint: "unpack it and give the folder" },
  {
    bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c],
    what: "a 7-Zip archive",
    hint: "unpack it and give the folder",
  },
  {
    bytes: [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07],
    what: "a RAR archive",
    hint: "unpack it and give the folder",
  },
  {
    bytes: [0x75, 0x73, 0x74, 0x61, 0x72],
    at: 257,
    what: "a tar archive",
    hint: "unpack it and give the folder",
  },
  { bytes: [0xd4, 0xc3, 0xb2, 0xa1], what: "a packet capture (pcap)", hint: "make logs of it: zeek -r FILE" },
  { bytes: [0xa1, 0xb2, 0xc3, 0xd4], what: "a packet capture (pcap)", hint: "make logs of it: zeek -r FILE" },
  { bytes: [0x4d, 0x3c, 0xb2, 0xa1], what: "a packet capture (pcap)", hint: "make logs of it: zeek -r FILE" },
  { bytes: [0xa1, 0xb2, 0x3c, 0x4d], what: "a packet capture (pcap)", hint: "make logs of it: zeek -r FILE" },
  {
    bytes: [0x0a, 0x0d, 0x0d, 0x0a],
    what: "a packet capture (pcapng)",
    hint: "make logs of it: zeek -r FILE",
  },
  { bytes: [0x7f, 0x45, 0x4c, 0x46], what: "a program (ELF)", hint: "give the folder that holds the logs" },
  { bytes: [0x4d, 0x5a], what: "a Windows program", hint: "give the folder that holds the logs" },
  { bytes: [0x50, 0x41, 0x52, 0x31], what: "a Parquet file", hint: "export it as JSON lines or CSV" },
  {
    bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66],
    what: "an SQLite database",
    hint: "export the table as CSV",
  },
  { bytes: [0x25, 0x50, 0x44, 0x46], what: "a PDF document", hint: "give the folder that holds the logs" },
  { bytes: [0x89, 0x50, 0x4e, 0x47], what: "a picture (PNG)", hint: "give the folder that holds the logs" },
  { bytes: [0xff, 0xd8, 0xff], what: "a picture (JPEG)", hint: "give the folder that holds the logs" },
];

/** Share of control bytes in the beginning of a file above which it is no text. */
const CONTROL_SHARE = 0.1;

/** Half a sentence for a file that is no text, e.g. `a packet capture (pcap); make logs of it: zeek -r FILE`. */
export function binaryHint(head: Buffer): string | undefined {
  const known = MAGIC.find(({ bytes, at = 0 }) => bytes.every((byte, index) => head[at + index] === byte));
  // Two letters are too few to call a text a program.
  if (known !== undefined && (known.bytes.length > 2 || looksBinary(head)))
    return `${known.what}; ${known.hint}`;
  if (head[0] === 0xff && head[1] === 0xfe)
    return "text in UTF-16; convert it first: iconv -f UTF-16 -t UTF-8 FILE";
  if (head[0] === 0xfe && head[1] === 0xff)
    return "text in UTF-16; convert it first: iconv -f UTF-16 -t UTF-8 FILE";
  return looksBinary(head)
    ? "binary data of an unknown kind; export it as text (JSON lines or CSV)"
    : undefined;
}

function looksBinary(head: Buffer): boolean {
  const sample = head.subarray(0, 4096);
  let controls = 0;
  for (const byte of sample)
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c && byte !== 0x1b)
      controls++;
  return sample.length > 0 && controls > sample.length * CONTROL_SHARE;
}
