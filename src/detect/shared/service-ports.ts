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
