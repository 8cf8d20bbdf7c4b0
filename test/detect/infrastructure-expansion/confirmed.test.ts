import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/infrastructure-expansion/index.js";
import { DAY } from "../../../src/kernel/time.js";
import { type Entity, type Finding, findingSchema } from "../../../src/model/finding.js";
import {
  at,
  type Bench,
  type Certificate,
  type Contact,
  openBench,
  ordinaryLife,
  World,
} from "../cloud-masquerade/world.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const WATCHED = "203.0.113.1";

function told(detectorId: string, servers: readonly Entity[], facts: Finding["facts"], score = 0.9): Finding {
  return findingSchema.parse({
    id: `${detectorId}-1`,
    detector: detectorId,
    title: "known",
    severity: "high",
    score,
    components: [],
    first_seen: "2024-03-10T00:00:00Z",
    last_seen: "2024-05-10T00:00:00Z",
    org_id: "org2",
    entities: servers.map((each) => ({ ...each, role: "server" })),
    attack: [],
    evidence: [],
    explanation: { key: "x", args: [] },
    caveats: [],
    facts,
    tlp: "clear",
  });
}

/** Host 1 of org2 met the watched address. */
const watched = (facts: Finding["facts"] = {}): Finding => ({
  ...told("infrastructure-contact", [{ kind: "address", value: WATCHED }], {
    confirmed: true,
    confidence: 0.9,
    relation_realm: ["net"],
    relation_host: ["10.2.0.1"],
    relation_server: [WATCHED],
    ...facts,
  }),
  tlp: "red",
});
const suspected = (...servers: Entity[]): Finding => told("cloud-masquerade", servers, {});
const domain = (value: string): Entity => ({ kind: "domain", value });
const address = (value: string): Entity => ({ kind: "address", value });
const certificate: Certificate = {
  sha256: "ef".repeat(32),
  subject: "CN=edge",
  issuer: "CN=edge",
  san: [],
  notBefore: at(0, 0),
  notAfter: at(0, 0) + 3650 * DAY,
};

/** Five days of contact over a fortnight, which is a persistent relation, with a host's first look-up where there is a name. */
function keepsUp(world: World, org: number, contact: Omit<Contact, "time" | "src">, days = 5): void {
  const lookup = contact.name === undefined ? {} : { lookup: contact.name };
  for (let day = 0; day < days; day++)
    world.add({ time: at(10 + day * 3, 5), src: world.host(org, 1), ...lookup, ...contact });
}

function world(): World {
  const made = new World();
  ordinaryLife(made, 4, 2);
  keepsUp(made, 2, { dst: WATCHED, name: "a.first.com", certificate });
  return made;
}

const about = (findings: readonly Finding[], server: string) =>
  findings
    .filter(({ facts }) => facts.server === server)
    .map(({ org_id, severity, facts }) => [org_id, severity, facts.from_confirmed]);

describe("ties of suspected servers to confirmed ones", () => {
  it("are told for each organisation that met them, once, without what the watch list has told", async () => {
    const made = world();
    // Org 3 knows the second domain on the watched address, where it was not seen by the list; org 4 only on its own address.
    keepsUp(made, 2, { dst: WATCHED, name: "x.second.net" });
    keepsUp(made, 4, { dst: "203.0.113.2", name: "x.second.net" });
    keepsUp(made, 5, { dst: "203.0.113.3", certificate, port: 4443 });
    const { findings, evaluated } = await bench.run(detector, made, {
      findings: [
        watched(),
        suspected(domain("x.second.net"), address("203.0.113.2"), address("203.0.113.3")),
      ],
    });
    expect(about(findings, "second.net")).toEqual([["org4", "medium", true]]);
    expect(about(findings, "203.0.113.3")).toEqual([["org5", "medium", true]]);
    // The domain on the watched address has no contact but what the list tells, and nobody else's.
    expect(findings.filter(({ org_id }) => org_id === "org2")).toEqual([]);
    expect(new Set(findings.map(({ id }) => id)).size).toBe(findings.length);
    const [second] = findings.filter(({ facts }) => facts.server === "second.net");
    expect(second?.components.map(({ name }) => name)).toEqual(["seed", "name on address"]);
    expect(second?.score).toBeCloseTo(0.8 * 0.8, 2);
    expect(second?.facts.path).toEqual(
      expect.arrayContaining([expect.stringMatching(/^203\.0\.113\.1 \(confirmed/)]),
    );
    // The logs are amber, and the list that the path starts from is red.
    expect(second?.tlp).toBe("red");
    expect(evaluated.find(({ what }) => what.startsWith("servers tied"))?.count).toBe(3);
  });

  it.each<[string, (made: World) => void, Finding[], string, unknown[]]>([
    [
      "a likeness of labels is none",
      (made) => {
        // How usual a label is shows only in a larger network.
        ordinaryLife(made, 10, 4, 8);
        for (const label of ["relay", "quay", "pier"]) {
          keepsUp(made, 2, { dst: WATCHED, name: `${label}.first.com` });
          keepsUp(made, 4, { dst: "203.0.113.2", name: `${label}.another.net` });
        }
      },
      [watched(), suspected(domain("another.net"), domain("relay.another.net"), address("203.0.113.2"))],
      "another.net",
      [],
    ],
    [
      "a rare fingerprint on an odd port is none",
      (made) => {
        const print = { ja3: "11".repeat(16), ja3s: "22".repeat(16), port: 8447 };
        keepsUp(made, 2, { dst: WATCHED, ...print });
        keepsUp(made, 4, { dst: "203.0.113.2", ...print });
      },
      [watched(), suspected(address("203.0.113.2"))],
      "203.0.113.2",
      [],
    ],
    [
      "a common address of many sites is none",
      (made) => {
        for (const site of ["rosen", "tulpe", "nelke", "lilie", "aster", "dahlie"])
          keepsUp(made, 6, { dst: "203.0.113.9", name: `www.${site}haus.com` });
        keepsUp(made, 2, { dst: "203.0.113.9", name: "a.first.com" });
        keepsUp(made, 4, { dst: "203.0.113.9", name: "x.second.net" });
      },
      [watched(), suspected(domain("x.second.net"))],
      "second.net",
      [],
    ],
    [
      "a list that is not sure confirms nothing",
      (made) => {
        keepsUp(made, 4, { dst: WATCHED, name: "x.second.net" });
      },
      [watched({ confirmed: false }), suspected(domain("x.second.net"))],
      "second.net",
      [],
    ],
    [
      "a single visit is a tie of low severity",
      (made) => {
        keepsUp(made, 2, { dst: WATCHED, name: "x.second.net" });
        keepsUp(made, 4, { dst: "203.0.113.2", name: "x.second.net" }, 1);
      },
      [watched(), suspected(domain("x.second.net"), address("203.0.113.2"))],
      "second.net",
      [["org4", "low", true]],
    ],
    [
      "a tie over many steps is of low severity, however lasting the contact",
      (made) => {
        keepsUp(made, 2, { dst: WATCHED, name: "x.second.net" });
        keepsUp(made, 2, { dst: "203.0.113.2", name: "y.second.net" });
        keepsUp(made, 4, { dst: "203.0.113.2", name: "z.third.org" });
      },
      [watched(), suspected(domain("z.third.org"), address("203.0.113.2"))],
      "third.org",
      // 0.8 × 0.8 (name on address) × 0.9 (registrable domain) × 0.9 (resolved) × 0.8 (name on address) = 0.41
      [["org4", "low", true]],
    ],
  ])("%s", async (_, tell, findings, server, expected) => {
    const made = world();
    tell(made);
    expect(about((await bench.run(detector, made, { findings })).findings, server)).toEqual(expected);
  });

  it("leave a new server that only suspicion leads to as it was", async () => {
    const made = world();
    keepsUp(made, 3, { dst: "203.0.113.7", name: "b.suspect.org" });
    keepsUp(made, 4, { dst: "203.0.113.7", name: "c.other.org" });
    const { findings } = await bench.run(detector, made, {
      findings: [watched(), suspected(domain("b.suspect.org"))],
    });
    expect(about(findings, "other.org")).toEqual([["org4", "medium", false]]);
  });
});
