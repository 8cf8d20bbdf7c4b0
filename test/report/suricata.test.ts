import { describe, expect, test } from "vitest";
import type { ReportInput } from "../../src/report/port.js";
import { renderSuricata } from "../../src/report/suricata/rules.js";
import { SIDS, sidsFor } from "../../src/report/suricata/sids.js";
import { contentBytes, optionText } from "../../src/report/suricata/text.js";
import { withConfirmed } from "./confirmed.js";
import { makeInput } from "./fixture.js";

interface Rule {
  protocol: string;
  source: string;
  direction: string;
  destination: string;
  options: { name: string; value: string }[];
}

const KNOWN = new Set([
  ...[
    "msg",
    "flow",
    "content",
    "nocase",
    "bsize",
    "threshold",
    "reference",
    "classtype",
    "metadata",
    "sid",
    "rev",
  ],
  ...["dns.query", "tls.sni", "http.host", "tls.cert_fingerprint", "ja3.hash", "ja4.hash", "requires"],
]);
const BUFFERS = new Set([
  "dns.query",
  "tls.sni",
  "http.host",
  "tls.cert_fingerprint",
  "ja3.hash",
  "ja4.hash",
]);

/** A rule by the grammar of Suricata's user guide ("Rules Format"): the header's seven words, then options that `;` ends and quotes protect. */
function parseRule(line: string): Rule {
  const match =
    /^alert (ip|dns|tls|http) (\$HOME_NET|\$EXTERNAL_NET) any (->|<>) (any|\$HOME_NET|\$EXTERNAL_NET|\[[0-9a-f.:/]+\]) any \((.*;)\)$/.exec(
      line,
    );
  if (match === null) throw new Error(`no rule: ${line}`);
  const [, protocol = "", source = "", direction = "", destination = "", body = ""] = match;
  const options: Rule["options"] = [];
  let rest = body;
  while (rest !== "") {
    const option = /^ ?([a-z0-9_.]+)(?::(?:"((?:[^"\\;]|\\[\\";])*)"|([^";\\]*)))?;/.exec(rest);
    if (option === null) throw new Error(`no option: ${rest}`);
    const [all, name = "", quoted, plain] = option;
    expect(KNOWN, name).toContain(name);
    options.push({ name, value: quoted ?? plain ?? "" });
    rest = rest.slice(all.length);
  }
  return { protocol, source, direction, destination, options };
}

const rulesOf = (input: ReportInput) =>
  renderSuricata(input)
    .trimEnd()
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .map(parseRule);
const value = (rule: Rule, name: string) => rule.options.find((each) => each.name === name)?.value;
const sid = (rule: Rule) => Number(value(rule, "sid"));
const content = (rule: Rule) => value(rule, "content");

const VALUES = [
  ["backup.bad.example", "domain"],
  ["198.51.100.7", "address"],
  ["2001:db8::1", "address"],
  ["203.0.113.0/24", "network"],
  ["ab".repeat(20), "certificate"],
  ["cd".repeat(32), "certificate"],
  ["ef".repeat(16), "fingerprint"],
  ["t13d1516h2_8daaf6152771_b186095e22b6", "fingerprint"],
] as const;

describe("Suricata rules", () => {
  test("each kind of indicator has its rules, whole buffers, and what every rule must have", () => {
    const rules = rulesOf(withConfirmed(VALUES));
    const seen = rules.map((rule) => [
      rule.protocol,
      rule.options.find(({ name }) => BUFFERS.has(name))?.name ?? rule.destination,
      content(rule) ?? "",
    ]);
    expect(seen.map((each) => each.join(" ")).sort()).toEqual(
      [
        "dns dns.query backup.bad.example",
        "tls tls.sni backup.bad.example",
        "http http.host backup.bad.example",
        "ip [198.51.100.7] ",
        "ip [2001:db8::1] ",
        "ip [203.0.113.0/24] ",
        `tls tls.cert_fingerprint ${Array(20).fill("ab").join("|3A|")}`,
        `tls ja3.hash ${"ef".repeat(16)}`,
        "tls ja4.hash t13d1516h2_8daaf6152771_b186095e22b6",
      ].sort(),
    );
    for (const rule of rules) {
      expect(value(rule, "msg")).toMatch(/^Longwatch TLP:AMBER /);
      expect(value(rule, "classtype")).toBe("command-and-control");
      expect(value(rule, "metadata")).toMatch(
        /^created_at \d{4}_\d\d_\d\d, updated_at \d{4}_\d\d_\d\d, tlp amber$/,
      );
      expect(value(rule, "reference")).toMatch(/^url,attack\.mitre\.org\/techniques\/T\d{4}(\/\d{3})?\/$/);
      expect(Number(value(rule, "rev"))).toBeGreaterThan(20_000_000);
      expect(sid(rule)).toBeGreaterThanOrEqual(SIDS.from);
      expect(sid(rule)).toBeLessThanOrEqual(SIDS.to);
      const text = content(rule)?.replace(/\|([^|]*)\|/g, (_, hex: string) =>
        "x".repeat(hex.split(" ").length),
      );
      expect(value(rule, "bsize")).toBe(text === undefined ? undefined : String(text.length));
      // http.host is lower case by itself, and a rule with nocase on it is refused.
      if (value(rule, "http.host") !== undefined) expect(value(rule, "nocase")).toBeUndefined();
    }
    expect(new Set(rules.map(sid)).size).toBe(rules.length);
  });

  test("nothing that is not confirmed, and nothing at shared hosting, popular, or a public suffix", () => {
    const input = withConfirmed([
      ["198.51.100.7", "address"],
      ["198.51.100.8", "address"],
      ["198.51.100.9", "address"],
      ["duckdns.org", "domain"],
    ]);
    const [, second, third] = input.assessment.infrastructure;
    Object.assign(second ?? {}, { shared: true });
    input.assessment.correlation.popular.push({
      kind: "address",
      value: third?.value ?? "",
      why: "everyone",
    });
    expect(rulesOf(input).map(({ destination }) => destination)).toEqual(["[198.51.100.7]"]);
    expect(renderSuricata(input)).toContain(
      "# 3 confirmed but in no rule: 1 at shared hosting, 1 popular, 1 a public suffix\n",
    );
    for (const item of input.assessment.infrastructure) item.basis = "suspected";
    expect(rulesOf(input)).toEqual([]);
  });

  test("ids stay when indicators are added, and the text is the same each time", () => {
    const few = rulesOf(withConfirmed(VALUES.slice(0, 3)));
    const many = rulesOf(withConfirmed(VALUES));
    const ids = new Map(many.map((rule) => [value(rule, "msg"), sid(rule)]));
    for (const rule of few) expect(ids.get(value(rule, "msg"))).toBe(sid(rule));
    expect(renderSuricata(withConfirmed(VALUES))).toBe(renderSuricata(withConfirmed(VALUES)));
  });

  test("5,000 keys have 5,000 ids within the range, collisions and all; the first of the list keep theirs", () => {
    const keys = Array.from({ length: 5_000 }, (_, at) => `domain|host-${at}.example|dns`);
    const sids = sidsFor(keys);
    expect(new Set(sids.values()).size).toBe(5_000);
    for (const each of sids.values()) expect(each >= SIDS.from && each <= SIDS.to).toBe(true);
    // Some keys alone would have another id: there were collisions to settle.
    const moved = keys.filter((key) => sidsFor([key]).get(key) !== sids.get(key));
    expect(moved.length).toBeGreaterThan(0);
    const fewer = sidsFor(keys.slice(0, 2_500));
    for (const [key, each] of fewer) expect(sids.get(key)).toBe(each);
    expect(() => sidsFor(Array.from({ length: 100_000 }, (_, at) => String(at)))).toThrow(RangeError);
  });

  test("what could end an option or a content is written as bytes or escaped", () => {
    expect(contentBytes('a;b"c|d\\e:f')).toBe("a|3B|b|22|c|7C|d|5C|e|3A|f");
    expect(contentBytes("dé \u0000\n")).toBe("d|C3 A9 20 00 0A|");
    expect(contentBytes("")).toBe("");
    expect(optionText('a;b"c\\d|é\n')).toBe('a\\;b\\"c\\\\d|??');
  });

  test.each(['x"; sid:1;)', "a\nalert ip any any -> any any (sid:1;)", "quo\\te", "nul\u0000\u202e", "é;|"])(
    "%j makes no rule, no option and no line of its own",
    (text) => {
      const input = makeInput({ organisations: 3, touched: 2, weeks: 2, findings: 4 });
      input.assessment.case = text;
      for (const item of input.assessment.infrastructure)
        Object.assign(item, { why: [text], first_seen: text, basis: "confirmed" });
      const count = rulesOf(input).length;
      expect(count).toBeGreaterThan(0);
      Object.assign(input.assessment.infrastructure[0] ?? {}, { value: text });
      expect(rulesOf(input)).toHaveLength(count - 3);
    },
  );
});
