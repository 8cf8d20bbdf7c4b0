/**
 * TCP ports that a server of a storage, backup or synchronisation service answers on, and those of ordinary services beside it. What is
 * not here is odd for a server on the Internet; several odd ports on one address mean that somebody runs many things on a rented machine.
 */

/** Ports of ordinary services that a small provider runs: web, mail, names, secure shell, file transfer. */
const ORDINARY = [20, 21, 22, 25, 53, 80, 110, 123, 143, 443, 465, 587, 989, 990, 993, 995];

/** Ports of storage and backup products, from their vendors' lists of required ports. */
const STORAGE: readonly (readonly [product: string, ...ports: number[]])[] = [
  ["rsync", 873],
  ["SMB and NFS over VPN", 111, 139, 445, 2049],
  ["Acronis", 44445, 9876],
  ["Veeam", 6160, 6162, 6180, 9392, 10005, 10006],
  ["CrashPlan", 4282, 4287],
  ["Commvault", 8400, 8403],
  ["NetBackup", 1556, 13724],
  ["IBM Storage Protect", 1500, 1581],
  ["Bacula and Bareos", 9101, 9102, 9103],
  ["Proxmox Backup Server", 8007],
  ["UrBackup", 55413, 55414, 55415],
  ["Synology", 5000, 5001, 5005, 5006, 6281, 6690],
  ["QNAP", 8899, 873],
  ["MinIO", 9000, 9001],
  ["Syncthing", 22000, 22067],
  ["Resilio", 3000, 55555],
  ["iSCSI", 3260],
  ["WebDAV and panels", 2078, 2083, 2087],
];

const PLAUSIBLE: ReadonlySet<number> = new Set([
  ...ORDINARY,
  ...STORAGE.flatMap(([, ...ports]) => ports as number[]),
]);

/** The usual second choice for web servers: half odd. */
const ALTERNATIVE_WEB: ReadonlySet<number> = new Set([8000, 8080, 8443, 8888]);

/** Those of the ports that no ordinary and no storage service has, in order. */
export function oddPorts(ports: readonly number[]): number[] {
  return ports.filter((port) => !PLAUSIBLE.has(port)).sort((a, b) => a - b);
}

/** How odd these ports are together: an odd one counts 1, an alternative web port one half. */
export function oddPoints(ports: readonly number[]): number {
  return oddPorts(ports).reduce((sum, port) => sum + (ALTERNATIVE_WEB.has(port) ? 0.5 : 1), 0);
}

/**
 * Services that need several ports, or ports of their own, beside those above: from IANA's registry and the vendors' lists of required
 * ports. `[from, to]` is a range. Ports of one family are one service, and tell which.
 */
const FAMILIES: readonly (readonly [family: string, ...ports: (number | readonly [number, number])[]])[] = [
  ["meetings and telephony", 554, 1503, 1719, 1720, 1731, 1935, [3230, 3243], 3478, 3479, [5004, 5005]],
  ["meetings and telephony", 5060, 5061, 5349, 5350, [8801, 8810]],
  ["virtual private network", 943, 1194, 1701, 1723],
  ["messaging", 1883, 5222, 5223, [5228, 5230], 5269, 5280, 5281, 5671, 5672, 8883],
  ["games", 2099, 3074, 3724, [6112, 6119], 7777, 7778, [8393, 8400], 25565, [27000, 27016], [27018, 27060]],
  ["databases", 1433, 1521, 3306, 5432, 6379, 9042, 27017],
  ["hosting panel", [2077, 2096], 2222, 8880, 10000],
  ["remote control", 3389, 5900, 5901, 5938, 6568],
  ["directory", 88, 389, 464, 636, 3268, 3269],
  ["monitoring", 5666, 10050, 10051],
];

const FAMILY_OF: ReadonlyMap<number, string> = new Map([
  ...STORAGE.flatMap(([product, ...ports]) => ports.map((port) => [port as number, product] as const)),
  ...FAMILIES.flatMap(([family, ...ports]) =>
    ports.flatMap((port) => portsIn(port).map((each) => [each, family] as const)),
  ),
]);

function portsIn(port: number | readonly [number, number]): number[] {
  if (typeof port === "number") return [port];
  return Array.from({ length: port[1] - port[0] + 1 }, (_, index) => port[0] + index);
}

/** Ports of services that most servers run, which say nothing of a server that has them. */
export const ORDINARY_PORTS: readonly number[] = ORDINARY;

/** What a TCP port says of the server that answers on it. `family`: ports of the same are one service. */
export interface PortKind {
  /** 0 ordinary, 0.5 telling a known service, or an alternative for the web; 1 neither. */
  oddness: 0 | 0.5 | 1;
  family: string | undefined;
}

export function portKind(port: number): PortKind {
  if (ORDINARY.includes(port)) return { oddness: 0, family: undefined };
  const family = FAMILY_OF.get(port);
  return { oddness: family !== undefined || ALTERNATIVE_WEB.has(port) ? 0.5 : 1, family };
}
