import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recommend } from "../../src/assess/actions/index.js";
import { correlate, INCIDENT_MESSAGES } from "../../src/correlate/index.js";
import { inLanguage, sayer } from "../../src/kernel/language.js";
import { nameArgument, namesArgument } from "../../src/kernel/lists.js";
import { noting, type Statements } from "../../src/kernel/statements.js";
import { assessmentSchema } from "../../src/model/assessment.js";
import type { Attribution } from "../../src/model/attribution.js";
import type { LimitShape } from "../../src/model/detection-limits.js";
import { type Explanation, type Finding, findingSchema } from "../../src/model/finding.js";
import type { Incident } from "../../src/model/incident.js";
import type { OrganisationDirectory } from "../../src/model/organisation.js";
import { JUDGED } from "../../src/model/organisation-judgement.js";
import { saidOf, withStatements } from "../../src/model/statements.js";
import { forAudience, requireAudience } from "../../src/pipeline/audience.js";
import type { Case } from "../../src/pipeline/case.js";
import { sayStatement } from "../../src/report/explain.js";
import { renderHtml } from "../../src/report/html/page.js";
import { EXPORT_FORMATS, redact, writeReports } from "../../src/report/index.js";
import { evidenceKey, type ReportInput } from "../../src/report/port.js";
import { spellings } from "../../src/report/redact/addresses.js";
import { substituted, Terms } from "../../src/report/redact/terms.js";
import { CROWD, cluster, judgeOne, server, technique } from "../assess/attribution/support.js";
import { directoryOf } from "../detect/infrastructure-contact/support.js";
import { NO_HOSTS } from "../support/no-hosts.js";
import { makeInput } from "./fixture.js";

const READER = "org-000";
const OTHER = "org-001";
const KEY = "k".repeat(64);
const LIMIT_SHAPE: LimitShape = {
  id: "beacon-raw",
  kind: "beacon",
  title: "Beacon in a protocol of its own",
  what: "one host connects at an interval",
  sources: [{ name: "somebody", where: "somewhere" }],
  levels: [{ contacts_per_day: 24, jitter: 0.1, loss: 0 }],
};
const OTHERS_HOST = "10.1.1.10";
const OTHERS_V6 = "2001:db8:77::5";
/** What must not be found: names, hosts, addresses, accounts and domains of others. */
const SECRETS = [
  "ws7.meadow.gov.example",
  "mail-1",
  OTHERS_HOST,
  OTHERS_V6,
  "MEADOW\\jdoe",
  "jdoe",
  "realm-1",
  "sensor-1",
];

const directory: OrganisationDirectory = {
  ...directoryOf([
    { realm: "realm-0", cidr: "10.0.0.0/16", org: READER },
    { realm: "realm-1", cidr: "10.1.0.0/16", org: OTHER },
    { realm: "*", cidr: "2001:db8:77::/48", org: OTHER },
  ]),
  assets: [
    {
      address: "10.1.1.77",
      realm: "realm-1",
      name: "ws7.meadow.gov.example",
      role: "workstation",
      criticality: 3,
    },
    { address: "10.0.1.5", realm: "realm-0", name: "files.own.example", role: "file_server", criticality: 3 },
  ],
};

/** Assets, uploads and sentences of which each names others. */
function tellingReach(org: string, finding: string, telling: string) {
  const span = { first_seen: "2023-08-07T10:00:00Z", last_seen: "2023-08-08T10:00:00Z" };
  const args = [
    { type: "text" as const, value: telling },
    { type: "host" as const, value: "ws7.meadow.gov.example" },
    { type: "list" as const, value: [OTHERS_HOST, "MEADOW\\jdoe", telling] },
  ].map((each) => ({ ...each, org }));
  const way = {
    way: "contact" as const,
    hosts: [OTHERS_HOST, telling],
    connections: 1,
    ...span,
    findings: [finding],
  };
  const asset = { address: OTHERS_HOST, realm: "realm-1", name: telling, criticality: 5 };
  return {
    within_reach: { listed: true, assets: [{ ...asset, role: "mail_server" as const, ways: [way] }] },
    uploads: {
      at_least: 1,
      uploads: [{ finding, destinations: [telling], hosts: [OTHERS_HOST, telling], ...span, bytes_out: 1 }],
    },
    judgements: JUDGED.map((about) => ({
      about,
      statement: { key: "organisation.hosts", args: [args[2] as (typeof args)[number], ...args] },
      findings: [finding],
    })),
  };
}

const TOLD_MESSAGES = {
  "told.sentence": "It says {0} of {1}, at {2}: {3}",
  "told.part": "and of {0} once more",
} as const;
const sayTold = sayer(TOLD_MESSAGES);

/** A sentence with its statement, of which every argument names others. */
function toldOf(telling: string, name: string): { told: string; said: Statements } {
  const said: Statements = new Map();
  const told = noting(said, () =>
    sayTold(
      "told.sentence",
      telling,
      namesArgument("organisation", [name, OTHER]),
      nameArgument("host", OTHERS_HOST),
      sayTold("told.part", nameArgument("text", "MEADOW\\jdoe")),
    ),
  );
  return { told, said };
}

/** A case in which every text names others, in every spelling; of sentences some are of a case of old, which tells only their text. */
function tellingInput(): ReportInput {
  const input = makeInput({ organisations: 6, touched: 4, weeks: 4, findings: 12, linesPerFinding: 3 });
  const name = input.assessment.organisations[1]?.name ?? "";
  const telling = [...SECRETS, ...spellings(OTHERS_HOST), `::ffff:${OTHERS_HOST}`, name, OTHER]
    .flatMap((each) => [each, JSON.stringify(each), encodeURIComponent(each)])
    .join(" | ");
  const { told, said } = toldOf(telling, name);
  const evidence = new Map(input.evidence);
  const findings = input.findings.map((finding, index): Finding => {
    for (const { source_id, line } of finding.evidence)
      evidence.set(evidenceKey(source_id, line), {
        path: `/logs/${OTHER}/${name}/mail-1/conn_${OTHERS_HOST}.log`,
        text: `{"a":"${telling}","url":"https://ws7.meadow.gov.example/x?h=${OTHERS_HOST}","mail":"minister@meadow.gov.example"}`,
      });
    const speaking: Finding = {
      ...finding,
      title: index % 2 === 0 ? told : `${telling} does something`,
      components: finding.components.map((each, at) => ({ ...each, meaning: at % 2 === 0 ? telling : told })),
      caveats: [telling, told],
      evidence: finding.evidence.map((each) => ({ ...each, summary: telling })),
      entities: [
        ...finding.entities.filter(({ role }) => role === "server"),
        finding.org_id === READER
          ? { kind: "host", value: "10.0.1.10", realm: "realm-0", role: "victim" }
          : { kind: "host", value: OTHERS_HOST, realm: "realm-1", role: "victim" },
        ...(finding.org_id === OTHER ? [{ kind: "account" as const, value: "MEADOW\\jdoe" }] : []),
        ...(finding.org_id === OTHER
          ? [{ kind: "file" as const, value: "C:\\Users\\jdoe\\mail-1.exe" }]
          : []),
      ],
      facts: { said: telling, list: [telling] },
      explanation: {
        key: finding.explanation.key,
        args: [
          ...finding.explanation.args,
          { type: "text", value: telling },
          { type: "list", value: [told] },
          { type: "text", value: told },
        ],
      },
    };
    return withStatements(speaking, said);
  });
  const spoken = saidOf(findings);
  const correlation = noting(spoken, () => correlate(findings, { hosts: 40 }));
  const incidents = correlation.incidents.map((each) => withStatements(each, spoken));
  const campaigns = correlation.campaigns.map((each) => withStatements(each, spoken));
  const summary = withStatements(correlation.summary, spoken);
  const { assessment } = input;
  const whole: ReportInput = {
    findings,
    evidence,
    messages: {
      ...Object.fromEntries(Object.entries(input.messages).map(([key, text]) => [key, `${text} {10} {4}`])),
      ...TOLD_MESSAGES,
      ...INCIDENT_MESSAGES,
    },
    assessment: {
      ...assessment,
      case: telling,
      incidents,
      campaigns,
      correlation: summary,
      organisations: assessment.organisations.map((each) => ({
        ...each,
        why: [telling, told],
        ...tellingReach(each.org_id, findings[0]?.id ?? "", telling),
      })),
      infrastructure: assessment.infrastructure.map((item) => ({ ...item, why: [telling, told] })),
      judgements: assessment.judgements.map((each) => ({
        ...each,
        statement: told,
        confidence_statement: telling,
      })),
      not_assessed: [{ what: told, why: telling }],
      caveats: [telling, told],
      detectors: assessment.detectors.map((each) => ({ ...each, reason: telling })),
      recommendations: recommend(
        { ...assessment, incidents },
        findings,
        { directory, machine: (_, value) => value },
        Date.parse("2023-11-01"),
      ),
      attribution: incidents.map((incident) => tellingAttribution(incident, telling)),
      replay: {
        days: ["2023-08-20"],
        end: "2023-11-01",
        indicators: { dated: 0, undated: 1 },
        organisations: assessment.organisations.map(({ org_id, name, first_seen }) => ({
          org_id,
          name,
          status: "compromised" as const,
          first_seen,
          suspected: { after: null, by: "2023-08-20" },
          compromised: null,
          days_hidden: 3,
          days_saved: 60,
          detectors: [],
        })),
      },
      detection_limits: {
        plantings: 1,
        seed: 1,
        runs: 1,
        shapes: [LIMIT_SHAPE],
        measures: assessment.organisations.map(({ org_id, name }, index) => ({
          org_id,
          name,
          sensor_id:
            assessment.telemetry.sensors[index % assessment.telemetry.sensors.length]?.sensor_id ?? "",
          shape: LIMIT_SHAPE.id,
          reason: null,
          strongest: 0,
          days: 28,
          listed: { level: 0, detectors: ["beaconing"] },
          medium: null,
          suspected: null,
        })),
      },
    },
  };
  return { ...whole, assessment: withStatements(whole.assessment, said) };
}

function tellingAttribution({ id, org_ids, findings }: Incident, telling: string): Attribution {
  const made = judgeOne([server("fox.example"), technique("T1197")], [...CROWD, cluster("fox")]);
  const tell = ({ key, args }: Explanation): Explanation => ({
    key,
    args: [
      ...args,
      { type: "text", value: telling, org: OTHER },
      { type: "organisation", value: [READER, OTHER] },
      { type: "host", value: [OTHERS_HOST], org: OTHER },
    ],
  });
  return {
    ...made,
    subject: id,
    org_ids,
    explanation: tell(made.explanation),
    evidence: made.evidence.map((each) => ({ ...each, what: tell(each.what), findings })),
    would_change: made.would_change.map(tell),
    collect_next: made.collect_next.map(tell),
    caveats: made.caveats.map(tell),
  };
}

const input = tellingInput();
const names = input.assessment.organisations.slice(1).flatMap(({ name, org_id }) => [name, org_id]);
const hosts = input.assessment.organisations
  .slice(1)
  .flatMap((each) => each.hosts.flatMap(({ address, name }) => [address, ...(name === "" ? [] : [name])]));
const forbidden = [
  ...new Set([...SECRETS, ...names, ...hosts, ...spellings(OTHERS_HOST), "meadow.gov.example"]),
];

function found(text: string, terms: readonly string[]): string[] {
  const folded = text.toLowerCase();
  const literal = (each: string) => each.replace(/[.*+?^$()|[\]{}\\]/g, "\\$&");
  return terms.filter((term) =>
    [term, JSON.stringify(term).slice(1, -1), encodeURIComponent(term)].some((form) =>
      new RegExp(`(?<![\\p{L}\\p{N}])${literal(form.toLowerCase())}(?![\\p{L}\\p{N}])`, "u").test(folded),
    ),
  );
}

describe.each([
  ["for one organisation", READER],
  ["for nobody in particular", null],
])("a report %s", (_name, reader) => {
  let folder = "";
  const texts = new Map<string, string>();
  const redacted = redact(input, { reader, directory, hosts: NO_HOSTS, key: KEY });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "longwatch-redact-"));
    const paths = await writeReports(folder, redacted, EXPORT_FORMATS);
    for (const [format, path] of Object.entries(paths)) texts.set(format, readFileSync(String(path), "utf8"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("has nothing of the others in any of its files", () => {
    expect(texts.size).toBe(4 + EXPORT_FORMATS.length);
    const own = reader === null ? [] : hosts.filter((each) => each.startsWith("10.0."));
    for (const [format, text] of texts)
      expect(
        found(
          text,
          forbidden.filter((each) => !own.includes(each)),
        ),
        format,
      ).toEqual([]);
  });

  test("would have been found to have it without redaction", async () => {
    const whole = mkdtempSync(join(tmpdir(), "longwatch-whole-"));
    try {
      const paths = await writeReports(whole, input);
      const text = readFileSync(paths.findings, "utf8");
      expect(found(text, [...SECRETS, OTHER])).toEqual([...SECRETS, OTHER]);
    } finally {
      rmSync(whole, { recursive: true, force: true });
    }
  });

  test("is still what the schemas say, and counts as much as before", () => {
    assessmentSchema.parse(redacted.assessment);
    for (const finding of redacted.findings) findingSchema.parse(finding);
    expect(redacted.findings).toHaveLength(input.findings.length);
    expect(redacted.assessment.organisations.map(({ status }) => status)).toEqual(
      input.assessment.organisations.map(({ status }) => status),
    );
    const ids = new Set(redacted.findings.map(({ id }) => id));
    for (const incident of redacted.assessment.incidents)
      for (const id of incident.findings) expect(ids.has(id)).toBe(true);
    for (const item of redacted.assessment.infrastructure)
      for (const id of item.findings) expect(ids.has(id)).toBe(true);
  });

  test("keeps what sentences are made of, and of no others than it has", () => {
    const { statements = {}, judgements } = redacted.assessment;
    const statement = judgements[0]?.statement ?? "";
    expect(statements[statement]?.key).toBe("told.sentence");
    expect(statement).toMatch(/^It says .* of .*organisation-[0-9a-f]{8}.*: and of .* once more$/s);
    const text = JSON.stringify({ ...redacted.assessment, statements: undefined });
    for (const [sentence, { key }] of Object.entries(statements))
      if (key === "told.sentence") expect(text).toContain(JSON.stringify(sentence).slice(1, -1));
    for (const finding of redacted.findings)
      for (const each of Object.keys(finding.statements ?? {}))
        expect(JSON.stringify({ ...finding, evidence: [] })).toContain(JSON.stringify(each).slice(1, -1));
    if (reader !== null)
      expect(redacted.findings.some(({ statements }) => Object.keys(statements ?? {}).length > 0)).toBe(true);
  });

  test("says them in another language of what it may say in English", () => {
    const messages = { "told.sentence": "{3} -- {2} -- {1} -- {0}", "told.part": "» {0}" };
    const page = inLanguage({ tag: "de", messages }, () => renderHtml(redacted));
    expect(page).toContain("» ");
    expect(page).not.toContain("once more");
    const own = reader === null ? [] : hosts.filter((each) => each.startsWith("10.0."));
    expect(
      found(
        page,
        forbidden.filter((each) => !own.includes(each)),
      ),
    ).toEqual([]);
  });

  test("keeps the servers outside, which it is for", () => {
    expect(redacted.assessment.infrastructure.map(({ value }) => value)).toEqual(
      input.assessment.infrastructure.map(({ value }) => value),
    );
  });

  test("gives equal names in every report of the case, and others with another key", () => {
    expect(redact(tellingInput(), { reader, directory, hosts: NO_HOSTS, key: KEY })).toEqual(redacted);
    const other = redact(input, { reader, directory, hosts: NO_HOSTS, key: "x".repeat(64) });
    expect(other.assessment.organisations[1]?.org_id).not.toBe(redacted.assessment.organisations[1]?.org_id);
  });
});

test("the reader's own findings, hosts and log lines stay", () => {
  const { findings, evidence, assessment } = redact(input, {
    reader: READER,
    directory,
    hosts: NO_HOSTS,
    key: KEY,
  });
  const own = findings.filter(({ org_id }) => org_id === READER);
  expect(own.map(({ id }) => id)).toEqual(
    input.findings.flatMap(({ id, org_id }) => (org_id === READER ? [id] : [])),
  );
  expect(own.length).toBeGreaterThan(0);
  expect(own[0]?.entities).toContainEqual({
    kind: "host",
    value: "10.0.1.10",
    realm: "realm-0",
    role: "victim",
  });
  expect(evidence.size).toBeGreaterThan(0);
  expect(assessment.organisations[0]?.name).toBe(input.assessment.organisations[0]?.name);
  expect(assessment.organisations[0]?.hosts[0]?.address).toBe("10.0.1.10");
});

test("the order of organisations does not tell which is which", () => {
  const many = makeInput({ organisations: 40, touched: 0, weeks: 2, findings: 0 });
  const quiet = many.assessment.organisations.map((each) => ({
    ...each,
    status: "no_evidence" as const,
    likelihood: 0.05,
    bytes_out: 0,
  }));
  const ids = quiet.map(({ org_id }) => org_id).sort();
  const [item] = input.assessment.infrastructure;
  const [shown] = input.assessment.replay?.organisations ?? [];
  const measured = input.assessment.detection_limits;
  if (item === undefined || shown === undefined || measured === null)
    throw new Error("the fixture has neither");
  const { assessment } = redact(
    {
      ...many,
      assessment: {
        ...many.assessment,
        organisations: quiet,
        infrastructure: [{ ...item, organisations: ids }],
        replay: {
          days: [],
          end: "2023-11-01",
          indicators: { dated: 0, undated: 0 },
          organisations: ids.map((org_id) => ({ ...shown, org_id, name: org_id })),
        },
        detection_limits: {
          ...measured,
          measures: ids.flatMap((org_id) =>
            measured.measures.slice(0, 1).map((each) => ({ ...each, org_id, name: org_id })),
          ),
        },
      },
    },
    { reader: null, directory, hosts: NO_HOSTS, key: KEY },
  );
  const lists = [
    assessment.organisations.map(({ org_id }) => org_id),
    assessment.infrastructure[0]?.organisations ?? [],
    assessment.replay?.organisations.map(({ org_id }) => org_id) ?? [],
    assessment.detection_limits?.measures.map(({ org_id }) => org_id) ?? [],
  ];
  for (const list of lists) {
    expect(list).toHaveLength(40);
    expect(list).toEqual([...list].sort());
  }
});

describe("domains of others", () => {
  const neighbours: OrganisationDirectory = {
    ...directory,
    assets: [
      {
        address: "10.1.1.77",
        realm: "realm-1",
        name: "ws7.meadow.example",
        role: "workstation",
        criticality: 3,
      },
      {
        address: "10.0.1.5",
        realm: "realm-0",
        name: "files.northmeadow.example",
        role: "other",
        criticality: 3,
      },
    ],
  };
  const titleOf = (title: string) => {
    const own = input.findings.find(({ org_id }) => org_id === READER);
    if (own === undefined) throw new Error("the reader has no finding");
    const { findings } = redact(
      { ...input, findings: [{ ...own, title }] },
      { reader: READER, directory: neighbours, hosts: NO_HOSTS, key: KEY },
    );
    return findings[0]?.title ?? "";
  };

  test("are hidden where the reader's own ends with the same letters", () => {
    const title = titleOf("minister@meadow.example and www.northmeadow.example");
    expect(title).not.toContain("@meadow.example");
    expect(title).toContain("www.northmeadow.example");
  });

  test("are found after whatever stands before them, also in a line that has no end", () => {
    for (const before of [".", "+", "@", "=", `${"u".repeat(70)}@`])
      expect(titleOf(`${before}dc9.meadow.example`), before).not.toContain("meadow.example");
    const long = "a".repeat(300_000);
    expect(titleOf(`.${long} dc9.meadow.example`)).toContain(long);
    expect(titleOf(`.${"a+".repeat(50_000)} dc9.meadow.example`)).not.toContain("meadow.example");
  });
});

test("an organisation that is called like a word of ours changes no enumeration", () => {
  const odd = makeInput({ organisations: 3, touched: 2, weeks: 2, findings: 4 });
  Object.assign(odd.assessment.organisations[1] ?? {}, { org_id: "host", name: "high" });
  const { assessment, findings } = redact(odd, { reader: READER, directory, hosts: NO_HOSTS, key: KEY });
  assessmentSchema.parse(assessment);
  for (const finding of findings) findingSchema.parse(finding);
});

describe("terms", () => {
  test("stand by themselves, in any case, and the longest of several wins", () => {
    const terms = new Terms(
      new Map([
        ["10.1.1.1", "A"],
        ["mail", "B"],
        ["mail-1", "C"],
      ]),
    );
    const redacted = (text: string) => substituted(text, terms.find(text));
    expect(redacted("10.1.1.10 10.1.1.1:443 x10.1.1.1")).toBe("10.1.1.10 A:443 x10.1.1.1");
    expect(redacted("MAIL-1 mails mail_1 conn_10.1.1.1.log")).toBe("C mails B_1 conn_A.log");
    expect(redacted("İmail mail İ mail-1")).toBe("İmail B İ C");
  });

  test("stand by themselves after an escape", () => {
    const terms = new Terms(new Map([["jdoe", "A"]]));
    for (const before of ["\\t\\t", "\\r\\n", "\\u0009", "\\x20", "%20", "%2F"])
      expect(substituted(`Name:${before}JDoe\\r`, terms.find(`Name:${before}JDoe\\r`)), before).toBe(
        `Name:${before}A\\r`,
      );
    expect(terms.find("xjdoe tjdoe 20jdoe")).toEqual([]);
  });

  test("that are addresses of others are found after an escape, also where nothing names them", () => {
    const own = input.findings.find(({ org_id }) => org_id === READER);
    if (own === undefined) throw new Error("the reader has no finding");
    const title = "%2010.1.200.7 %2F10.1.200.8 a\\t10.1.200.9 \\t2001:db8:77::99 %202001:db8:77::98";
    const { findings } = redact(
      { ...input, findings: [{ ...own, title }] },
      { reader: READER, directory, hosts: NO_HOSTS, key: KEY },
    );
    expect(findings[0]?.title).toMatch(/host-.*host-.*host-.*host-.*host-/);
    expect(findings[0]?.title).not.toMatch(/10\.1\.200|db8:77/);
  });

  test("are found where a plain search finds them", () => {
    const word = fc.stringMatching(/^[ab.]{1,4}$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { minLength: 1, maxLength: 6 }),
        fc.stringMatching(/^[ab. ]{0,30}$/),
        (words, text) => {
          const hits = new Terms(new Map(words.map((each) => [each, each]))).find(text);
          const isWord = (at: number) => /[ab]/.test(text.charAt(at));
          const plain = words.flatMap((each) =>
            Array.from({ length: text.length }, (_, at) => at)
              .filter(
                (at) =>
                  text.startsWith(each, at) &&
                  !(isWord(at - 1) && isWord(at)) &&
                  !(isWord(at + each.length) && isWord(at + each.length - 1)),
              )
              .map((at) => `${at} ${each}`),
          );
          expect(hits.map(({ from, substitute }) => `${from} ${substitute}`).sort()).toEqual(plain.sort());
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("markings and audiences", () => {
  const nowhere = {} as Case;

  test("a report above what its readers may see is refused, and one at it is not", async () => {
    const strict = makeInput({ findings: 3 });
    await expect(forAudience(nowhere, directory, strict, { tlp: "amber" })).resolves.toBe(strict);
    await expect(forAudience(nowhere, directory, strict, { tlp: "green" })).rejects.toMatchObject({
      code: "LW_TLP",
    });
    const [first] = strict.findings;
    if (first !== undefined) first.tlp = "red";
    await expect(forAudience(nowhere, directory, strict, { tlp: "amber+strict" })).rejects.toMatchObject({
      code: "LW_TLP",
      message: expect.stringContaining(first?.id ?? "?"),
    });
  });

  test("an organisation that nobody knows, and two audiences at once, are slips of the pen", () => {
    expect(() => requireAudience({ for: "nobody" }, [], directory)).toThrow(/nobody/);
    expect(() => requireAudience({ for: READER, anonymise: true }, [], directory)).toThrow(/exclude/);
  });
});

test("the order of a list within a finding does not tell which is which, and measures keep theirs", () => {
  const [first] = input.findings.filter(({ org_id }) => org_id === null);
  const some = first ?? input.findings[0];
  if (some === undefined) throw new Error("the fixture has no finding");
  const servers = input.assessment.infrastructure.map(({ value }) => value);
  const list = Array.from({ length: 20 }, (_, at) => `10.1.1.${at + 10}`);
  const finding: Finding = {
    ...some,
    org_id: null,
    entities: [{ kind: "address", value: servers[0] ?? "", role: "server" }],
    explanation: {
      key: "any",
      args: [
        { type: "list", value: list, org: OTHER },
        { type: "list", value: ["c", "a", "b"] },
      ],
    },
  };
  const { findings } = redact(
    { ...input, findings: [finding] },
    { reader: null, directory, hosts: NO_HOSTS, key: KEY },
  );
  const [hosts, words] = findings[0]?.explanation.args.map(({ value }) => value as string[]) ?? [];
  expect(hosts).toHaveLength(20);
  expect(hosts).toEqual([...(hosts ?? [])].sort());
  expect(words).toEqual(["c", "a", "b"]);
});

test("what others should do names their hosts by pseudonyms alone, in the order of these", () => {
  const { assessment } = redact(input, { reader: READER, directory, hosts: NO_HOSTS, key: KEY });
  const { response } = assessment.recommendations;
  expect(response.length).toBe(input.assessment.recommendations.response.length);
  const others = response.filter(({ org_id }) => org_id !== null && org_id !== READER);
  expect(others.flatMap(({ targets }) => targets).length).toBeGreaterThan(0);
  const isolated = others.filter(({ action, active }) => action === "isolate-hosts" && active);
  const whose = isolated.map(({ org_id }) => org_id);
  expect(whose).toEqual([...whose].sort());
  expect(response.map(({ action }) => action)).toEqual(
    input.assessment.recommendations.response.map(({ action }) => action),
  );
  for (const { targets } of others) {
    const values = targets.map(({ value }) => value);
    expect(values).toEqual([...values].sort());
    expect(found(values.join(" "), forbidden)).toEqual([]);
  }
  const own = response.filter(({ org_id }) => org_id === READER).flatMap(({ targets }) => targets);
  expect(own.map(({ value }) => value)).toContain("10.0.1.10");
});

describe("names that are words of ours", () => {
  const asset = (name: string, address: string) =>
    ({ address, realm: "realm-1", name, role: "web_server", criticality: 3 }) as const;
  const plain: OrganisationDirectory = {
    ...directory,
    assets: [...directory.assets, asset("web", "10.1.1.80"), asset("Files", "10.1.1.81")],
  };
  const whole = makeInput({ organisations: 3, touched: 2, weeks: 2, findings: 6 });
  const others = { kind: "host" as const, value: "web", realm: "realm-1", role: "victim" };
  const sentence = "A web shell wrote files";
  const [made] = whole.findings;
  if (made === undefined) throw new Error("the fixture has no finding");
  const own = (more: Partial<Finding>): Finding => ({
    ...made,
    org_id: READER,
    title: sentence,
    components: [{ name: "files", value: 1, weight: 1, meaning: sentence }],
    entities: [],
    explanation: { key: "any", args: [] },
    caveats: [sentence],
    facts: {},
    ...more,
  });
  const judged = {
    about: "reach" as const,
    statement: {
      key: "organisation.reach.acted",
      args: [
        { type: "host" as const, value: "web" },
        { type: "word" as const, value: "role.web_server" },
        { type: "time" as const, value: "2023-08-07T10:00:00Z" },
        { type: "time" as const, value: "2023-08-07T10:00:00Z" },
      ],
    },
    findings: [made.id],
  };
  const redactedWith = (judgements: (typeof judged)[]) =>
    redact(
      {
        ...whole,
        messages: { ...whole.messages, any: sentence },
        findings: [own({}), own({ id: "about-others", entities: [others] })],
        assessment: {
          ...whole.assessment,
          organisations: whole.assessment.organisations.map((each) => ({
            ...each,
            why: [sentence],
            judgements,
          })),
          judgements: whole.assessment.judgements.map((each) => ({ ...each, statement: sentence })),
          not_assessed: [{ what: sentence, why: sentence }],
          caveats: [sentence],
          detectors: whole.assessment.detectors.map((each) => ({ ...each, reason: sentence })),
        },
      },
      { reader: READER, directory: plain, hosts: NO_HOSTS, key: KEY },
    );
  const { assessment, findings } = redactedWith([]);
  const [reader] = assessment.organisations;

  test("stay words in sentences about something else", () => {
    const [finding] = findings;
    expect(finding?.title).toBe(sentence);
    expect(finding?.components).toEqual([{ name: "files", value: 1, weight: 1, meaning: sentence }]);
    expect(finding?.caveats).toEqual([sentence]);
    expect(reader?.why).toEqual([sentence]);
    expect(assessment.judgements[0]?.statement).toBe(sentence);
    expect(assessment.not_assessed).toEqual([{ what: sentence, why: sentence }]);
    expect(assessment.caveats[0]).toBe(sentence);
    expect(assessment.detectors[0]?.reason).toBe(sentence);
  });

  test("and are names where the sentence is about them", () => {
    const about = findings.find(({ id }) => id === "about-others");
    expect(about?.title).toMatch(/^A host-[0-9a-f]{8} shell wrote files$/);
    expect(about?.entities[0]?.value).toMatch(/^host-/);
  });

  test("typed arguments are searched, and words of the catalogue are not", () => {
    const [statement] = redactedWith([judged]).assessment.organisations[0]?.judgements ?? [];
    const text = statement === undefined ? "" : sayStatement(statement.statement);
    expect(text).toMatch(/^Within reach: host-[0-9a-f]{8} \(web server\); findings show acts on it/);
  });
});
