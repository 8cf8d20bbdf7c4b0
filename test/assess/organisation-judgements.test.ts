import { describe, expect, test } from "vitest";
import { assess } from "../../src/assess/index.js";
import { leastUploaded } from "../../src/assess/uploads.js";
import type { Finding } from "../../src/model/finding.js";
import { JUDGED, type Upload } from "../../src/model/organisation-judgement.js";
import { ENGLISH } from "../../src/report/catalogue.js";
import { explainText } from "../../src/report/explain.js";
import { finding, gathered, input } from "./support.js";

const host = { kind: "host" as const, value: "pc1", realm: "r1", role: "victim" };
const sent = (server: string, bytes: number, more: Partial<Finding> = {}) =>
  finding("staging-and-exfiltration", {
    title: `sent to ${server} ${bytes}`,
    entities: [host, { kind: "address", value: server, role: "destination" }],
    facts: { tie: "same command", servers: [server], bytes_out: bytes },
    ...more,
  });

function judged(findings: Finding[], more = {}) {
  const result = assess(input({ findings, gathered: gathered(more) }));
  const alpha = result.organisations.find(({ org_id }) => org_id === "alpha");
  const said = (alpha?.judgements ?? []).map(({ about, statement }) => ({
    about,
    text: explainText(statement, ENGLISH),
  }));
  const text = (about: string) => said.filter((each) => each.about === about).map((each) => each.text);
  return { result, alpha, said, text };
}

describe("judgements of one organisation", () => {
  const found = sent("203.0.113.9", 5_000_000);
  const { result, alpha, said, text } = judged([found]);

  test("stand in their order, each with findings of the case, and without a gap in the words", () => {
    const order = said.map(({ about }) => JUDGED.indexOf(about));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    for (const { findings } of alpha?.judgements ?? []) expect(findings).toEqual([found.id]);
    for (const { text: words } of said) expect(words).not.toMatch(/\[(no text|argument)/);
  });

  test("never have likelihood and confidence in one sentence", () => {
    for (const each of said.filter(({ text: words }) => /confidence/i.test(words)))
      expect(each.text).not.toMatch(/likely|certain|chance/);
    expect(text("likelihood")).toEqual(["That Ministry alpha is compromised is assessed as likely (67 %)."]);
    expect(text("confidence")).toHaveLength(1);
  });

  test("say what left as a lower bound, and name its destination without making an indicator of it", () => {
    expect(text("volume")[0]).toMatch(/^At least 5\.00 MB left .* to 203\.0\.113\.9: consistent with theft/);
    expect(result.infrastructure).toEqual([]);
    const total = result.judgements.find(({ statement }) => statement.startsWith("At least"));
    expect(total?.findings).toEqual([found.id]);
  });

  test("say of an upload that no sensor saw that its volume is not known, and nothing of what was only packed", () => {
    expect(judged([sent("203.0.113.9", 0)]).text("volume")[0]).toMatch(/how much left is not known/);
    const packed = sent("", 0, { facts: { tie: "none", servers: [], bytes_out: 0 } });
    expect(judged([packed]).text("volume")).toEqual([]);
  });

  test("say what is not known, by what the telemetry holds", () => {
    expect(text("reach")).toEqual([
      "What data was within reach cannot be said: no asset list was given for this organisation.",
    ]);
    expect(text("unknown").join(" ")).toMatch(/no event logs/);
    expect(
      judged([found], { classes: { windows_event: 5 } })
        .text("unknown")
        .join(" "),
    ).not.toMatch(/no event logs/);
  });

  test("are not made of who has no evidence", () => {
    expect(judged([]).said).toEqual([]);
    expect(judged([{ ...found, severity: "low" }]).alpha?.uploads).toBeNull();
  });
});

test("uploads with a destination in common count once, also by way of a third", () => {
  const upload = (destinations: string[], bytes_out: number): Upload => ({
    finding: `f${bytes_out}`,
    destinations,
    hosts: [],
    first_seen: "2023-08-07T10:00:00Z",
    last_seen: "2023-08-07T10:00:00Z",
    bytes_out,
  });
  expect(leastUploaded([])).toBe(0);
  expect(leastUploaded([upload(["a"], 5), upload(["b"], 7)])).toBe(12);
  expect(leastUploaded([upload(["a"], 5), upload(["a", "b"], 7)])).toBe(7);
  expect(leastUploaded([upload(["a"], 5), upload(["b"], 7), upload(["a", "b"], 1)])).toBe(7);
  expect(leastUploaded([upload([], 5), upload([], 7)])).toBe(12);
});
