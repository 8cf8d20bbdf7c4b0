import { describe, expect, it } from "vitest";
import { type Bearing, basisText, independentLines } from "../../src/assess/independence.js";
import { BASE, likelihoodOf, type StatusInput, statusOf } from "../../src/assess/status.js";
import type { Severity } from "../../src/model/finding.js";
import type { RelationKind } from "../../src/model/relation.js";
import { finding } from "./support.js";

function bearing(detector: string, severity: Severity, kind: RelationKind, facts = {}): Bearing {
  return { finding: finding(detector, { severity, facts }), kind };
}
const listed = (severity: Severity, kind: RelationKind, confirmed = true) =>
  bearing("infrastructure-contact", severity, kind, {
    confirmed,
    confidence: 0.9,
    answered: 5,
    matched_by: ["address"],
  });
const tied = (severity: Severity, kind: RelationKind, fromConfirmed = true) =>
  bearing("infrastructure-expansion", severity, kind, { from_confirmed: fromConfirmed, confidence: 0.6 });

const upload = (detector: string, server: string, facts = {}): Bearing => ({
  finding: finding(detector, {
    ...{ severity: "high", facts },
    entities: [{ kind: "address", value: server, role: "destination" }],
  }),
  kind: "repeated",
});

function status(bearings: Bearing[], more: Partial<StatusInput> = {}) {
  return statusOf({ bearings, sensors: 1, coverage: 1, activeWeeks: 6, detectorsRun: 4, ...more });
}

describe("status rules, each with its near miss", () => {
  it.each<[string, Bearing[], string]>([
    ["persistent contact with confirmed infrastructure", [listed("high", "persistent")], "compromised"],
    [
      "the same with infrastructure that is not confirmed",
      [listed("medium", "persistent", false)],
      "suspected",
    ],
    ["repeated contact with confirmed infrastructure", [listed("medium", "repeated")], "suspected"],
    [
      "watch list and behaviour",
      [listed("medium", "repeated"), bearing("cloud-masquerade", "high", "repeated")],
      "compromised",
    ],
    [
      "watch list and behaviour below medium",
      [listed("medium", "repeated"), bearing("cloud-masquerade", "low", "repeated")],
      "suspected",
    ],
    [
      "behaviour, and one visit to the watch list",
      [listed("low", "single"), bearing("cloud-masquerade", "high", "persistent")],
      "suspected",
    ],
    ["one visit to a server of high severity", [bearing("cloud-masquerade", "high", "single")], "contacted"],
    ["behaviour alone, persistent", [bearing("cloud-masquerade", "high", "persistent")], "suspected"],
    [
      "two findings of one detector",
      [bearing("cloud-masquerade", "high", "persistent"), bearing("cloud-masquerade", "medium", "repeated")],
      "suspected",
    ],
    [
      "behaviour and what was derived from it",
      [
        bearing("cloud-masquerade", "high", "persistent"),
        bearing("infrastructure-expansion", "high", "persistent"),
      ],
      "suspected",
    ],
    [
      "behaviour, and a hard tie to confirmed infrastructure",
      [bearing("cloud-masquerade", "high", "persistent"), tied("medium", "persistent")],
      "compromised",
    ],
    [
      "behaviour, and a tie by likeness or from suspected servers",
      [bearing("cloud-masquerade", "high", "persistent"), tied("high", "persistent", false)],
      "suspected",
    ],
    [
      "behaviour, and a single visit to a tied server",
      [bearing("cloud-masquerade", "high", "persistent"), tied("low", "single")],
      "suspected",
    ],
    [
      "a single visit to a tied server, whatever its severity",
      [bearing("cloud-masquerade", "high", "persistent"), tied("high", "single")],
      "suspected",
    ],
    [
      "behaviour, and a tie of too little confidence",
      [bearing("cloud-masquerade", "high", "persistent"), tied("low", "persistent")],
      "suspected",
    ],
    [
      "behaviour below medium, and a hard tie",
      [bearing("cloud-masquerade", "low", "persistent"), tied("high", "persistent")],
      "suspected",
    ],
    [
      "the watch list, and a tie to it: the same mistake could cause both",
      [listed("medium", "repeated"), tied("high", "persistent")],
      "suspected",
    ],
    ["a hard tie alone, however persistent", [tied("critical", "persistent")], "suspected"],
    [
      "a hard tie and what was derived from suspicion",
      [tied("high", "persistent"), tied("high", "persistent", false)],
      "suspected",
    ],
    [
      "a hard tie and a detector of the hosts",
      [tied("medium", "repeated"), bearing("sigma", "high", "repeated")],
      "compromised",
    ],
    ["a derived finding alone", [bearing("infrastructure-expansion", "medium", "repeated")], "suspected"],
    [
      "supporting findings alone",
      [bearing("first-contact", "medium", "single"), bearing("long-connection", "medium", "single")],
      "no_evidence",
    ],
    ["a rare client alone", [bearing("rare-client", "medium", "single")], "no_evidence"],
    ["odd ports alone", [bearing("many-odd-ports", "medium", "persistent")], "suspected"],
    [
      "odd ports and pretence: both are how the server is used",
      [
        bearing("many-odd-ports", "medium", "persistent"),
        bearing("cloud-masquerade", "critical", "persistent"),
      ],
      "suspected",
    ],
    [
      "odd ports and the watch list",
      [bearing("many-odd-ports", "medium", "persistent"), listed("medium", "repeated")],
      "compromised",
    ],
    [
      "a tunnel and the watch list",
      [bearing("dns-tunnel", "high", "repeated"), listed("medium", "repeated")],
      "compromised",
    ],
    [
      "a line and support",
      [listed("medium", "repeated"), bearing("long-connection", "medium", "single")],
      "suspected",
    ],
    [
      "uploads that are no backup's, alone",
      [bearing("backup-exfiltration", "medium", "persistent")],
      "suspected",
    ],
    [
      "such uploads to a server of odd behaviour: a harmless storage service would cause both",
      [
        bearing("backup-exfiltration", "high", "persistent"),
        bearing("cloud-masquerade", "high", "persistent"),
      ],
      "suspected",
    ],
    [
      "such uploads to a server on the watch list",
      [bearing("backup-exfiltration", "medium", "persistent"), listed("medium", "repeated")],
      "compromised",
    ],
    [
      "uploads that are medium because somebody else suspects the server",
      [
        bearing("backup-exfiltration", "medium", "persistent", { rests_on_suspicion: true }),
        listed("medium", "repeated"),
      ],
      "suspected",
    ],
    [
      "such uploads below medium",
      [bearing("backup-exfiltration", "low", "persistent"), listed("medium", "repeated")],
      "suspected",
    ],
    [
      "lasting contact, however severe, is no line",
      [
        bearing("persistence", "high", "persistent", { rests_on_suspicion: true }),
        listed("medium", "repeated"),
      ],
      "suspected",
    ],
    ["lasting contact alone", [bearing("persistence", "low", "persistent")], "no_evidence"],
    ["a failed beacon alone", [bearing("failed-beacon", "medium", "repeated")], "suspected"],
    [
      "a failed beacon and a false protocol: a harmless program that nobody listed would cause both",
      [bearing("failed-beacon", "medium", "repeated"), bearing("false-protocol", "medium", "persistent")],
      "suspected",
    ],
    [
      "a false protocol and the watch list",
      [bearing("false-protocol", "medium", "persistent"), listed("medium", "repeated")],
      "compromised",
    ],
    [
      "a program fetched from an outside server and a failed beacon: a harmless program that nobody listed would cause both",
      [bearing("failed-beacon", "medium", "repeated"), bearing("tool-transfer", "high", "repeated")],
      "suspected",
    ],
    [
      "a program fetched from a server inside and movement: one day's work of an administrator would cause both",
      [
        bearing("tool-transfer", "medium", "repeated", { server_inside: true }),
        bearing("lateral-movement", "medium", "repeated"),
      ],
      "suspected",
    ],
    [
      "a program fetched from an outside server and movement",
      [bearing("tool-transfer", "medium", "repeated"), bearing("lateral-movement", "medium", "repeated")],
      "compromised",
    ],
    [
      "a program fetched and a rule that matched: they read the same lines",
      [bearing("tool-transfer", "medium", "repeated"), bearing("sigma", "high", "repeated")],
      "suspected",
    ],
    [
      "a failed beacon and a rule that matched, and a program fetched besides: more evidence takes no line away",
      [
        bearing("failed-beacon", "medium", "repeated"),
        bearing("sigma", "high", "repeated"),
        bearing("tool-transfer", "medium", "repeated"),
      ],
      "compromised",
    ],
    [
      "an upload seen on the wire and told by the host's own logs, to one server: one act",
      [
        upload("tool-transfer", "203.0.113.9", { way: "send" }),
        upload("staging-and-exfiltration", "203.0.113.9"),
      ],
      "suspected",
    ],
    [
      "an upload on the wire that lasting volumes show as well, to one server: one act",
      [upload("tool-transfer", "203.0.113.9", { way: "send" }), upload("backup-exfiltration", "203.0.113.9")],
      "suspected",
    ],
    [
      "uploads to two servers, one on the wire and one in hosts' logs",
      [
        upload("tool-transfer", "203.0.113.9", { way: "send" }),
        upload("staging-and-exfiltration", "198.51.100.9"),
      ],
      "compromised",
    ],
    ["a host that looks around inside, alone", [bearing("scan", "medium", "repeated")], "no_evidence"],
    [
      "a host that looks around inside, and a line",
      [bearing("scan", "medium", "repeated"), listed("medium", "repeated")],
      "suspected",
    ],
    ["a single visit", [listed("low", "single")], "contacted"],
    ["scanning", [listed("informational", "scanning")], "contacted"],
    ["look-ups", [listed("low", "lookup_only")], "contacted"],
    ["look-ups for weeks", [listed("medium", "lookup_only")], "suspected"],
    [
      "a detector of the hosts and the watch list",
      [listed("medium", "repeated"), bearing("sigma", "high", "repeated")],
      "compromised",
    ],
    [
      "what administrators do as well, in three ways",
      [
        bearing("account-hijack", "high", "repeated"),
        bearing("persistence-mechanism", "high", "repeated"),
        bearing("log-tampering", "medium", "repeated"),
      ],
      "suspected",
    ],
    [
      "a burst of discovery and a read of lsass, which administrators do as well",
      [
        bearing("discovery-burst", "high", "repeated"),
        bearing("process-anomaly", "high", "repeated", { what: "memory" }),
      ],
      "suspected",
    ],
    [
      "what is only rare",
      [bearing("process-anomaly", "high", "repeated", { what: "rare start" })],
      "no_evidence",
    ],
    [
      "a rule that matched the act of a host detector",
      [bearing("persistence-mechanism", "high", "repeated"), bearing("sigma", "critical", "repeated")],
      "suspected",
    ],
    [
      "a side-loaded library, and what keeps it running",
      [bearing("dll-sideload", "medium", "repeated"), bearing("persistence-mechanism", "high", "repeated")],
      "compromised",
    ],
    [
      "one upload that the host's logs and the network's both have",
      [upload("staging-and-exfiltration", "192.88.99.7"), upload("backup-exfiltration", "192.88.99.7")],
      "suspected",
    ],
    [
      "uploads to two servers, one seen on the host and one on the network",
      [upload("staging-and-exfiltration", "192.88.99.7"), upload("backup-exfiltration", "192.88.99.8")],
      "compromised",
    ],
    [
      "mail that nobody opened",
      [bearing("phishing-delivery", "high", "repeated", { opened: [] })],
      status([bearing("scan", "medium", "repeated")]).status,
    ],
    [
      "mail that was opened, and a side-loaded library",
      [
        bearing("phishing-delivery", "high", "repeated", { opened: ["ws-01"] }),
        bearing("dll-sideload", "medium", "repeated"),
      ],
      "compromised",
    ],
    ["nothing", [], "no_evidence"],
  ])("%s: %#", (_, bearings, expected) => {
    expect(status(bearings).status).toBe(expected);
  });

  it("says of ties that they are ties, and not that the organisation met the list", () => {
    const of = (...bearings: Bearing[]) => status(bearings).lines.map(basisText);
    expect(of(tied("high", "persistent"))).toEqual(["servers tied to the watch list"]);
    expect(of(listed("medium", "repeated"), tied("high", "persistent"))).toEqual(["watch list"]);
    expect(of(tied("high", "persistent", false))).toEqual(["kinship with suspected servers"]);
  });

  it("says no data only where no sensor saw the organisation and nothing bears on it", () => {
    expect(status([], { sensors: 0 })).toMatchObject({ status: "no_data", likelihood: 0, confidence: "low" });
    expect(status([listed("low", "single")], { sensors: 0 }).status).toBe("contacted");
  });
});

describe("likelihood", () => {
  it("grows with every line and with severity, and never reaches certainty", () => {
    const one = independentLines([listed("medium", "repeated")]);
    const two = independentLines([
      listed("medium", "repeated"),
      bearing("cloud-masquerade", "medium", "repeated"),
    ]);
    const strong = independentLines([
      listed("critical", "persistent"),
      bearing("cloud-masquerade", "critical", "repeated"),
    ]);
    expect(likelihoodOf([], [])).toBeCloseTo(BASE);
    // 1 − 0.95 × 0.55, and 1 − 0.95 × 0.55².
    expect(likelihoodOf(one, [])).toBeCloseTo(0.478, 3);
    expect(likelihoodOf(two, [])).toBeCloseTo(0.713, 3);
    expect(likelihoodOf(strong, [])).toBeCloseTo(0.962, 3);
    const certain = Array.from({ length: 5 }, (_, n) => bearing(`detector-${n}`, "critical", "persistent"));
    expect(likelihoodOf(independentLines(certain), [])).toBe(0.97);
  });

  it("has a floor for persistent contact with confirmed infrastructure, by the list's confidence", () => {
    const bearings = [listed("high", "persistent")];
    expect(likelihoodOf(independentLines(bearings), bearings)).toBeCloseTo(0.915, 3);
  });
});

describe("confidence", () => {
  it("is high only for several lines over weeks, and falls with coverage and unanswered contact", () => {
    const both = [listed("high", "persistent"), bearing("cloud-masquerade", "high", "persistent")];
    expect(status(both).confidence).toBe("high");
    expect(status(both, { coverage: 0.5 }).confidence).toBe("moderate");
    expect(status([listed("medium", "repeated")], { activeWeeks: 1 }).confidence).toBe("moderate");
    const dead = bearing("infrastructure-contact", "medium", "repeated", {
      confirmed: true,
      confidence: 0.9,
      answered: 0,
    });
    expect(status([dead], { activeWeeks: 1 }).confidence).toBe("low");
  });

  it("grows by two detectors' support about the same server, not by one's or about another server", () => {
    const about = (detector: string, value: string): Bearing => ({
      finding: finding(detector, {
        severity: "medium",
        entities: [{ kind: "address", value, role: "server" }],
      }),
      kind: "repeated",
    });
    const line = about("infrastructure-contact", "203.0.113.9");
    const confidence = (...support: Bearing[]) => status([line, ...support], { activeWeeks: 1 }).confidence;
    expect(confidence()).toBe("low");
    expect(confidence(about("persistence", "203.0.113.9"))).toBe("low");
    expect(confidence(about("persistence", "203.0.113.9"), about("long-connection", "203.0.113.9"))).toBe(
      "moderate",
    );
    expect(confidence(about("persistence", "203.0.113.9"), about("long-connection", "203.0.113.8"))).toBe(
      "low",
    );
  });

  it("grows by a scan of the host that the line is about, not of another", () => {
    const host = (detector: string, value: string, role: string): Bearing => ({
      finding: finding(detector, {
        severity: "medium",
        entities: [
          { kind: "host", value, realm: "r1", role },
          { kind: "address", value: "203.0.113.9", role: "server" },
        ].filter(({ kind }) => detector !== "scan" || kind === "host") as Bearing["finding"]["entities"],
      }),
      kind: "repeated",
    });
    const line = host("infrastructure-contact", "10.1.0.5", "victim");
    const lasting = host("persistence", "10.1.0.5", "victim");
    const confidence = (scanner: string) =>
      status([line, lasting, host("scan", scanner, "scanner")], { activeWeeks: 1 }).confidence;
    expect(confidence("10.1.0.5")).toBe("moderate");
    expect(confidence("10.1.0.6")).toBe("low");
  });

  it("is never high in absence of evidence, and low where the sensors were down", () => {
    expect(status([]).confidence).toBe("moderate");
    expect(status([], { coverage: 0.5 }).confidence).toBe("low");
    expect(status([], { detectorsRun: 1 }).confidence).toBe("low");
  });
});
