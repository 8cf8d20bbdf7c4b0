import { unique } from "../../kernel/group-by.js";
import { strictestTlp } from "../../model/finding.js";
import type { Indicator } from "../../model/indicator.js";

function join(a: string, b: string): string {
  return b === "" || a.split("; ").includes(b) ? a : a === "" ? b : `${a}; ${b}`;
}

function merge(one: Indicator, other: Indicator): Indicator {
  const [best, rest] = other.confidence > one.confidence ? [other, one] : [one, other];
  const tlp = strictestTlp([one.tlp, other.tlp]);
  // Owner and sharing group follow the marking that binds: who said "red" is who must be asked.
  const marked = best.tlp === tlp ? best : rest;
  const software = unique([...(best.software ?? []), ...(rest.software ?? [])]);
  return {
    ...best,
    role: best.role || rest.role,
    source: join(best.source, rest.source),
    description: best.description || rest.description,
    ...(software.length > 0 && { software }),
    validFrom: Math.min(one.validFrom, other.validFrom),
    validTo: Math.max(one.validTo, other.validTo),
    tlp,
    owner: marked.owner,
    sharingGroup: marked.sharingGroup,
  };
}

/**
 * One indicator for each kind and value: highest confidence, widest validity, strictest TLP, all sources named. In order of first
 * appearance. A gap between two validities is bridged: watching too long is the lesser error.
 */
export function mergeIndicators(indicators: Iterable<Indicator>): Indicator[] {
  const merged = new Map<string, Indicator>();
  for (const indicator of indicators) {
    const key = `${indicator.kind}\n${indicator.value}`;
    const known = merged.get(key);
    merged.set(key, known === undefined ? indicator : merge(known, indicator));
  }
  return [...merged.values()];
}
