import { type Finding, severityRank } from "../../../src/model/finding.js";
import { at, type Certificate, DAYS, random, type World } from "./world.js";

export interface Operation {
  sites: { domain: string; labels: string[]; address: string; ports: number[] }[];
  victims: { org: number; host: number }[];
  from: number;
  seed: number;
  certificate?: Certificate;
}

/** An operator's servers: beacons round the clock, and data carried off on some office days. */
export function operation(world: World, { sites, victims, from, seed, certificate }: Operation): void {
  const next = random(seed);
  for (const { org, host } of victims) {
    const src = world.host(org, host);
    for (const { domain, labels, address, ports } of sites) {
      for (let day = from + Math.floor(next() * 5); day < DAYS; day += 2 + Math.floor(next() * 3)) {
        for (let beacon = 0; beacon < 3; beacon++) {
          const name = `${labels[Math.floor(next() * labels.length)]}.${domain}`;
          const port = ports[Math.floor(next() * ports.length)] as number;
          world.add({
            time: at(day, Math.floor(next() * 24), 5),
            src,
            dst: address,
            port,
            name: next() < 0.7 ? name : undefined,
            lookup: name,
            certificate,
          });
        }
        if (next() < 0.3)
          world.add({
            time: at(day, 3 + Math.floor(next() * 6), 20),
            src,
            dst: address,
            port: ports[0],
            name: `${labels[0]}.${domain}`,
            out: 4_000_000,
            in: 60_000,
            certificate,
          });
      }
    }
  }
}

export const victims = [
  { org: 2, host: 3 },
  { org: 5, host: 1 },
  { org: 6, host: 2 },
  { org: 9, host: 4 },
  { org: 9, host: 5 },
];
export const of = (findings: readonly Finding[], domain: string): Finding[] =>
  findings.filter(({ facts }) => facts.domain === domain);
export const best = (findings: readonly Finding[], domain: string): number =>
  Math.max(0, ...of(findings, domain).map(({ score }) => score));
export const severity = (findings: readonly Finding[], domain: string): number =>
  Math.max(-1, ...of(findings, domain).map((each) => severityRank(each.severity)));
export const HIGH = severityRank("high");
export const MEDIUM = severityRank("medium");
