import { HOUR } from "../../../src/kernel/time.js";
import { random } from "../cloud-masquerade/world.js";
import {
  at,
  directoryOf,
  type HttpRow,
  type TestCase,
  type TlsRow,
} from "../infrastructure-contact/support.js";

export const ORGS = 6;
export const HOSTS = 10;
export const host = (org: number, number: number): string => `10.${org}.0.${number}`;
export const directory = directoryOf(
  Array.from({ length: ORGS }, (_, n) => ({ cidr: `10.${n + 1}.0.0/16`, realm: "r1", org: `org${n + 1}` })),
);

export const chrome = (version: number, system = "Windows NT 10.0; Win64; x64"): string =>
  `Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36`;

const POPULAR = Array.from({ length: 12 }, (_, n) => `www.popular${n}.com`);
/** JA4 of one browser on two machines, with and without a server name and HTTP/2. */
export const BROWSER_JA4 = ["t13d1516h2_8daaf6152771_e5627efa2ab1", "t13i1515h1_8daaf6152771_e5627efa2ab1"];
export const BROWSER_JA3 = "cd08e31494f9531f560d64c695473da9";

/** Made-up web traffic: sixty hosts of six organisations with browsers of changing versions, who also visit sites of their own taste. */
export class Office {
  readonly http: HttpRow[] = [];
  readonly tls: TlsRow[] = [];
  readonly lookups: { time: number; src: string; name: string; answers: string[] }[] = [];
  readonly #next: () => number;
  readonly #fingerprint: "JA3" | "JA4";

  /** @param fingerprint what the sensor writes: JA3, or JA4 beside it */
  constructor({ orgs = ORGS, hosts = HOSTS, seed = 3, fingerprint = "JA4" as "JA3" | "JA4" } = {}) {
    this.#next = random(seed);
    this.#fingerprint = fingerprint;
    for (let org = 1; org <= orgs; org++)
      for (let number = 1; number <= hosts; number++) this.#ordinary(host(org, number));
  }

  #ordinary(src: string): void {
    for (let visit = 0; visit < 30; visit++) {
      const time = at(Math.floor(this.#next() * 20), 2 + Math.floor(this.#next() * 9), visit);
      const popular = Math.floor(this.#next() * POPULAR.length);
      const own = this.#next() < 0.2;
      const name = own ? `www.hobby-${src.replaceAll(".", "-")}.net` : (POPULAR[popular] as string);
      const dst = own ? `198.19.${src.split(".")[1]}.${src.split(".")[3]}` : `198.18.0.${popular + 1}`;
      this.lookups.push({ time, src, name, answers: [dst] });
      this.http.push({ time, src, dst, host: name, agent: chrome(110 + Math.floor(visit / 5)) });
      this.tls.push({
        time,
        src,
        dst,
        sni: name,
        ja4: this.#fingerprint === "JA4" ? BROWSER_JA4[visit % 2] : "",
        ja3: BROWSER_JA3,
      });
      if (visit % 10 === 0)
        this.http.push({
          time,
          src,
          dst: "198.18.1.1",
          host: "crl.popular0.com",
          agent: "Microsoft-CryptoAPI/10.0",
        });
    }
  }

  /** So many requests, every few hours. */
  requests(row: Omit<HttpRow, "time">, count = 20, { from = 2, every = 5 * HOUR } = {}): void {
    for (let n = 0; n < count; n++) this.http.push({ ...row, time: at(from, 1) + n * every });
  }

  handshakes(row: Omit<TlsRow, "time">, count = 20, { from = 2, every = 5 * HOUR } = {}): void {
    for (let n = 0; n < count; n++) this.tls.push({ ...row, time: at(from, 1) + n * every });
  }

  async write(test: TestCase): Promise<void> {
    await test.http(this.http);
    await test.tls(this.tls);
    await test.dns(this.lookups);
    await test.rollUp();
    await test.store.command(
      `INSERT INTO internal_host SELECT DISTINCT address_realm, ip FROM (
         SELECT address_realm, src_endpoint_ip AS ip FROM http_activity UNION ALL SELECT address_realm, src_endpoint_ip FROM tls_activity
         UNION ALL SELECT address_realm, dst_endpoint_ip FROM http_activity UNION ALL SELECT address_realm, dst_endpoint_ip FROM tls_activity)
       WHERE toString(ip) LIKE '::ffff:10.%'`,
    );
    await test.store.insert("source_slice", [{ batch_id: "b1", source_id: "log-s1", tlp: "amber" }]);
  }
}
