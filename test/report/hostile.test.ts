import { describe, expect, test } from "vitest";
import { correlate, INCIDENT_MESSAGES } from "../../src/correlate/index.js";
import type { Finding } from "../../src/model/finding.js";
import { renderHtml } from "../../src/report/html/page.js";
import {
  type EvidenceText,
  evidenceKey,
  renderFinding,
  renderFindingsTable,
  renderIncident,
  renderIncidents,
  renderSummary,
} from "../../src/report/index.js";
import { makeInput } from "./fixture.js";
import { dangers, readHtml } from "./html-check.js";

const HOSTILE = [
  '"><img src=x onerror=alert(1)>',
  "</script><script>alert(1)</script>",
  "</title></style><svg onload=alert(1)>",
  "' onmouseover='alert(1)",
  "javascript:alert(1)",
  "]]><script>x</script><![CDATA[",
  "</pre></details><iframe src=//evil.example>",
  "\u202egpj.exe\u2066 \u200f",
  "\u001b[2J\u001b]0;owned\u0007\u009b31m\u0000",
  "<!--",
  "&lt;b&gt;&#x3c;",
  "{0}$" + "{1}`",
  "{a|rich}{b}",
  "line\r\nbreak\u2028",
  "\ud800 lone",
];

/** The same hostile text in every place where a log or a file of the user can put one. */
function poisoned(text: string) {
  const input = makeInput({ organisations: 3, touched: 2, weeks: 3, findings: 2, linesPerFinding: 2 });
  const { assessment } = input;
  const findings = input.findings.map(
    (finding, index): Finding => ({
      ...finding,
      id: `${text}-${index}`,
      detector: text,
      title: text,
      org_id: index === 0 ? text : finding.org_id,
      attack: [text],
      caveats: [text],
      entities: [
        { kind: "domain", value: text, role: text, realm: text },
        { kind: "host", value: text, role: text, realm: text },
        { kind: "account", value: text, role: text, realm: text },
        { kind: "file", value: text, role: text, realm: text },
      ],
      components: [{ name: text, value: Number.NaN, weight: 1, meaning: text }],
      evidence: [{ table: text, source_id: text, line: 1, time: text, summary: text }],
      explanation: {
        key: index === 0 ? "k" : text,
        args: [
          { type: "domain", value: text },
          { type: "list", value: [text, text] },
          { type: "time", value: text },
        ],
      },
      first_seen: index === 0 ? text : finding.first_seen,
    }),
  );
  const { incidents, campaigns, summary } = correlate(findings, { hosts: 3 });
  const evidence = new Map<string, EvidenceText>([
    [evidenceKey(text, 1), { path: text, text: `${text}\tfield` }],
  ]);
  return {
    findings,
    evidence,
    messages: { ...INCIDENT_MESSAGES, k: "{0} and {1} since {2}" },
    assessment: {
      ...assessment,
      incidents,
      campaigns,
      correlation: summary,
      case: text,
      organisations: assessment.organisations.map((organisation, index) => ({
        ...organisation,
        org_id: `${text}${index}`,
        name: text,
        sector: text,
        subsector: text,
        likelihood_word: text,
        why: [text],
        sensors: [text],
        findings: [`${text}-0`],
        hosts: organisation.hosts.map((host) => ({
          ...host,
          address: text,
          name: text,
          role: text,
          realm: text,
        })),
      })),
      sectors: [{ sector: text, organisations: 3, compromised: 1, suspected: 1, contacted: 0 }],
      infrastructure: assessment.infrastructure.map((item, index) => ({
        ...item,
        value: `${text}${index}`,
        role: text,
        why: [text],
        organisations: [`${text}0`],
      })),
      links: [{ from: `${text}0`, to: `${text}13`, relation: text, confidence: 0.5 }],
      judgements: [
        {
          statement: text,
          likelihood: 0.5,
          confidence: "low" as const,
          confidence_statement: text,
          findings: [`${text}-0`, text],
        },
      ],
      recommendations: {
        response: [
          {
            id: text,
            action: "isolate-hosts" as const,
            org_id: `${text}0`,
            targets: [{ kind: "host" as const, value: text }],
            more: 3,
            active: true,
            findings: [`${text}-0`, text],
          },
        ],
        hardening: [
          {
            id: text,
            effect: "prevents" as const,
            cost: "low" as const,
            score: 0.5,
            reach: { organisations: 1, incidents: 1, steps: 1, days: 1 },
            new_steps: 1,
            mitigations: [text],
            techniques: [text],
            findings: [`${text}-0`],
          },
        ],
        considered: { organisations: 1, incidents: 1, steps: 1, days: 1 },
        unanswered: [text],
      },
      not_assessed: [{ what: text, why: text }],
      caveats: [text],
      detectors: assessment.detectors.map((run) => ({
        ...run,
        id: text,
        title: text,
        reason: text,
        evaluated: [{ what: text, count: 1 }],
      })),
      telemetry: {
        ...assessment.telemetry,
        classes: { [text]: 3 },
        sensors: assessment.telemetry.sensors.map((sensor) => ({ ...sensor, sensor_id: text, realm: text })),
        outages: assessment.telemetry.outages.map((outage) => ({ ...outage, sensor_id: text })),
      },
    },
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not come out
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/;

describe.each(HOSTILE)("hostile text %j", (text) => {
  const input = poisoned(text);

  test("cannot run in the HTML report", () => {
    const page = renderHtml(input);
    expect(dangers(readHtml(page))).toEqual([]);
    expect(page).not.toMatch(UNSAFE);
    expect(page).not.toMatch(/\p{Surrogate}/u);
  });

  test("cannot drive the terminal", () => {
    const options = { colour: false, width: 100 };
    const [finding] = input.findings;
    const { incidents, campaigns, correlation } = input.assessment;
    const [incident] = incidents;
    expect(incident?.hosts).toEqual([text]);
    const told = new Map(input.findings.map((each) => [each.id, each]));
    const printed = [
      renderSummary(input.assessment, {
        ...options,
        paths: { html: text, assessment: text, findings: text, organisations: text },
      }),
      renderFindingsTable(input.findings, options),
      finding ? renderFinding(finding, input, { ...options, organisation: text }) : "",
      renderIncidents({ incidents, campaigns, summary: correlation }, options),
      incident ? renderIncident(incident, { ...input, findings: told, attribution: undefined }, options) : "",
    ].join("");
    expect(printed).not.toMatch(UNSAFE);
    expect(printed).not.toMatch(/\p{Surrogate}/u);
  });
});

test("strings of 100 KB are cut with a count, in every place", () => {
  const page = renderHtml(poisoned("A".repeat(100_000)));
  expect(readHtml(page).length).toBeGreaterThan(100);
  expect(page.length).toBeLessThan(1_500_000);
  expect(page).toContain("(98,000 more characters)");
});

test("hostile text is shown, not swallowed: two different texts look different", () => {
  const page = renderHtml(poisoned("\u202egpj.exe"));
  expect(page).toContain("\\u202egpj.exe");
});
