import type { IndicatorKind } from "../../model/indicator.js";
import { parseValidFrom } from "../text/validity.js";
import {
  type Comparison,
  type Expression,
  type Observation,
  PatternError,
  parsePattern,
} from "./stix-pattern.js";

/** What a pattern asks to watch for. */
interface PatternValue {
  value: string;
  kind?: IndicatorKind;
  /** Narrower than the indicator's own validity, where the pattern has START and STOP. */
  start?: number;
  stop?: number;
}

export interface PatternReading {
  values: PatternValue[];
  /** Alternatives that cannot be watched for, and why. The rest of the pattern holds without them. */
  unsupported: string[];
}

/** More alternatives than this come from `AND` over `OR`, which no feed needs. */
const MAX_ALTERNATIVES = 10_000;

/** Disjunctive normal form: a list of alternatives, each a list of comparisons that must all hold of one object. */
function alternatives(expression: Expression): Comparison[][] {
  if (expression.kind === "comparison") return [[expression.comparison]];
  const parts = expression.parts.map(alternatives);
  if (expression.kind === "or") return parts.flat();
  return parts.reduce<Comparison[][]>(
    (combined, part) => {
      if (combined.length * part.length > MAX_ALTERNATIVES)
        throw new PatternError(`has more than ${MAX_ALTERNATIVES} alternatives`);
      return combined.flatMap((before) => part.map((after) => [...before, ...after]));
    },
    [[]],
  );
}

/** Path without quotes around keys and with one spelling for list steps. */
function canonicalPath(path: string): string {
  return path
    .replaceAll("'", "")
    .replace(/\[\d+\]/g, "[*]")
    .toLowerCase();
}

/** Conditions that say nothing about which host is meant, and so may be dropped without watching for more than was asked. */
const HARMLESS = new Set([
  "network-traffic:protocols[*]",
  "network-traffic:dst_ref.type",
  "network-traffic:src_ref.type",
  "x509-certificate:is_self_signed",
]);

const ADDRESSES = new Set([
  "ipv4-addr:value",
  "ipv6-addr:value",
  "network-traffic:src_ref.value",
  "network-traffic:dst_ref.value",
  "domain-name:resolves_to_refs[*].value",
]);

function valuesOf(comparison: Comparison, path: string): PatternValue[] | string {
  const { operator, values } = comparison;
  const equal = operator === "=" || operator === "IN";
  if (ADDRESSES.has(path)) {
    if (equal) return values.map((value) => (value.includes("/") ? { value, kind: "network" } : { value }));
    if (operator === "ISSUBSET") return values.map((value) => ({ value, kind: "network" }));
  }
  if (path === "domain-name:value") {
    if (equal) return values.map((value) => ({ value, kind: "domain" }));
    // `LIKE '%.example.org'`: every name below; any other use of the wildcards has no counterpart.
    const below = operator === "LIKE" ? values.map((value) => /^%\.([^%_]+)$/.exec(value)?.[1]) : [];
    const [parent] = below;
    if (parent !== undefined) return [{ value: `*.${parent}`, kind: "domain-wildcard" }];
  }
  if (/^x509-certificate:hashes\.(?:md5|sha-?1|sha-?256)$/.test(path) && equal) {
    return values.map((value) => ({ value, kind: "certificate" }));
  }
  return `${comparison.path} ${operator} is not supported`;
}

/** One alternative: host, host and port, or name and address. */
function readAlternative(comparisons: readonly Comparison[]): PatternValue[] | string {
  const negated = comparisons.find((comparison) => comparison.negated || comparison.operator === "!=");
  if (negated !== undefined) return `${negated.path} is negated, which a list of indicators cannot express`;
  const found: { path: string; values: PatternValue[] }[] = [];
  let ports: string[] | undefined;
  for (const comparison of comparisons) {
    const path = canonicalPath(comparison.path);
    if (HARMLESS.has(path)) continue;
    if (
      path === "network-traffic:dst_port" &&
      (comparison.operator === "=" || comparison.operator === "IN")
    ) {
      ports = comparison.values;
      continue;
    }
    const values = valuesOf(comparison, path);
    if (typeof values === "string") return values;
    found.push({ path, values });
  }
  const paths = new Set(found.map((entry) => entry.path));
  const named = paths.has("domain-name:value") && paths.has("domain-name:resolves_to_refs[*].value");
  if (found.length === 0) return "names no address, domain or certificate";
  if (found.length > 1 && !(named && found.length === 2))
    return "joins conditions by AND that one indicator cannot hold";
  const values = found.flatMap((entry) => entry.values);
  if (ports === undefined) return values;
  if (!paths.has("network-traffic:dst_ref.value"))
    return "joins a port with something other than network-traffic:dst_ref.value";
  if (values.some((entry) => entry.kind === "network")) return "joins a port with a range of addresses";
  return values.flatMap(({ value }) =>
    (ports ?? []).map((port) => ({ value: value.includes(":") ? `[${value}]:${port}` : `${value}:${port}` })),
  );
}

function readObservation(
  observation: Observation,
  reading: PatternReading,
  window: { start?: number; stop?: number },
): void {
  const { qualifiers } = observation;
  if (qualifiers.other.length > 0) {
    reading.unsupported.push(`${qualifiers.other.join(" ")} is not supported`);
    return;
  }
  const inner = { ...window };
  if (qualifiers.start !== undefined && qualifiers.stop !== undefined) {
    const start = parseValidFrom(qualifiers.start);
    const stop = parseValidFrom(qualifiers.stop);
    if (start === undefined || stop === undefined || start >= stop) {
      reading.unsupported.push("START and STOP are not two times in order");
      return;
    }
    inner.start = Math.max(start, window.start ?? start);
    inner.stop = Math.min(stop, window.stop ?? stop);
  }
  if (observation.kind === "or") {
    for (const part of observation.parts) readObservation(part, reading, inner);
    return;
  }
  if (observation.kind !== "observation") {
    reading.unsupported.push(
      `observations joined by ${observation.kind.toUpperCase()} are not supported: each alone proves less`,
    );
    return;
  }
  for (const comparisons of alternatives(observation.expression)) {
    const values = readAlternative(comparisons);
    if (typeof values === "string") reading.unsupported.push(values);
    else reading.values.push(...values.map((value) => ({ ...value, ...inner })));
  }
}

/** Reads a pattern of `pattern_type` stix. Never throws: what cannot be read is in `unsupported`. */
export function readPattern(pattern: string): PatternReading {
  const reading: PatternReading = { values: [], unsupported: [] };
  try {
    readObservation(parsePattern(pattern), reading, {});
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return { values: [], unsupported: [`the pattern ${error.message}`] };
  }
  return reading;
}
