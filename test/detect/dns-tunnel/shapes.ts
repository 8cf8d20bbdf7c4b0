import { isIPv4 } from "node:net";
import { HOUR, MINUTE, SECOND } from "../../../src/kernel/time.js";
import { random } from "../cloud-masquerade/world.js";
import { at, type TestCase } from "../infrastructure-contact/support.js";

export interface Lookup {
  time: number;
  src: string;
  name: string;
  type?: string;
  answer?: string;
  rcode?: string;
  resolver?: string;
  /** The host then goes there: `tls` says the name, `flow` shows the address alone. */
  visit?: "tls" | "flow";
}

/** Writes look-ups as an ingest leaves them, and the roll-up's knowledge of who is ours. */
export async function write(test: TestCase, lookups: readonly Lookup[]): Promise<void> {
  for (let from = 0; from < lookups.length; from += 20_000) {
    await test.store.insert(
      "dns_activity",
      lookups.slice(from, from + 20_000).map((each, index) => ({
        batch_id: "b1",
        source_id: "dns-log",
        source_line: from + index + 1,
        sensor_id: "s1",
        address_realm: "r1",
        product: "zeek",
        time: new Date(each.time).toISOString().slice(0, 23).replace("T", " "),
        src_endpoint_ip: each.src,
        dst_endpoint_ip: each.resolver ?? "10.1.255.53",
        dst_endpoint_port: 53,
        query_hostname: each.name,
        query_type: each.type ?? "A",
        answers: each.answer === undefined ? [] : [each.answer],
        answer_ips: isIPv4(each.answer ?? "") ? [each.answer] : [],
        rcode: each.rcode ?? "",
      })),
    );
  }
  await visits(test, lookups);
  await test.store.command(
    "INSERT INTO internal_host SELECT DISTINCT address_realm, src_endpoint_ip FROM dns_activity",
  );
}

async function visits(test: TestCase, lookups: readonly Lookup[]): Promise<void> {
  const went = lookups.filter(({ visit }) => visit !== undefined);
  for (let from = 0; from < went.length; from += 20_000) {
    await test.store.insert(
      "contact_hourly",
      went.slice(from, from + 20_000).map((each) => ({
        batch_id: "b1",
        sensor_id: "s1",
        address_realm: "r1",
        product: "zeek",
        channel: each.visit,
        hour: new Date(Math.floor(each.time / HOUR) * HOUR).toISOString().slice(0, 19).replace("T", " "),
        src_ip: each.src,
        dst_ip: each.answer,
        dst_port: 443,
        protocol: "tcp",
        name: each.visit === "tls" ? each.name : "",
        connections: 1,
        answered: 1,
      })),
    );
  }
}

export const HEX = "0123456789abcdef";
export const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
export const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
const WORDS =
  "garden alpine river market hotel stone pixel bread music forum travel clinic motor piano lemon harbor school bank news video shop mail portal office cloud static images".split(
    " ",
  );

export class Shapes {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = random(seed);
  }

  random(): number {
    return this.#next();
  }

  uuid(): string {
    return [8, 4, 4, 4, 12].map((length) => this.text(HEX, length)).join("-");
  }

  pick<Item>(items: ArrayLike<Item>): Item {
    return items[Math.floor(this.#next() * items.length)] as Item;
  }

  text(alphabet: string, length: number): string {
    return Array.from({ length }, () => this.pick(alphabet)).join("");
  }

  /** Hosts that visit word-like sites, the popular ones all of them. */
  ordinary(hosts: number, visits = 80): Lookup[] {
    const sites = Array.from({ length: 400 }, (_, n) => `${this.pick(WORDS)}${this.pick(WORDS)}${n % 7}.com`);
    return Array.from({ length: hosts * visits }, (_, n) => ({
      time: at(Math.floor(this.#next() * 14), 8 + Math.floor(this.#next() * 9), n % 60),
      src: `10.1.1.${n % hosts}`,
      name: `${this.pick(["www", "api", "static", "login", "img"])}.${this.pick(sites)}`,
      answer: "192.0.2.80",
      visit: "tls",
    }));
  }

  /** iodine: NULL queries of base-32 data in labels of 57 characters, many a second. */
  iodine(src: string, count: number): Lookup[] {
    return Array.from({ length: count }, (_, n) => ({
      time: at(3, 11) + n * 100,
      src,
      name: `${this.text(BASE32, 57)}.${this.text(BASE32, 57)}.t.quietstream.net`,
      type: "NULL",
      answer: this.text(HEX, 200),
    }));
  }

  /** dnscat2: hexadecimal, records of three types in turn, keep-alive packets of 18 digits every second, more when it has something to say. */
  dnscat2(src: string, count: number): Lookup[] {
    return Array.from({ length: count }, (_, n) => ({
      time: at(4, 9) + n * SECOND,
      src,
      name: `${this.text(HEX, n % 5 === 0 ? 60 : 18)}.harborlemon.org`,
      type: this.pick(["TXT", "CNAME", "MX"]),
      answer: this.text(HEX, 34),
    }));
  }

  /** One name, a text record every ten minutes, another command each time. */
  polling(src: string, days: number): Lookup[] {
    return Array.from({ length: days * 144 }, (_, n) => ({
      time: at(1, 0) + n * 10 * MINUTE,
      src,
      name: "status.pixelforum.info",
      type: "TXT",
      answer: this.text(BASE32, 88),
    }));
  }

  /** A file sent out in A queries, so many a day, spread over the hours. */
  exfiltration(src: string, aDay: number, days: number, length = 48, zone = "motorbread.biz"): Lookup[] {
    return Array.from({ length: aDay * days }, (_, n) => ({
      time: at(0, 0) + Math.floor(n * ((24 * HOUR) / aDay)),
      src,
      name: `${this.text(HEX, length)}.${zone}`,
      answer: "198.51.100.4",
    }));
  }
}
