/**
 * Check-ins tell themselves by size: a program that asks "anything to do?" sends and receives nearly the same number of bytes each time, while what a
 * person does has all sizes. Sizes are compared on a grid of eighths of an octave (9 %) in each direction.
 */
export interface SizeCell {
  /** `floor(8 · log2(1 + bytes))`, out of and into the host that opened the connection. */
  out: number;
  in: number;
  connections: number;
}

/** SQL of a cell's coordinate, for a column of ours. */
export const cellSql = (column: string): string => `toUInt16(floor(8 * log2(1 + ${column})))`;

/** Standard errors by which look-alikes must exceed chance, and a handful that nobody counts. */
const SURE = 3;
const HANDFUL = 3;

/**
 * Cells that with their neighbours (±14 % in each direction) hold more connections than a share of all could by chance (a Poisson bound).
 *
 * @param cells of one pair of hosts on one port
 * @param alikeShare how many of a person's connections may look alike by chance, 0..1
 */
export function routineCells(cells: readonly SizeCell[], alikeShare: number): SizeCell[] {
  const total = cells.reduce((sum, { connections }) => sum + connections, 0);
  const chance = alikeShare * total;
  const bound = chance + SURE * Math.sqrt(chance) + HANDFUL;
  const byPlace = new Map(cells.map((cell) => [placeOf(cell.out, cell.in), cell.connections]));
  return cells.filter((cell) => {
    let alike = 0;
    for (const out of [-1, 0, 1])
      for (const into of [-1, 0, 1]) alike += byPlace.get(placeOf(cell.out + out, cell.in + into)) ?? 0;
    return alike >= bound;
  });
}

const placeOf = (out: number, into: number): number => out * 4096 + into;
