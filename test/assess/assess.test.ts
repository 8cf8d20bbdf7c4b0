import { describe, expect, it } from "vitest";
import { assess } from "../../src/assess/index.js";
import { assessmentSchema } from "../../src/model/assessment.js";
import type { Finding } from "../../src/model/finding.js";
import { INDUSTRY_SECTORS } from "../../src/model/organisation.js";
import { SECTOR_MESSAGES } from "../../src/model/sector-words.js";
import { directoryOf } from "../detect/infrastructure-contact/support.js";
import { contact, DAY0, finding, gathered, input, SERVER, upDays } from "./support.js";

const HOST = { kind: "host" as const, value: "10.1.0.5", realm: "r1", role: "victim" };
const ADDRESS = { kind: "address" as const, value: SERVER, role: "server" };

function watchListFinding(more: Partial<Finding> = {}, port = 443): Finding {
  return finding("infrastructure-contact", {
    entities: [ADDRESS, { kind: "domain", value: "sync.example-watch.net", role: "server" }, HOST],
    facts: {
      relation: "persistent",
      confirmed: true,
      confidence: 0.9,
      answered: 10,
      matched_by: ["address", "name"],
      names: ["sync.example-watch.net"],
      relation_realm: ["r1"],
      relation_host: ["10.1.0.5"],
      relation_server: [SERVER],
      relation_port: [port],
      relation_direction: ["outbound"],
      relation_first: ["2023-08-07T10:00:00Z"],
      relation_last: ["2023-09-15T10:00:00Z"],
    },
    ...more,
  });
}

function run(more: Parameters<typeof input>[0]) {
  const assessment = assess(input(more));
  expect(() => assessmentSchema.parse(assessment)).not.toThrow();
  return assessment;
}
const org = (assessment: ReturnType<typeof assess>, id: string) =>
  assessment.organisations.find((each) => each.org_id === id);

describe("assessment", () => {
  it("rolls findings up to organisations, sectors, infrastructure, volumes and judgements", () => {
    const contacts = [0, 1, 2, 14, 30, 39].map((day) => contact(day));
    const result = run({
      findings: [watchListFinding()],
      gathered: gathered({
        contacts,
        serverNames: [{ name: "sync.example-watch.net", address: SERVER, relation: "name of" }],
      }),
    });
    expect(org(result, "alpha")).toMatchObject({
      status: "compromised",
      likelihood_word: "very likely",
      active_days: 6,
      bytes_out: 6000,
      bytes_in: 600,
      first_seen: "2023-08-07T10:00:00Z",
      sensors: ["s1"],
    });
    expect(org(result, "alpha")?.hosts).toMatchObject([
      { address: "10.1.0.5", realm: "r1", bytes_out: 6000 },
    ]);
    expect(org(result, "beta")).toMatchObject({ status: "no_evidence", bytes_out: 0, first_seen: null });
    expect(org(result, "unseen")).toMatchObject({
      status: "no_data",
      likelihood: 0,
      likelihood_word: "not assessed",
    });
    expect(result.organisations.map((each) => each.status)).toEqual([
      "compromised",
      "no_evidence",
      "no_data",
    ]);
    expect(result.sectors).toEqual([
      { sector: "government", organisations: 3, compromised: 1, suspected: 0, contacted: 0 },
    ]);
    expect(result.infrastructure).toContainEqual(
      expect.objectContaining({
        value: SERVER,
        kind: "address",
        basis: "confirmed",
        organisations: ["alpha"],
      }),
    );
    expect(result.links).toContainEqual(
      expect.objectContaining({ from: "alpha", to: SERVER, relation: "contacted" }),
    );
    expect(result.links).toContainEqual(
      expect.objectContaining({ from: "sync.example-watch.net", to: SERVER }),
    );
    expect(result.volumes).toHaveLength(6);
    expect(result.volumes[0]).toEqual({
      day: "2023-08-07",
      bytes_out: 1000,
      bytes_in: 100,
      connections: 4,
      organisations: 1,
    });
    for (const judgement of result.judgements) {
      expect(judgement.statement).not.toMatch(/confidence/i);
      expect(judgement.confidence_statement).not.toMatch(/likely|chance/i);
    }
    expect(result.judgements[0]?.findings).toHaveLength(1);
  });

  it("names sectors in words, and of many the first and how many more", () => {
    const inventory = (sectors: readonly string[]) => {
      const own = directoryOf(
        sectors.map((_, at) => ({ cidr: `10.${at}.0.0/16`, realm: "r1", org: `org-${at}` })),
      );
      for (const [at, sector] of sectors.entries()) {
        const organisation = own.organisations.get(`org-${at}`);
        if (organisation !== undefined) organisation.sector = sector;
      }
      return own;
    };
    const first = (sectors: readonly string[]) =>
      run({
        directory: inventory(sectors),
        findings: sectors.flatMap((_, at) =>
          ["dll-sideload", "web-shell"].map((detector) =>
            finding(detector, { org_id: `org-${at}`, entities: [{ ...HOST, value: `10.${at}.0.5` }] }),
          ),
        ),
      }).judgements[0]?.statement;
    expect(first(["government-national", "defense", "space"])).toContain(
      "in 3 sectors (national government, defence and space)",
    );
    expect(first(INDUSTRY_SECTORS.slice(0, 15))).toMatch(/ in 15 sectors \(.* and 3 more\)/);
  });

  it("has words for each sector of the vocabulary", () => {
    expect(Object.keys(SECTOR_MESSAGES).sort()).toEqual(
      INDUSTRY_SECTORS.map((each) => `sector.${each}`).sort(),
    );
  });

  it("says how long contact lasted and what of the uploads no backup explains, from findings about the same server", () => {
    const contacts = [0, 1, 2, 14, 30, 39].map((day) => contact(day));
    const lasting = (value: string, facts = {}) =>
      finding("persistence", {
        severity: "medium",
        title: `Contact with ${value}`,
        entities: [{ kind: "address", value, role: "server" }, HOST],
        facts: { active_days: 30, watched_days: 40, moves: 1, rests_on_suspicion: true, ...facts },
      });
    const uploads = finding("backup-exfiltration", {
      severity: "medium",
      entities: [ADDRESS, HOST],
      facts: { beyond_bytes: 3_000_000_000, rests_on_suspicion: false },
    });
    const statements = (findings: Finding[]) =>
      run({ findings, gathered: gathered({ contacts }) })
        .judgements.map(({ statement }) => statement)
        .join(" ");
    const said = statements([watchListFinding(), lasting(SERVER), uploads]);
    expect(said).toContain(
      "At 1 of 1 it lasted for weeks, on 75 % of the watched days between first and last contact (median); at 1 it survived a change of the server's address.",
    );
    expect(said).toContain(
      "At 1 of 1 the uploads have no backup job's rhythm, and 3.0 GB of them lie beyond",
    );
    const other = statements([watchListFinding(), lasting("203.0.113.200")]);
    expect(other).not.toContain("lasted for weeks");
    expect(other).not.toContain("backup job's rhythm");
  });

  it("counts what left once, for the number at a glance, the judgements and the days alike", () => {
    // Beta visits the server of which alpha's finding tells, and is merely contacted.
    const beta = contact(3, { host: "10.2.0.9", bytesOut: 50_000 });
    const visit = watchListFinding({
      org_id: "beta",
      facts: { ...watchListFinding().facts, relation: "single", relation_host: ["10.2.0.9"] },
    });
    const suspected = finding("beaconing", {
      org_id: "unseen",
      entities: [ADDRESS, { ...HOST, value: "10.3.0.7", realm: "r3" }],
    });
    const third = [0, 9, 18, 27].map((day) => contact(day, { host: "10.3.0.7", realm: "r3", bytesOut: 700 }));
    const staged = finding("staging-and-exfiltration", {
      entities: [{ kind: "address", value: "203.0.113.77", role: "destination" }, HOST],
      facts: { bytes_out: 9_000, rests_on_suspicion: false, tie: "named" },
    });
    const result = run({
      findings: [watchListFinding(), visit, suspected, staged],
      gathered: gathered({ contacts: [0, 14, 30].map((day) => contact(day)).concat(beta, third) }),
    });
    expect(result.organisations.map(({ status }) => status)).toEqual([
      "compromised",
      "suspected",
      "contacted",
    ]);
    expect(org(result, "beta")?.bytes_out).toBe(50_000);
    expect(result.outflow).toEqual({ to_infrastructure: 5800, elsewhere: 9000 });
    expect(result.volumes.reduce((sum, day) => sum + day.bytes_out, 0)).toBe(5800);
    const said = result.judgements.map(({ statement }) => statement).join(" ");
    expect(said).toContain("Compromised and suspected organisations sent 5.8 kB to this infrastructure");
    expect(said).toContain("At least 9.0 kB left 1 organisation");
  });

  it("tells of uploads to the case's infrastructure once, and of others beside it", () => {
    const to = (value: string) =>
      finding("backup-exfiltration", {
        severity: "medium",
        title: `uploads to ${value}`,
        entities: [{ kind: "address", value, role: "server" }, HOST],
        facts: { bytes_out: 3_000_000_000, rests_on_suspicion: false },
      });
    const said = (findings: Finding[]) =>
      run({ findings, gathered: gathered({ contacts: [contact(0)] }) })
        .judgements.map(({ statement }) => statement)
        .filter((statement) => statement.startsWith("At least"));
    expect(said([watchListFinding(), to(SERVER)])).toEqual([]);
    const staged = finding("staging-and-exfiltration", {
      entities: [{ kind: "address", value: "203.0.113.77", role: "destination" }, HOST],
      facts: { tie: "that file", servers: ["203.0.113.77"], bytes_out: 5_000_000 },
    });
    expect(said([watchListFinding(), to(SERVER), staged])).toEqual([
      expect.stringMatching(
        /^At least 5\.0 MB left 1 organisation between .* to 203\.0\.113\.77, beside what was sent to the infrastructure of this case\. /,
      ),
    ]);
  });

  it("counts only the relations that the finding states: other ports and days do not", () => {
    const contacts = [contact(0), contact(1, { port: 8443 }), contact(50), contact(2, { host: "10.1.0.99" })];
    const result = run({ findings: [watchListFinding()], gathered: gathered({ contacts }) });
    expect(org(result, "alpha")?.active_days).toBe(1);
  });

  it("does not count the same contact twice where two detectors and a name report it", () => {
    const masquerade = finding("cloud-masquerade", {
      entities: [ADDRESS, { kind: "domain", value: "sync.example-watch.net", role: "server" }, HOST],
    });
    const contacts = [0, 1, 20].flatMap((day) => [
      contact(day),
      contact(day, { name: "sync.example-watch.net", bytesOut: 900 }),
    ]);
    const result = run({ findings: [watchListFinding(), masquerade], gathered: gathered({ contacts }) });
    expect(org(result, "alpha")).toMatchObject({ status: "compromised", bytes_out: 3000, active_days: 3 });
    expect(org(result, "alpha")?.why.join(" ")).toContain("2 independent lines");
  });

  it("spreads a finding about a server over everyone who contacted it, each by its own contact", () => {
    const masquerade = finding("cloud-masquerade", {
      org_id: null,
      entities: [ADDRESS, HOST, { ...HOST, value: "10.2.0.7" }, { ...HOST, value: "10.99.0.1" }],
    });
    const contacts = [
      ...[0, 1, 2, 3, 14].map((day) => contact(day)),
      contact(3, { host: "10.2.0.7" }),
      ...[1, 2].map((day) => contact(day, { host: "10.99.0.1" })),
    ];
    const result = run({ findings: [masquerade], gathered: gathered({ contacts }) });
    expect(org(result, "alpha")?.status).toBe("suspected");
    expect(org(result, "beta")?.status).toBe("contacted");
    expect(org(result, "unassigned:r1")).toMatchObject({ status: "suspected", active_days: 2 });
    expect(result.caveats.join(" ")).toContain("no range of the inventory");
    expect(result.infrastructure.find((each) => each.value === SERVER)?.organisations).toEqual([
      "alpha",
      "beta",
      "unassigned:r1",
    ]);
  });

  it("lets a finding below medium about a server concern nobody", () => {
    const weak = finding("cloud-masquerade", { org_id: null, severity: "low", entities: [ADDRESS, HOST] });
    const result = run({
      findings: [weak],
      gathered: gathered({ contacts: [0, 1, 2].map((day) => contact(day)) }),
    });
    expect(org(result, "alpha")?.status).toBe("no_evidence");
  });

  it("lets noise concern nobody: scans from outside, narrow ones of ours, strobes, what is informational", () => {
    const scanner = { kind: "host" as const, value: "10.1.0.5", realm: "r1", role: "scanner" };
    const result = run({
      findings: [
        finding("scan", {
          severity: "informational",
          entities: [{ kind: "address", value: "198.51.100.7", role: "scanner" }],
        }),
        finding("scan", { severity: "low", entities: [scanner] }),
        finding("strobe", { severity: "informational", entities: [HOST, { ...ADDRESS, role: "target" }] }),
        finding("failed-beacon", { severity: "low", entities: [ADDRESS, HOST] }),
        finding("false-protocol", { severity: "informational", entities: [ADDRESS, HOST] }),
      ],
      gathered: gathered({ contacts: [0, 1, 2, 14].map((day) => contact(day)) }),
    });
    expect(org(result, "alpha")).toMatchObject({ status: "no_evidence" });
  });

  it("takes contact that was part of a scan of ours for scanning, not for a relation", () => {
    const contacts = [0, 3].map((day) =>
      contact(day, { port: 8443, connections: 1, answered: 0, bytesOut: 0, bytesIn: 0 }),
    );
    const status = (days: number[]) =>
      org(
        run({
          findings: [
            finding("cloud-masquerade", { org_id: null, entities: [ADDRESS, HOST] }),
            finding("scan", {
              severity: "low",
              entities: [{ kind: "host", value: "10.1.0.5", realm: "r1", role: "scanner" }],
              facts: { scan_days: days, services: ["8443/tcp"], machines: [], peak_targets: 500 },
            }),
          ],
          gathered: gathered({ contacts }),
        }),
        "alpha",
      )?.status;
    expect(status([DAY0, DAY0 + 3])).toBe("contacted");
    // One contact on a day without a scan, and it counts as any other.
    expect(status([DAY0])).toBe("suspected");
  });

  it("does not take strangers at a watched server for hosts of ours", () => {
    const strangers = watchListFinding({ org_id: null });
    strangers.facts.outside = true;
    const result = run({ findings: [strangers], gathered: gathered({ contacts: [contact(0)] }) });
    expect(result.organisations.map((each) => each.status)).not.toContain("compromised");
    expect(org(result, "unassigned:r1")).toBeUndefined();
  });

  it("groups by realm where there is no inventory, and says so", () => {
    const result = run({
      directory: directoryOf([]),
      findings: [watchListFinding({ org_id: null })],
      gathered: gathered({ contacts: [contact(0), contact(9)], visibility: [] }),
    });
    expect(result.organisations).toHaveLength(1);
    expect(result.organisations[0]).toMatchObject({
      org_id: "unassigned:r1",
      status: "compromised",
      active_days: 2,
    });
    expect(result.caveats.join(" ")).toContain("no organisation inventory");
  });
});

describe("the weeks matrix", () => {
  it("tells silence from absence of data", () => {
    const sensors = [
      // Down for week 3 and two days of week 4; ends after week 6.
      { sensorId: "s1", realm: "r1", hours: [...upDays(0, 14), ...upDays(23, 42)], records: 100 },
    ];
    const result = run({
      findings: [watchListFinding()],
      gathered: gathered({ contacts: [contact(0), contact(1), contact(30)], sensors }),
    });
    expect(result.weeks[0]).toBe("2023-08-07");
    expect(org(result, "alpha")?.weeks.map((week) => week.state)).toEqual([
      "active",
      "none",
      "no_data",
      "partial",
      "active",
      "none",
      "no_data",
      "no_data",
    ]);
    expect(org(result, "unseen")?.weeks.every((week) => week.state === "no_data")).toBe(true);
    expect(result.telemetry.outages).toEqual([
      { sensor_id: "s1", from: "2023-08-21T00:00:00Z", to: "2023-08-30T00:00:00Z", hours: 216 },
    ]);
  });

  it("has no data before a sensor's first record, and needs all sensors for silence", () => {
    const late = { sensorId: "s2", realm: "r1", hours: upDays(21, 56), records: 100 };
    const result = run({
      gathered: gathered({
        sensors: [...gathered().sensors, late],
        visibility: [
          { orgId: "alpha", sensorId: "s2", connections: 100 },
          { orgId: "beta", sensorId: "s1", connections: 100 },
          { orgId: "beta", sensorId: "s2", connections: 100 },
        ],
      }),
    });
    expect(
      org(result, "alpha")
        ?.weeks.slice(0, 4)
        .map((week) => week.state),
    ).toEqual(["no_data", "no_data", "no_data", "none"]);
    expect(
      org(result, "beta")
        ?.weeks.slice(0, 4)
        .map((week) => week.state),
    ).toEqual(["partial", "partial", "partial", "none"]);
  });
});

describe("what was not assessed", () => {
  it("says a reason once for all detectors that it kept from running", () => {
    const idle = (id: string, reason: string) => ({
      id,
      title: "",
      status: "not_tested" as const,
      reason,
      evaluated: [],
      findings: 0,
      seconds: 0,
    });
    const result = run({
      runs: [idle("a", "no windows_event"), idle("b", "no email_activity"), idle("c", "no windows_event")],
    });
    expect(result.not_assessed.slice(0, 2)).toEqual([
      { what: "Detectors a, c", why: "no windows_event" },
      { what: "Detector b", why: "no email_activity" },
    ]);
  });

  it("names detectors, classes, logs, rejects, unseen organisations and outages", () => {
    const result = run({
      runs: [
        {
          id: "cloud-masquerade",
          title: "",
          status: "not_tested",
          reason: "no dns_activity in this case",
          evaluated: [],
          findings: 0,
          seconds: 0,
        },
      ],
      gathered: gathered({
        rejected: 7,
        unused: [{ format: "zeek-tsv", log: "weird", lines: 12 }],
        sensors: [
          { sensorId: "s1", realm: "r1", hours: [...upDays(0, 14), ...upDays(16, 56)], records: 100 },
        ],
      }),
    });
    const all = result.not_assessed.map((each) => `${each.what}: ${each.why}`).join("\n");
    for (const expected of [
      "cloud-masquerade: no dns_activity",
      "no tls_activity",
      "12 lines of zeek-tsv weird",
      "7 lines",
      "Ministry unseen",
      "48 hours of sensor s1",
    ]) {
      expect(all).toContain(expected);
    }
    expect(all).not.toContain("no network_activity");
  });
});

it("writes one of anything as one", () => {
  const lasting = finding("persistence", {
    severity: "medium",
    entities: [ADDRESS, HOST],
    facts: { active_days: 30, watched_days: 40, moves: 1, rests_on_suspicion: true },
  });
  const suspected = finding("dll-sideload", { org_id: "beta", entities: [{ ...HOST, value: "10.2.0.5" }] });
  const result = run({
    findings: [watchListFinding(), lasting, suspected],
    gathered: gathered({
      contacts: [0, 14, 30].map((day) => contact(day)),
      rejected: 1,
      earlyTimes: 1,
      unused: [{ format: "zeek-tsv", log: "weird", lines: 1 }],
    }),
  });
  const said = [
    ...result.judgements.flatMap((each) => [each.statement, each.confidence_statement]),
    ...result.not_assessed.flatMap((each) => [each.what, each.why]),
    ...result.caveats,
    ...result.organisations.flatMap(({ why }) => why),
  ].join("\n");
  expect(said).toContain("1 supporting finding about");
  expect(said).toContain("at 0 of 1 compromised organisation.");
  expect(said).toContain(
    "1 organisation is suspected of being compromised, on one line of evidence: Ministry beta. This is",
  );
  expect(said).toContain("1 line of zeek-tsv weird");
  expect(said).not.toMatch(/\b1 (?:[a-z]+ )?(?:organisations|lines|records|findings|names|sectors|hours)\b/);
});

it("an organisation is seen from its first evidence to its last, in contact or on its hosts alone", () => {
  const before = finding("dll-sideload", {
    first_seen: "2023-08-01T09:00:00Z",
    last_seen: "2023-08-01T09:00:00Z",
    entities: [{ ...HOST, value: "pc7" }],
  });
  const after = finding("web-shell", {
    severity: "medium",
    first_seen: "2023-09-28T09:00:00Z",
    last_seen: "2023-09-29T09:00:00Z",
    entities: [{ ...HOST, value: "pc8" }],
  });
  const span = (findings: Finding[]) => {
    const alpha = org(
      run({ findings, gathered: gathered({ contacts: [contact(0), contact(39)] }) }),
      "alpha",
    );
    return [alpha?.first_seen, alpha?.last_seen];
  };
  expect(span([watchListFinding()])).toEqual(["2023-08-07T10:00:00Z", "2023-09-15T10:01:00Z"]);
  expect(span([watchListFinding(), before, after])).toEqual(["2023-08-01T09:00:00Z", "2023-09-29T09:00:00Z"]);
  const habit = finding("first-contact", { first_seen: "2023-01-01T00:00:00Z", entities: [HOST] });
  expect(span([watchListFinding(), habit])[0]).toBe("2023-08-07T10:00:00Z");
});
