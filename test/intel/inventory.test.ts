import { describe, expect, it } from "vitest";
import { readAssets } from "../../src/intel/inventory/assets.js";
import { readOrganisations } from "../../src/intel/inventory/organisations.js";
import { Warnings } from "../../src/intel/text/problems.js";
import { decodeText } from "../../src/intel/text/read-text.js";
import { errorOf } from "./support.js";

const HEADER = "cidr,realm,org_id,org,sector,subsector,valid_from,valid_to,source";

function read(lines: readonly string[], header = HEADER) {
  const warnings = new Warnings();
  const ranges = readOrganisations([header, ...lines].join("\n"), "orgs.csv", warnings);
  return { ranges, warnings: warnings.list() };
}

describe("organisation inventory", () => {
  it("reads columns in any order, BOM, CRLF, semicolons, comments and quoted line breaks", () => {
    const text =
      '\uFEFF# ours\r\norg;cidr;SECTOR;subsector;realm;org_id;valid_from;valid_to;source\r\n\r\n"Ministry\r\nof ""Good"" Examples";10.1.2.3/16;Government National;;hq;moe;2023-01-02;2023-01-31;x\r\n';
    const warnings = new Warnings();
    const [range] = readOrganisations(
      decodeText(Buffer.from(text), "LW_INVENTORY", "f"),
      "orgs.csv",
      warnings,
    );
    expect(range).toMatchObject({
      cidr: "10.1.0.0/16",
      realm: "hq",
      orgId: "moe",
      name: 'Ministry of "Good" Examples',
      sector: "government-national",
      validFrom: Date.UTC(2023, 0, 2),
      validTo: Date.UTC(2023, 1, 1),
      line: 4,
    });
    expect(warnings.list()).toEqual([
      "orgs.csv:4: 10.1.2.3/16 has bits set beyond its length; read as 10.1.0.0/16",
    ]);
  });

  it("names line 17 for a bad CIDR on line 17", () => {
    const lines = Array.from({ length: 30 }, (_, index) => `10.${index}.0.0/16,hq,o,O,energy,,,,s`);
    lines[15] = "10.15.0.0/33,hq,o,O,energy,,,,s";
    const error = errorOf(() => read(lines));
    expect(error).toMatchObject({ code: "LW_INVENTORY", file: "orgs.csv", line: 17, exitCode: 2 });
    expect(error.describe()).toBe(
      'orgs.csv:17: "10.15.0.0/33" is not an address range: write it like 10.1.0.0/16 or 2001:db8::/32 [LW_INVENTORY]',
    );
  });

  it("counts physical lines where a quoted field holds line breaks", () => {
    const error = errorOf(() =>
      read(['10.0.0.0/8,hq,o,"O', "of", 'three lines",energy,,,,s', "", "x,hq,o,O,energy,,,,s"]),
    );
    expect(error.line).toBe(6);
  });

  it("collects all bad lines and shows the first twenty", () => {
    const error = errorOf(() =>
      read(
        Array.from({ length: 50 }, (_, index) =>
          index % 2 === 0 ? "nonsense,,o,O,energy,,,,s" : "192.0.2.0/24,,o,O,energy,,,,s",
        ),
      ),
    );
    expect(error.line).toBe(2);
    expect(error.message).toMatch(/^25 problems/);
    expect(error.message.match(/^ {2}line \d+: /gm)).toHaveLength(20);
    expect(error.message).toContain("line 40:");
    expect(error.message).toMatch(/and 5 more$/);
  });

  it.each([
    [",,o,O,energy,,,,s", /"" is not an address range/],
    ["0.0.0.0/0,,o,O,energy,,,,s", /every address there is/],
    ["192.0.2.0/24,,,O,energy,,,,s", /org_id is empty/],
    ["192.0.2.0/24,,o,O,energy,,2023-02-30,,s", /valid_from "2023-02-30" is not a time/],
    ["192.0.2.0/24,,o,O,energy,,,soon,s", /valid_to "soon" is not a time/],
    ["192.0.2.0/24,,o,O,energy,,2023-02-03,2023-02-02,s", /does not lie after/],
    ["192.0.2.0/24,,o,O,energy,,,s", /has 8 fields where the header has 9/],
    ['192.0.2.0/24,,o,"O,energy,,,,s', /opened here and never closed/],
    ['192.0.2.0/24,,o,"O"x,energy,,,,s', /behind a closing quote/],
    ["192.0.2.0/24,,o,O\u001b[2J,energy,,,,s", /org holds control characters/],
  ])("refuses %j", (line, message) => {
    const error = errorOf(() =>
      read(["192.0.2.0/25,,o,O,energy,,,,s", line, "192.0.2.0/26,,o,O,energy,,,,s"]),
    );
    expect(error).toMatchObject({ code: "LW_INVENTORY", line: 3 });
    expect(error.message).toMatch(message);
  });

  it("takes a day for its whole 24 hours in UTC and a time as it is", () => {
    const { ranges } = read([
      "192.0.2.0/24,,o,O,energy,,2023-08-31,2023-08-31,s",
      "192.0.2.0/25,,o,O,energy,,2023-08-31T07:00:00+07:00,2023-08-31 12:30:00Z,s",
    ]);
    expect(ranges.map(({ validFrom, validTo }) => [validFrom, validTo])).toEqual([
      [Date.UTC(2023, 7, 31), Date.UTC(2023, 8, 1)],
      [Date.UTC(2023, 7, 31), Date.UTC(2023, 7, 31, 12, 30)],
    ]);
  });

  it("misses columns loudly and mentions those it does not know", () => {
    const error = errorOf(() => read(["192.0.2.0/24,o"], "cidr,org_id"));
    expect(error.message).toMatch(/lacks realm, org, sector, subsector, valid_from, valid_to, source/);
    expect(error.line).toBe(1);
    expect(errorOf(() => read([], `${HEADER},cidr`)).message).toMatch(/"cidr" stands twice/);
    expect(errorOf(() => readOrganisations("", "f", new Warnings())).message).toMatch(/the file is empty/);
    expect(read(["192.0.2.0/24,,o,O,energy,,,,s,x"], `${HEADER},sektor`).warnings).toEqual([
      'orgs.csv:1: the column "sektor" is not used (did you mean "sector"?)',
    ]);
  });

  it("keeps a sector outside the vocabulary and says which was probably meant", () => {
    const { ranges, warnings } = read([
      "192.0.2.0/28,,a,A,defence,,,,s",
      "192.0.2.16/28,,b,B,finance,,,,s",
      "192.0.2.32/28,,c,C,bank,,,,s",
      "192.0.2.48/28,,d,D,zzzzzz,,,,s",
      "192.0.2.64/28,,e,E,defence,,,,s",
    ]);
    expect(ranges.map((range) => range.sector)).toEqual(["defence", "finance", "bank", "zzzzzz", "defence"]);
    expect(warnings).toEqual([
      'orgs.csv:2: the sector "defence" is not in STIX 2.1 industry-sector-ov (did you mean "defense"?); kept as it is',
      'orgs.csv:3: the sector "finance" is not in STIX 2.1 industry-sector-ov (did you mean "financial-services"?); kept as it is',
      'orgs.csv:4: the sector "bank" is not in STIX 2.1 industry-sector-ov (did you mean "financial-services"?); kept as it is',
      'orgs.csv:5: the sector "zzzzzz" is not in STIX 2.1 industry-sector-ov; kept as it is',
    ]);
  });

  it("warns of overlaps of one prefix, not of nesting, succession or another realm", () => {
    const clash = "10.0.0.0/8,hq,b,B,energy,,2023-06-01,,s";
    expect(read(["10.0.0.0/8,hq,a,A,energy,,,2023-06-30,s", clash]).warnings).toEqual([
      'orgs.csv:3: 10.0.0.0/8 in realm "hq" belongs to "a" (line 2) and to "b" at the same time; line 2 counts',
    ]);
    expect(read(["10.0.0.0/8,hq,a,A,energy,,,2023-05-31,s", clash]).warnings).toEqual([]);
    expect(read(["10.0.0.0/9,hq,a,A,energy,,,,s", clash]).warnings).toEqual([]);
    expect(read(["10.0.0.0/8,branch,a,A,energy,,,,s", clash]).warnings).toEqual([]);
    expect(read(["10.0.0.0/8,hq,b,B,energy,,,,s", clash]).warnings).toEqual([]);
  });

  it("warns of private space without a realm", () => {
    expect(read(["10.0.0.0/8,,a,A,energy,,,,s"]).warnings[0]).toMatch(
      /^orgs.csv:2: 10.0.0.0\/8 is private space without a realm/,
    );
  });

  it("stays linear on an inventory that contradicts itself everywhere", () => {
    const { warnings, ranges } = read(
      Array.from({ length: 20_000 }, (_, index) => `192.0.2.0/24,,o${index},O,energy,,,,s`),
    );
    expect(ranges).toHaveLength(20_000);
    expect(warnings.length).toBeLessThan(250);
  });

  it("says where the bytes stop being UTF-8, and reads UTF-16 with its mark", () => {
    const latin1 = Buffer.concat([
      Buffer.from(`${HEADER}\n192.0.2.0/24,,o,Minist`),
      Buffer.from([0xe9]),
      Buffer.from("re,energy,,,,s\n"),
    ]);
    expect(errorOf(() => decodeText(latin1, "LW_INVENTORY", "orgs.csv"))).toMatchObject({
      code: "LW_INVENTORY",
      line: 2,
    });
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("cidr", "utf16le")]);
    expect(decodeText(utf16, "LW_INVENTORY", "f")).toBe("cidr");
  });
});

describe("asset list", () => {
  const assets = (lines: string[]) => {
    const warnings = new Warnings();
    return {
      assets: readAssets(
        ["address,realm,name,role,criticality", ...lines].join("\n"),
        "assets.csv",
        warnings,
      ),
      warnings: warnings.list(),
    };
  };

  it("reads roles in any spelling and fills in what is not said", () => {
    const { assets: list, warnings } = assets([
      "10.0.0.1,hq,mx,Mail Server,5",
      "::ffff:10.0.0.2,hq,dc,domain-controller,",
      "192.0.2.1,,x,mailserver,1",
    ]);
    expect(list).toEqual([
      { address: "10.0.0.1", realm: "hq", name: "mx", role: "mail_server", criticality: 5 },
      { address: "10.0.0.2", realm: "hq", name: "dc", role: "domain_controller", criticality: 3 },
      { address: "192.0.2.1", realm: "*", name: "x", role: "other", criticality: 1 },
    ]);
    expect(warnings[0]).toMatch(/"mailserver" is not known \(did you mean "mail_server"\?\)/);
  });

  it("collects bad lines", () => {
    const error = errorOf(() => assets(["10.0.0.0/8,hq,x,other,1", "10.0.0.1,hq,x,other,6"]));
    expect(error.message).toContain('line 2: "10.0.0.0/8" is not an address');
    expect(error.message).toContain('line 3: criticality "6"');
  });
});
