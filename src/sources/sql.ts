/**
 * SQL text for what a log says about itself (separators, markers, names of columns). Values of rows never come here: they
 * are read by the engine from the file. Everything from a log that does reach SQL text goes through {@link sqlString}.
 */

/**
 * A ClickHouse string literal. Bytes outside printable ASCII are written as escapes, so no quoting rule of any encoding matters; so is
 * the second of two underscores, because the store replaces `__LINES__` wherever it stands in a statement.
 */
export function sqlString(value: string): string {
  let text = "'";
  for (const byte of Buffer.from(value, "utf8")) {
    if (byte === 0x27) text += "\\'";
    else if (byte === 0x5c) text += "\\\\";
    else if (byte >= 0x20 && byte < 0x7f && !(byte === 0x5f && text.endsWith("_")))
      text += String.fromCharCode(byte);
    else text += `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return `${text}'`;
}

/** `['a', 'b']` as the right side of IN. */
export function sqlSet(values: readonly string[]): string {
  return `(${values.map(sqlString).join(", ")})`;
}

/** `[]` alone would be an array of nothing, which few functions take. */
export const EMPTY_LIST = "CAST([] AS Array(String))";

/** A value as it stands in the reason of a reject: short, and readable whatever bytes it has. */
export function sqlShown(raw: string): string {
  return `concat('\\'', substringUTF8(toValidUTF8(${raw}), 1, 60), '\\'')`;
}

/** Expressions that a shape evaluates once a line: each is defined once, however many columns and checks use it. */
export class Prelude {
  readonly #aliases = new Map<string, string>();
  readonly #prefix: string;

  constructor(prefix = "p") {
    this.#prefix = prefix;
  }

  /** The alias of an expression. An expression may use aliases defined before it. */
  define(expression: string): string {
    const known = this.#aliases.get(expression);
    if (known !== undefined) return known;
    const alias = `${this.#prefix}${this.#aliases.size + 1}`;
    this.#aliases.set(expression, alias);
    return alias;
  }

  /** `expression AS alias`, in order of definition. */
  get entries(): string[] {
    return [...this.#aliases].map(([expression, alias]) => `${expression} AS ${alias}`);
  }
}

/** Lower case, without the final dot: how names of hosts are stored. */
export function sqlHostName(name: string): string {
  return `lower(if(endsWith(${name}, '.'), substring(${name}, 1, length(${name}) - 1), ${name}))`;
}

/** Host of a Host header: port and brackets removed, lower case. `a.example:8080`, `[2001:db8::1]:443`, `2001:db8::1`. */
export function sqlHostOfHeader(header: string): string {
  const host = `multiIf(startsWith(${header}, '['), extract(${header}, '^\\\\[([^\\\\]]*)'), countSubstrings(${header}, ':') = 1, substring(${header}, 1, position(${header}, ':') - 1), ${header})`;
  return `lower(trim(TRAILING '.' FROM ${host}))`;
}

/** The addresses among answers, as stored: IPv4 mapped into IPv6. */
export function sqlAddressesIn(list: string): string {
  return `arrayMap(a -> assumeNotNull(a), arrayFilter(a -> isNotNull(a), arrayMap(a -> toIPv6OrNull(a), ${list})))`;
}

/** Hex of a fingerprint: lower case, no colons. */
export function sqlFingerprint(text: string): string {
  return `lower(replaceAll(${text}, ':', ''))`;
}

const PROTOCOL_NUMBERS: readonly (readonly [string, string])[] = [
  ["1", "icmp"],
  ["2", "igmp"],
  ["6", "tcp"],
  ["17", "udp"],
  ["47", "gre"],
  ["50", "esp"],
  ["51", "ah"],
  ["58", "icmp"],
  ["89", "ospf"],
  ["132", "sctp"],
  ["ipv6-icmp", "icmp"],
  ["icmp6", "icmp"],
  ["icmpv6", "icmp"],
];

/** Protocol as Zeek names it: lower case, one name for ICMP of both versions, known numbers as names. */
export function sqlProtocol(raw: string): string {
  const list = (at: 0 | 1) => `[${PROTOCOL_NUMBERS.map((pair) => sqlString(pair[at])).join(", ")}]`;
  const name = `lower(trimBoth(${raw}))`;
  return `transform(${name}, ${list(0)}, ${list(1)}, ${name})`;
}
