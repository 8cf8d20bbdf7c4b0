import { portKind } from "../shared/service-ports.js";

/** Ports of one server that are one service: a family, or a range of neighbours. */
export interface PortUnit {
  /** Sorted. */
  ports: number[];
  /** 0..1: how odd the service is (0.5 where it is a known one, or an alternative for the web) times how unusual here. */
  points: number;
  /** Other servers of this telemetry that answer on the most common of its ports. */
  others: number;
}

/** From here on programs take ranges of ports (negotiated data channels, games, peers), so neighbours at a distance are one. */
const HIGH = 10_000;
const GAP_LOW = 2;
const GAP_HIGH = 100;

/** How common each port is in this telemetry. */
export class PortCommonness {
  readonly #servers: ReadonlyMap<number, number>;
  readonly #all: number;

  /** @param servers servers outside that answered, by port
   *  @param all servers outside that answered at all */
  constructor(servers: ReadonlyMap<number, number>, all: number) {
    this.#servers = servers;
    this.#all = all;
  }

  get all(): number {
    return this.#all;
  }

  /** Servers that answer on the port, but for the one that is asked about. */
  others(port: number): number {
    return Math.max(0, (this.#servers.get(port) ?? 1) - 1);
  }

  /**
   * 1 where hardly another server answers on the port (two, or one in a thousand), 0 where it is usual (twenty, or one in a hundred),
   * logarithmic between. Two others are no custom: whoever runs one server of this kind runs several.
   */
  unusualness(port: number): number {
    const rare = Math.max(2, this.#all / 1000);
    const usual = Math.max(20, this.#all / 100);
    const others = this.others(port);
    if (others <= rare) return 1;
    return Math.max(0, 1 - Math.log(others / rare) / Math.log(usual / rare));
  }
}

/** The ports as services, oddest first. Ordinary ports are none. */
export function unitsOf(ports: Iterable<number>, commonness: PortCommonness): PortUnit[] {
  const groups = new Map<string, number[]>();
  let last: { port: number; key: string } | undefined;
  for (const port of [...new Set(ports)].sort((a, b) => a - b)) {
    const { oddness, family } = portKind(port);
    if (oddness === 0) continue;
    let key = family ?? `from ${port}`;
    if (family === undefined && last !== undefined && port - last.port <= gapAt(port)) key = last.key;
    groups.set(key, [...(groups.get(key) ?? []), port]);
    if (family === undefined) last = { port, key };
  }
  return [...groups.values()]
    .map((some): PortUnit => {
      const common = some.reduce((a, b) => (commonness.others(b) > commonness.others(a) ? b : a));
      const oddness = Math.max(...some.map((port) => portKind(port).oddness));
      return {
        ports: some,
        points: oddness * commonness.unusualness(common),
        others: commonness.others(common),
      };
    })
    .sort((a, b) => b.points - a.points || (a.ports[0] as number) - (b.ports[0] as number));
}

function gapAt(port: number): number {
  return port >= HIGH ? GAP_HIGH : GAP_LOW;
}
