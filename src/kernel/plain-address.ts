/** The engine prints IPv4 in its IPv6 columns as `::ffff:192.0.2.1`; people and lists write `192.0.2.1`. */
export function plainAddress(engineAddress: string): string {
  return engineAddress.replace(/^::ffff:(?=\d+\.)/i, "");
}
