import { MINUTE, SECOND } from "../../../src/kernel/time.js";
import { random } from "../cloud-masquerade/world.js";
import { at, type FlowRow } from "../infrastructure-contact/support.js";

/** Made-up traffic of one network, 10.1.0.0/16. Targets that do not answer are refused or silent, as `answered: false` says. */
export class Shapes {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = random(seed);
  }

  chance(share: number): boolean {
    return this.#next() < share;
  }

  /** One service on many machines of 10.1.`net`.0/24, of which those up to `alive` answer. */
  horizontal(
    src: string,
    more: { net?: number; port?: number; machines?: number; alive?: number; day?: number } = {},
  ): FlowRow[] {
    const { net = 7, port = 445, machines = 254, alive = 40, day = 2 } = more;
    return Array.from({ length: machines }, (_, n) => ({
      time: at(day, 3) + n * SECOND,
      src,
      dst: `10.1.${net}.${n + 1}`,
      port,
      answered: n < alive,
      out: 0,
      in: 0,
      duration: 0,
    }));
  }

  /** `ports` ports of one machine; every tenth answers. */
  vertical(src: string, dst: string, ports = 100, day = 2): FlowRow[] {
    return Array.from({ length: ports }, (_, n) => ({
      time: at(day, 3) + n * 100,
      src,
      dst,
      port: n * 7 + 1,
      answered: n % 10 === 0,
      out: 0,
      in: 0,
    }));
  }

  /** A person on the web, with a few dead servers. */
  browsing(src: string, sites: number, dead = 0.04, day = 2, port = 443): FlowRow[] {
    return Array.from({ length: sites }, (_, n) => ({
      time: at(day, 9) + n * MINUTE,
      src,
      dst: `198.51.${n % 200}.${1 + Math.floor(n / 200)}`,
      port,
      answered: !this.chance(dead),
    }));
  }

  /** Every machine of 10.1.`net`.0/24 up to `count` says something: it lives. */
  alive(net: number, count: number, day = 9): FlowRow[] {
    return Array.from({ length: count }, (_, n) => ({
      time: at(day, 8) + n * SECOND,
      src: `10.1.${net}.${n + 1}`,
      dst: "198.51.100.1",
    }));
  }
}
