import { describe, expect, it } from "vitest";
import { fits, matches, refusal, sysmon } from "./support.js";

/** A detection line, an event that it fits, and a near miss. */
const CASES: [
  string,
  string,
  Record<string, string | number | null>,
  Record<string, string | number | null>,
][] = [
  ["plain, case aside", "Image: 'C:\\\\a.EXE'", { Image: "c:\\A.exe" }, { Image: "c:\\A.exe " }],
  [
    "a wildcard in the middle",
    "Image: 'C:\\\\*\\a.exe'",
    { Image: "C:\\x\\y\\a.exe" },
    { Image: "C:\\x\\y\\a.exe2" },
  ],
  ["one character", "Image: 'a?c'", { Image: "abc" }, { Image: "ac" }],
  ["an asterisk that is one", "Image: 'a\\*c'", { Image: "a*c" }, { Image: "abc" }],
  ["a backslash before a wildcard", "Image: 'a\\\\*'", { Image: "a\\bc" }, { Image: "a*" }],
  [
    "contains",
    "CommandLine|contains: ' -enc '",
    { CommandLine: "ps.exe -ENC x" },
    { CommandLine: "ps.exe -enc" },
  ],
  ["startswith", "CommandLine|startswith: cmd", { CommandLine: "CMD /c" }, { CommandLine: " cmd /c" }],
  ["endswith", "Image|endswith: '\\cmd.exe'", { Image: "C:\\CMD.exe" }, { Image: "C:\\xcmd.exe" }],
  [
    "contains of all",
    "CommandLine|contains|all: [one, two]",
    { CommandLine: "two one" },
    { CommandLine: "one one" },
  ],
  ["one of a list", "Image|endswith: [a.exe, b.exe]", { Image: "b.exe" }, { Image: "c.exe" }],
  ["cased", "Image|cased: Abc", { Image: "Abc" }, { Image: "abc" }],
  ["cased contains", "Image|contains|cased: Abc", { Image: "xAbcx" }, { Image: "xabcx" }],
  ["neq", "User|neq: SYSTEM", { User: "alice" }, { User: "system" }],
  ["windash", "CommandLine|windash|contains: ' -f'", { CommandLine: "x /f" }, { CommandLine: "x +f" }],
  [
    "windash, em dash",
    "CommandLine|windash|contains: ' -f'",
    { CommandLine: "x \u2014f" },
    { CommandLine: "x _f" },
  ],
  ["re", "CommandLine|re: 'a.{2}d$'", { CommandLine: "xabcd" }, { CommandLine: "xABCD" }],
  ["re with i", "CommandLine|re|i: 'a.{2}d$'", { CommandLine: "xABCD" }, { CommandLine: "xABCDE" }],
  ["re with m", "CommandLine|re|m: '^b$'", { CommandLine: "a\nb\nc" }, { CommandLine: "a\nbb\nc" }],
  ["re with s", "CommandLine|re|s: 'a.b'", { CommandLine: "a\nb" }, { CommandLine: "a\n\nb" }],
  ["base64", "CommandLine|base64|contains: foo", { CommandLine: "x Zm9v" }, { CommandLine: "x foo" }],
  [
    "base64offset",
    "CommandLine|base64offset|contains: secret",
    { CommandLine: Buffer.from("xsecret!").toString("base64") },
    { CommandLine: Buffer.from("xsecre!").toString("base64") },
  ],
  [
    "wide base64offset",
    "CommandLine|wide|base64offset|contains: http",
    { CommandLine: Buffer.from("a=http:", "utf16le").toString("base64") },
    { CommandLine: Buffer.from("a=http:", "latin1").toString("base64") },
  ],
  [
    "utf16be",
    "CommandLine|utf16be|base64|contains: ab",
    { CommandLine: "AGEAYg==" },
    { CommandLine: "YQBiAA==" },
  ],
  [
    "utf16 with its mark",
    "CommandLine|utf16|base64|contains: ab",
    { CommandLine: "//5hAGIA" },
    { CommandLine: "YQBiAA==" },
  ],
  ["lt", "ProcessId|lt: 10", { ProcessId: "9" }, { ProcessId: "10" }],
  ["lte", "ProcessId|lte: 10", { ProcessId: 10 }, { ProcessId: 11 }],
  ["gt", "ProcessId|gt: 10", { ProcessId: "0xB" }, { ProcessId: "0xA" }],
  ["gte", "ProcessId|gte: 10", { ProcessId: "10" }, { ProcessId: "many" }],
  ["a number", "LogonId: 999", { LogonId: "0x3e7" }, { LogonId: "0x3e8" }],
  ["cidr", "User|cidr: 10.0.0.0/8", { User: "10.200.3.4" }, { User: "11.0.0.1" }],
  ["cidr of IPv6", "User|cidr: 'fe80::/10'", { User: "fe80::1" }, { User: "10.0.0.1" }],
  ["exists", "ParentImage|exists: true", { ParentImage: "" }, { Image: "a" }],
  ["exists not", "ParentImage|exists: false", { Image: "a" }, { ParentImage: "a" }],
  ["null", "ParentImage: null", { Image: "a" }, { ParentImage: "" }],
  ["null, there without a value", "ParentImage: null", { ParentImage: null }, { ParentImage: "-" }],
  ["an empty text", "ParentImage: ''", { ParentImage: "" }, { ParentImage: "a" }],
  ["an empty text is not absence", "ParentImage: ''", { ParentImage: "" }, { Image: "a" }],
  [
    "fieldref",
    "Image|fieldref: ParentImage",
    { Image: "A", ParentImage: "a" },
    { Image: "a", ParentImage: "b" },
  ],
  [
    "fieldref at the end",
    "CommandLine|fieldref|endswith: Image",
    { CommandLine: "run a", Image: "A" },
    { CommandLine: "a run", Image: "a" },
  ],
  ["minute", "UtcTime|minute: 30", { UtcTime: "2026-03-01T10:30:59Z" }, { UtcTime: "2026-03-01T10:31:00Z" }],
  ["hour", "UtcTime|hour|gte: 22", { UtcTime: "2026-03-01T22:00:00Z" }, { UtcTime: "2026-03-01T21:59:59Z" }],
  ["day", "UtcTime|day: 1", { UtcTime: "2026-03-01T00:00:00Z" }, { UtcTime: "2026-02-28T23:59:59Z" }],
  ["week", "UtcTime|week: 53", { UtcTime: "2027-01-01T00:00:00Z" }, { UtcTime: "2027-01-04T00:00:00Z" }],
  ["month", "UtcTime|month: 3", { UtcTime: "2026-03-31T23:00:00Z" }, { UtcTime: "2026-04-01T00:00:00Z" }],
  ["year", "UtcTime|year|lt: 2026", { UtcTime: "2025-12-31T23:59:59Z" }, { UtcTime: "2026-01-01T00:00:00Z" }],
];

describe("modifiers", () => {
  it.each(CASES)("%s: fits, and not the near miss", (_, item, hit, miss) => {
    expect(fits(item, hit)).toBe(true);
    expect(fits(item, miss)).toBe(false);
  });

  it("take the values of a placeholder", () => {
    const detection = "selection:\n  User|expand: '%admins%'\ncondition: selection";
    const placeholders = new Map([["admins", ["root", "alice*"]]]);
    expect(matches(detection, sysmon({ User: "Alice2" }), placeholders)).toBe(true);
    expect(matches(detection, sysmon({ User: "bob" }), placeholders)).toBe(false);
  });

  it.each([
    ["an unknown one", "Image|contain: a", 'the modifier "contain" does not exist'],
    ["two positions", "Image|contains|endswith: a", "do not go together"],
    ["a network that is none", "Image|cidr: 10.0.0.0/33", "is not a network"],
    ["a number that is none", "Image|lt: many", "is not a number"],
    ["flags without re", "Image|i: a", '"i" belongs to re'],
    ["re with contains", "Image|re|contains: a", '"contains" does not go with "re"'],
    ["base64 of a wildcard", "Image|base64: 'a*'", "has no base64 form"],
    ["a placeholder without values", "Image|expand: '%x%'", "the placeholder %x% has no values"],
    ["a word for exists", "Image|exists: maybe", "exists takes true or false"],
    ["no values", "Image: []", "has an empty list of values"],
  ])("refuse %s with the reason", (_, item, reason) => {
    expect(refusal(`selection:\n  ${item}\ncondition: selection`)).toContain(reason);
  });
});
