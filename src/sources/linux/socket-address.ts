const FAMILY = { unix: 1, inet: 2, inet6: 10 };

/**
 * What a socket's address (`saddr`, struct sockaddr in hexadecimal) says, in the names of ausearch: `saddr_fam`, `laddr`, `lport`, or `path`. The family stands
 * in the order of the host's bytes, which is taken for little-endian; port and address in the network's.
 */
export function socketAddress(hex: string): [string, string][] {
  if (!/^(?:[0-9A-F]{2}){2,128}$/i.test(hex)) return [];
  const bytes = Buffer.from(hex, "hex");
  const family = bytes.readUInt16LE(0);
  if (family === FAMILY.unix) {
    // An abstract socket's name begins with a zero.
    const end = bytes.indexOf(0, 3);
    const path = bytes.toString("utf8", 2, end < 0 ? bytes.length : end).replace("\u0000", "@");
    return [
      ["saddr_fam", "local"],
      ["path", path],
    ];
  }
  if (family === FAMILY.inet && bytes.length >= 8)
    return [
      ["saddr_fam", "inet"],
      ["laddr", bytes.subarray(4, 8).join(".")],
      ["lport", String(bytes.readUInt16BE(2))],
    ];
  if (family === FAMILY.inet6 && bytes.length >= 24) {
    const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(8 + 2 * at).toString(16));
    return [
      ["saddr_fam", "inet6"],
      ["laddr", shortened(groups)],
      ["lport", String(bytes.readUInt16BE(2))],
    ];
  }
  return [];
}

/** RFC 5952: the longest run of zeros, the first of equal ones, is left out. */
function shortened(groups: readonly string[]): string {
  let [from, length] = [0, 1];
  for (let at = 0; at < groups.length; at++) {
    let end = at;
    while (groups[end] === "0") end++;
    if (end - at > length) [from, length] = [at, end - at];
  }
  if (length < 2) return groups.join(":");
  return `${groups.slice(0, from).join(":")}::${groups.slice(from + length).join(":")}`;
}
