import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonErrorLine } from "../../src/intel/text/json-error.js";
import { classify } from "../../src/intel/watchlist/classify.js";
import { mergeIndicators } from "../../src/intel/watchlist/merge.js";
import { refang } from "../../src/intel/watchlist/refang.js";
import { LongwatchError } from "../../src/kernel/errors.js";
import { errorOf, readList, watched } from "./support.js";

const SHA1 = "3b5a0f6f1f9d2c7e8a4b6c0d1e2f3a4b5c6d7e8f";

describe("values", () => {
  it.each([
    ["192.0.2.1", "address", "192.0.2.1"],
    ["192[.]0[.]2[.]1", "address", "192.0.2.1"],
    ["192.0.2[dot]1", "address", "192.0.2.1"],
    ["::ffff:192.0.2.1", "address", "192.0.2.1"],
    ["2001:DB8:0::1", "address", "2001:db8::1"],
    ["[2001:db8::1]", "address", "2001:db8::1"],
    ["192.0.2.1:443", "address-port", "192.0.2.1:443"],
    ["192.0.2[.]1[:]8443", "address-port", "192.0.2.1:8443"],
    ["192.0.2.1|8443", "address-port", "192.0.2.1:8443"],
    ["[2001:db8::1]:443", "address-port", "[2001:db8::1]:443"],
    ["2001:db8::1|443", "address-port", "[2001:db8::1]:443"],
    ["192.0.2.0/24", "network", "192.0.2.0/24"],
    ["192.0.2.7/32", "address", "192.0.2.7"],
    ["192.0.2[.]9/24", "network", "192.0.2.0/24"],
    ["Evil.Example.ORG.", "domain", "evil.example.org"],
    ["evil(.)example{.}org", "domain", "evil.example.org"],
    ["hxxps://evil[.]example[.]org/a/b?c#d", "domain", "evil.example.org"],
    ["hXXp[://]user:pw@192.0.2[.]1:8080/x", "address-port", "192.0.2.1:8080"],
    ["https://[2001:db8::1]:8443/", "address-port", "[2001:db8::1]:8443"],
    ["evil.example.org:8443", "domain", "evil.example.org"],
    ["evil.example.org/login", "domain", "evil.example.org"],
    ["*.example.org", "domain-wildcard", "example.org"],
    [".example.org", "domain-wildcard", "example.org"],
    ["bücher.example", "domain", "xn--bcher-kva.example"],
    ["_dmarc.example.org", "domain", "_dmarc.example.org"],
    [SHA1.toUpperCase(), "certificate", SHA1],
    [SHA1.replace(/..(?=.)/g, "$&:"), "certificate", SHA1],
    [`SHA1:${SHA1}`, "certificate", SHA1],
    ["t13d1516h2_8daaf6152771_02713d6af862", "ja4", "t13d1516h2_8daaf6152771_02713d6af862"],
  ])("%s is %s %s", (text, kind, value) => expect(classify(text)).toMatchObject({ kind, value }));

  it.each([
    "",
    "com",
    "999.1.1.1",
    "192.0.2.1/33",
    "192.0.2.1:0",
    "192.0.2.1:70000",
    "a b.example",
    "0x7f.1",
    "evil..example",
    "-x.example",
    "1.2.3",
    "d41d8cd98f00b204e9800998ecf8427e",
    "@",
    "http://",
    `${"a".repeat(64)}.example`,
    "x".repeat(3_000),
  ])("%s is nothing that can be watched", (text) => expect(classify(text)).toHaveProperty("problem"));

  it("is what its list says, if it can be", () => {
    expect(classify("d41d8cd98f00b204e9800998ecf8427e", "ja3")).toMatchObject({ kind: "ja3" });
    expect(classify("d4:1d:8c:d9:8f:00:b2:04:e9:80:09:98:ec:f8:42:7e", "certificate")).toMatchObject({
      value: "d41d8cd98f00b204e9800998ecf8427e",
    });
    expect(classify("example.org", "domain-wildcard")).toMatchObject({
      kind: "domain-wildcard",
      value: "example.org",
    });
    expect(classify("192.0.2.1", "domain")).toEqual({
      problem: '"192.0.2.1" is of kind address, not domain',
    });
    expect(classify("example.org", "ja4")).toHaveProperty("problem");
  });

  const host = fc.oneof(fc.domain(), fc.ipV4());
  const defangs: ((text: string) => string)[] = [
    (text) => text.replaceAll(".", "[.]"),
    (text) => text.replaceAll(".", "(.)"),
    (text) => text.replaceAll(".", "{.}"),
    (text) => text.replaceAll(".", " [dot] ").replaceAll(" ", ""),
    (text) => text.replace(".", "[.]"),
    (text) => text.replaceAll(".", "\\."),
    (text) => text.replace(/\.(?=[^.]*$)/, "[.]"),
  ];

  it("comes out of any defanged notation as it went in", () => {
    fc.assert(
      fc.property(host, fc.constantFrom(...defangs), (text, defang) => {
        expect(refang(defang(text))).toBe(text);
        expect(refang(`hxxps://${defang(text)}/x`)).toBe(`https://${text}/x`);
      }),
    );
  });

  it("is not changed by refanging twice", () => {
    const noise = fc.string({
      unit: fc.constantFrom("[", "]", "(", ")", ".", ":", "/", "dot", "hxxp", "s", " ", "a", "\\"),
    });
    fc.assert(
      fc.property(fc.oneof(noise, fc.string()), (text) => {
        expect(refang(refang(text))).toBe(refang(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it("once canonical, stays what it is", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          host,
          fc.ipV6(),
          fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 65_535 })).map(([ip, port]) => `${ip}:${port}`),
        ),
        (text) => {
          const first = classify(text);
          if ("problem" in first) return;
          expect(classify(first.value, first.kind)).toMatchObject({ kind: first.kind, value: first.value });
        },
      ),
    );
  });
});

describe("lists", () => {
  it("reads a plain list with comments", () => {
    const { format, indicators } = readList(
      "# head\n\n192.0.2[.]1 # c2\n[2001:db8::1]:443\r\n*.example.org ; old\n",
    );
    expect(format).toBe("list");
    expect(indicators.map(({ kind, value }) => `${kind} ${value}`)).toEqual([
      "address 192.0.2.1",
      "address-port [2001:db8::1]:443",
      "domain-wildcard example.org",
    ]);
    expect(indicators[0]).toMatchObject({
      source: "test list",
      confidence: 0.5,
      tlp: "amber",
      validFrom: Number.NEGATIVE_INFINITY,
      validTo: Number.POSITIVE_INFINITY,
    });
    expect(watched("[2001:db8::1]:443\n")).toEqual(["address-port [2001:db8::1]:443"]);
  });

  it("reads CSV of which only the value column is required", () => {
    expect(watched("value\n192.0.2.1\n")).toEqual(["address 192.0.2.1"]);
    const [one] = readList(
      'description;value;kind;confidence;valid_from;valid_to;role;source\n"a; b";192.0.2.1;ip;80;2023-01-01;2023-01-31;c2;us\n',
    ).indicators;
    expect(one).toMatchObject({
      kind: "address",
      description: "a; b",
      confidence: 0.8,
      role: "c2",
      source: "us",
      validFrom: Date.UTC(2023, 0, 1),
      validTo: Date.UTC(2023, 1, 1),
    });
  });

  it("collects bad lines with file and line", () => {
    const list = errorOf(() => readList("192.0.2.1\nnot good\n192.0.2.2\n1.2.3\n", "bad.txt"));
    expect(list).toMatchObject({ code: "LW_WATCHLIST", file: "bad.txt", line: 2 });
    expect(list.message).toContain("line 4:");
    const csv = errorOf(() =>
      readList(
        "value,kind,confidence,valid_to\n192.0.2.1,adress,0.5,\n192.0.2.1,,200,\n192.0.2.1,,,tomorrow\n",
        "bad.csv",
      ),
    );
    expect(csv.message).toContain('line 2: the kind "adress" is not known (did you mean "address"?)');
    expect(csv.message).toContain('line 3: confidence "200"');
    expect(csv.message).toContain('line 4: valid_to "tomorrow"');
    expect(errorOf(() => readList("kind,role\naddress,c2\n")).message).toContain("the header lacks value");
  });

  it("says which JSON it cannot use, and where JSON breaks", () => {
    expect(errorOf(() => readList('{"a": 1}')).message).toMatch(/neither a MISP event nor a STIX bundle/);
    expect(errorOf(() => readList('{\n"Event": {\n"info": oops}}', "event.json"))).toMatchObject({
      code: "LW_WATCHLIST",
      file: "event.json",
      line: 3,
    });
  });

  it.each([
    ["0.0.0.0/0", "would match a good part of the Internet"],
    ["64.0.0.0/7", "would match a good part of the Internet"],
    ["2a00::/18", "would match a good part of the Internet"],
    ["10.1.2.3", "is a private address"],
    ["192.168.0.0/24", "is private space"],
    ["100.64.1.1:443", "is a carrier-grade NAT address"],
    ["127.0.0.1", "is a loopback address"],
    ["[fe80::1]:443", "is a link-local address"],
    ["*.com", "is a public suffix"],
    ["*.co.uk", "is a public suffix"],
  ])("refuses %s", (value, why) => {
    const { indicators, warnings, refused } = readList(`${value}\n`, "wide.txt");
    expect(indicators).toEqual([]);
    expect(refused).toBe(1);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(
      `wide.txt:1: "${value.replace(":443", "").startsWith("[") ? value : value}"`,
    );
    expect(warnings[0]).toContain(why);
  });

  it("keeps what only looks wide, with a word about it", () => {
    expect(watched("8.0.0.0/8\n2a00::/19\n*.example.co.uk\n")).toEqual([
      "network 8.0.0.0/8",
      "network 2a00::/19",
      "domain-wildcard example.co.uk",
    ]);
    const { indicators, warnings } = readList("*.github.io\n");
    expect(indicators).toHaveLength(1);
    expect(warnings[0]).toMatch(/every customer's name will match/);
  });

  it("merges duplicates: highest confidence, widest validity, strictest marking", () => {
    const csv =
      "value,source,confidence,valid_from,valid_to,role\n192.0.2.1,a,0.4,2023-01-01,2023-01-31,c2\n192[.]0.2.1,b,0.9,2023-03-01,2023-03-31,\n192.0.2.2,a,0.4,,,\n";
    const indicators = readList(csv).indicators;
    const [one, two] = mergeIndicators(
      indicators.map((indicator, index) => ({
        ...indicator,
        tlp: index === 0 ? ("red" as const) : ("green" as const),
        software: ["malware:FoxRat", `tool:${index}`],
        owner: `owner ${index}`,
      })),
    );
    expect(one).toMatchObject({
      confidence: 0.9,
      source: "b; a",
      role: "c2",
      validFrom: Date.UTC(2023, 0, 1),
      validTo: Date.UTC(2023, 3, 1),
      tlp: "red",
      owner: "owner 0",
      software: ["malware:FoxRat", "tool:1", "tool:0"],
    });
    expect(two?.value).toBe("192.0.2.2");
  });

  it("throws nothing but its own error on any text", () => {
    const seeds = [
      'value,kind,role,source,confidence,valid_from,valid_to,description\n192.0.2.1,address,c2,us,0.5,2023-01-01,,"a\nb"\n',
      "192.0.2.1\n*.example.org # x\n",
      '{"Event":{"info":"x","Orgc":{"name":"o"},"Attribute":[{"type":"domain|ip","value":"a.example|192.0.2.1","to_ids":true}]}}',
      '{"type":"bundle","objects":[{"type":"indicator","id":"indicator--1","pattern_type":"stix","pattern":"[ipv4-addr:value = \'192.0.2.1\']","valid_from":"2023-01-01T00:00:00Z"}]}',
    ];
    const mutated = fc
      .tuple(
        fc.constantFrom(...seeds),
        fc.array(fc.tuple(fc.nat(400), fc.nat(8), fc.string({ maxLength: 6 })), { maxLength: 6 }),
      )
      .map(([seed, edits]) =>
        edits.reduce((text, [at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut), seed),
      );
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string(), fc.json()), (text) => {
        try {
          readList(text);
        } catch (error) {
          expect(error).toBeInstanceOf(LongwatchError);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("line of a JSON error", () => {
  it("lies where the damage was done", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ a: fc.string(), b: fc.double({ noNaN: true, noDefaultInfinity: true }) }), {
          minLength: 1,
          maxLength: 8,
        }),
        fc.nat(),
        fc.constantFrom("\u0001", "}", "nul"),
        (values, seed, damage) => {
          const lines = JSON.stringify(values, null, 1).split("\n");
          const line = 1 + (seed % (lines.length - 1));
          lines[line] = `${damage}${lines[line]}`;
          const text = lines.join("\n");
          expect(() => JSON.parse(text)).toThrow();
          expect(jsonErrorLine(text)).toBe(line + 1);
        },
      ),
    );
    expect(jsonErrorLine('{"a":\n[1,\n2')).toBe(3);
    expect(jsonErrorLine('{"a": "x\\q"}')).toBe(1);
    expect(jsonErrorLine("[1,]")).toBe(1);
  });
});
