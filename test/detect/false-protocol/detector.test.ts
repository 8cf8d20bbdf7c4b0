import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/false-protocol/index.js";
import { HOUR, MINUTE, SECOND } from "../../../src/kernel/time.js";
import { findingSchema } from "../../../src/model/finding.js";
import { at, contextFor, directoryOf, type FlowRow, TestCase } from "../infrastructure-contact/support.js";

let test: TestCase;
beforeAll(async () => {
  test = await TestCase.open();
});
beforeEach(() => test.clear());
afterAll(() => test.close());

const directory = directoryOf([{ cidr: "10.1.0.0/16", realm: "r1", org: "alpha" }]);
const HOST = "10.1.5.9";
const SERVER = "203.0.113.77";

/** People on the web: TLS on 443 and HTTP on 80, recognised by the sensor, each with its look-up. */
async function ordinaryLife(sensor = "s1", days = 10): Promise<void> {
  const flows: FlowRow[] = [];
  for (let day = 0; day < days; day++)
    for (let n = 0; n < 60; n++)
      flows.push({
        time: at(day, 8) + n * MINUTE,
        src: `10.1.5.${1 + (n % 12)}`,
        dst: `198.51.100.${1 + (n % 40)}`,
        port: n % 4 === 0 ? 80 : 443,
        app: n % 4 === 0 ? "http" : "ssl",
        history: "ShADadFf",
        uid: `${sensor}-life-${day}-${n}`,
        sensor,
      });
  await test.flows(flows);
  await test.dns(
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((n) => ({
      time: at(0, 8),
      src: `10.1.5.${n}`,
      name: "www.example.org",
      answers: ["198.51.100.1"],
    })),
  );
}

/** An implant that sends its own frames on port 443, a few times an hour for some days. */
function channel(count: number, more: Partial<FlowRow> = {}): FlowRow[] {
  return Array.from({ length: count }, (_, n) => ({
    time: at(2, 9) + n * 3 * HOUR,
    src: HOST,
    srcPort: 50_000 + n,
    dst: SERVER,
    port: 443,
    app: "",
    history: "ShADadFf",
    out: 900,
    in: 1400,
    duration: 20,
    ...more,
    uid: `${more.uid ?? "C"}${n}`,
  }));
}

async function run(
  given: {
    parameters?: Record<string, number>;
    allowed?: string[];
    allowedNames?: string[];
    inside?: boolean;
  } = {},
) {
  await test.rollUp();
  if (given.inside !== false) await test.tenIsInside();
  const result = await detector.run(
    contextFor(test, detector, {
      directory,
      parameters: given.parameters ?? {},
      allow: {
        domain: (name) => given.allowedNames?.includes(name) === true,
        address: (ip) => given.allowed?.includes(ip) === true,
      },
    }),
  );
  for (const finding of result.findings) expect(() => findingSchema.parse(finding)).not.toThrow();
  return result;
}

const brief = (findings: Awaited<ReturnType<typeof run>>["findings"]) =>
  findings.map(({ title, severity }) => [title, severity]);

describe("false-protocol finds", () => {
  it("a channel on port 443 that is no TLS: medium, with its lines", async () => {
    await ordinaryLife();
    await test.flows(channel(20));
    const { findings, evaluated } = await run();
    expect(brief(findings)).toEqual([["10.1.5.9 speaks no TLS with 203.0.113.77 on port 443", "medium"]]);
    expect(findings[0]).toMatchObject({
      org_id: "alpha",
      attack: ["T1095", "T1001.003"],
      facts: {
        kind: "unnamed",
        connections: 20,
        both_ways: 20,
        bytes_out: 18_000,
        bytes_in: 28_000,
        proper_connections: 0,
        hosts_of_server: 1,
        sensor_share: expect.closeTo(0.957, 2),
      },
    });
    expect(findings[0]?.entities).toContainEqual({ kind: "address", value: SERVER, role: "server" });
    expect(findings[0]?.evidence.length).toBeGreaterThanOrEqual(2);
    expect(evaluated).toContainEqual({ what: "whole connections to ports 80 and 443", count: 620 });
  });

  it("the same at a weekend, when nobody else talks", async () => {
    await ordinaryLife("s1", 4);
    await test.flows(channel(12, { time: 0 }).map((flow, n) => ({ ...flow, time: at(4, 0) + n * 4 * HOUR })));
    expect(brief((await run()).findings)).toEqual([[expect.stringContaining("no TLS"), "medium"]]);
  });

  it("port 80 without HTTP", async () => {
    await ordinaryLife();
    await test.flows(channel(20, { port: 80 }));
    expect(brief((await run()).findings)).toEqual([
      ["10.1.5.9 speaks no HTTP with 203.0.113.77 on port 80", "medium"],
    ]);
  });

  it("TLS records without a handshake: the log says so, or knows nothing of such a connection", async () => {
    await ordinaryLife();
    const life = (await test.store.query<{ uid: string }>(
      "SELECT connection_uid AS uid FROM network_activity WHERE app_name = 'ssl'",
    )) as { uid: string }[];
    await test.tls(
      life.map(({ uid }) => ({
        time: at(0),
        src: "10.1.5.1",
        dst: "198.51.100.1",
        uid,
        sni: "www.example.org",
      })),
    );
    const frames = { app: "ssl", out: 60_000, in: 90_000 };
    await test.flows([
      ...channel(8, { ...frames, uid: "H" }),
      ...channel(8, { ...frames, uid: "N", dst: "203.0.113.78" }),
    ]);
    await test.tls(
      channel(8).map((_, n) => ({ time: at(2), src: HOST, dst: SERVER, uid: `H${n}`, established: false })),
    );
    const { findings } = await run();
    expect(brief(findings)).toEqual([
      ["10.1.5.9 exchanges TLS records without a handshake with 203.0.113.77 on port 443", "medium"],
      ["10.1.5.9 exchanges TLS records without a handshake with 203.0.113.78 on port 443", "medium"],
    ]);
  });

  it("one connection that stays open for hours, of which there are only interim records", async () => {
    await ordinaryLife();
    await test.flows(
      [1, 2, 3, 4].map((hours) => ({
        ...(channel(1)[0] as FlowRow),
        uid: "Copen",
        state: "open" as const,
        duration: hours * 3600,
        out: hours * 9000,
        in: hours * 8000,
      })),
    );
    const { findings } = await run();
    expect(findings).toMatchObject([
      { severity: "medium", facts: { connections: 1, bytes_out: 36_000, longest_seconds: 14_400 } },
    ]);
  });

  it("a connection that two sensors saw, once", async () => {
    await ordinaryLife("s1");
    await ordinaryLife("s2");
    await test.flows([...channel(20), ...channel(20, { sensor: "s2", uid: "D" })]);
    expect((await run()).findings).toMatchObject([{ facts: { connections: 20, bytes_out: 18_000 } }]);
  });

  it("at a Suricata sensor, which counts whole packets and has no history", async () => {
    const suricata = (flow: FlowRow): FlowRow => ({
      ...flow,
      history: "",
      product: "suricata",
      connState: "SF",
      packets: 8,
    });
    await ordinaryLife();
    await test.store.command(
      "ALTER TABLE network_activity UPDATE product = 'suricata' WHERE 1 SETTINGS mutations_sync = 2",
    );
    await test.flows(channel(20).map(suricata));
    const midstream = channel(20, { dst: "203.0.113.99", uid: "M" }).map((flow) => ({
      ...suricata(flow),
      connState: "OTH",
    }));
    await test.flows(midstream);
    // A handshake and an orderly end: no payload.
    await test.flows(channel(20, { dst: "203.0.113.98", uid: "E", out: 8 * 66, in: 8 * 60 }).map(suricata));
    expect(brief((await run()).findings)).toEqual([[expect.stringContaining(SERVER), "medium"]]);
  });
});

describe("false-protocol is below medium where", () => {
  beforeEach(() => ordinaryLife());
  const severities = async () => (await run()).findings.map(({ severity }) => severity);

  it("the server has a name, many hosts use it, or it speaks TLS with others", async () => {
    await test.flows(channel(20));
    await test.dns([{ time: at(2), src: HOST, name: "relay.games.example.net", answers: [SERVER] }]);
    expect(await severities()).toEqual(["low"]);
    await test.clear();
    await ordinaryLife();
    await test.flows([1, 2, 3, 4, 5].flatMap((n) => channel(20, { src: `10.1.5.${n}`, uid: `C${n}-` })));
    expect(new Set(await severities())).toEqual(new Set(["low"]));
    await test.clear();
    await ordinaryLife();
    await test.flows([...channel(20), ...channel(30, { src: "10.1.5.3", app: "ssl", uid: "T" })]);
    expect(await severities()).toEqual(["low"]);
  });

  it("it happened once, or within minutes", async () => {
    await test.flows(channel(1));
    expect(await severities()).toEqual(["informational"]);
    await test.clear();
    await ordinaryLife();
    await test.flows(channel(20).map((flow, n) => ({ ...flow, time: at(3) + n * SECOND })));
    expect(await severities()).toEqual(["low"]);
  });

  it("the server never sent a byte", async () => {
    await test.flows(channel(20, { in: 0 }));
    expect(await severities()).toEqual(["informational"]);
  });

  it("neither end is known to be ours", async () => {
    await test.flows(channel(20, { src: "192.0.2.44" }));
    const { findings } = await run();
    expect(findings).toMatchObject([{ org_id: null, severity: "low" }]);
    expect(findings[0]?.caveats[0]).toContain("Neither end");
  });

  it("the host's look-ups are not in the logs", async () => {
    await test.flows(channel(20, { src: "10.1.9.200" }));
    expect(await severities()).toEqual(["low"]);
  });

  it("the sensor recognised something else, which is named", async () => {
    await test.flows([...channel(20, { app: "ssh" }), ...channel(25, { port: 80, app: "ssl", uid: "S" })]);
    expect(brief((await run()).findings)).toEqual([
      ["10.1.5.9 speaks ssl with 203.0.113.77 on port 80", "informational"],
      ["10.1.5.9 speaks ssh with 203.0.113.77 on port 443", "informational"],
    ]);
  });

  it("it is a messenger or a call that is known to do so", async () => {
    await test.flows([
      ...channel(20, { dst: "149.154.167.50" }),
      ...channel(20, { dst: "52.113.1.2", uid: "T" }),
      ...channel(20, { dst: "203.0.113.9", uid: "W" }),
    ]);
    await test.dns([{ time: at(2), src: HOST, name: "e7.whatsapp.net", answers: ["203.0.113.9"] }]);
    const { findings } = await run();
    expect(findings.map(({ severity, facts }) => [severity, facts.known_use]).sort()).toEqual([
      ["informational", "Microsoft Teams and Skype"],
      ["informational", "Telegram"],
      ["informational", "WhatsApp"],
    ]);
  });
});

describe("false-protocol says nothing of", () => {
  beforeEach(() => ordinaryLife());
  const nothing = async (...flows: FlowRow[]) => {
    await test.flows(flows);
    const { findings, notTested } = await run();
    expect(notTested).toBeUndefined();
    expect(brief(findings)).toEqual([]);
  };

  it("QUIC, and other ports", () =>
    nothing(...channel(20, { protocol: "udp" }), ...channel(20, { port: 8443, uid: "P" })));

  it("connections that began before the capture, with gaps, or with packets that the sensor does not look into", () =>
    nothing(
      ...channel(20, { history: "DadA", connState: "OTH" }),
      ...channel(20, { history: "^aAdfF", uid: "R" }),
      ...channel(20, { history: "ShADgadFf", uid: "G" }),
      ...channel(20, { history: "ShADcadFf", uid: "K" }),
    ));

  it("connections without an answer, without a byte, or with a keep-alive's one", () =>
    nothing(
      ...channel(20, { answered: false }),
      ...channel(20, { out: 0, in: 0, uid: "E" }),
      ...channel(20, { out: 1, in: 0, uid: "K" }),
    ));

  it("connections that the TLS or HTTP log knows although the flow log names nothing", async () => {
    await test.tls(
      channel(20).map((_, n) => ({ time: at(2), src: HOST, dst: SERVER, uid: `C${n}`, established: false })),
    );
    await test.http(channel(20).map((_, n) => ({ time: at(2), src: HOST, dst: SERVER, uid: `W${n}` })));
    await nothing(...channel(20), ...channel(20, { port: 80, uid: "W" }));
  });

  it("WebSocket, and several protocols of which one belongs there", () =>
    nothing(
      ...channel(20, { port: 80, app: "http,websocket" }),
      ...channel(20, { port: 80, app: "websocket", uid: "V" }),
      ...channel(20, { app: "http,ssl", uid: "S" }),
    ));

  it("TLS handshakes that failed, and a log that does not say whether they did", async () => {
    await test.tls(
      channel(20).map((_, n) => ({ time: at(2), src: HOST, dst: SERVER, uid: `C${n}`, established: false })),
    );
    await nothing(...channel(20, { app: "ssl", out: 700, in: 5000 }));
  });

  it("a TLS log without the column that says whether a handshake was finished", async () => {
    const big = channel(20, { app: "ssl", out: 70_000, in: 50_000 });
    await test.tls(
      big.map(({ uid }) => ({ time: at(2), src: HOST, dst: SERVER, uid: uid as string, established: false })),
    );
    await nothing(...big);
  });

  it("inside servers, and strangers at our own", () =>
    nothing(
      ...channel(20, { dst: "10.1.0.80" }),
      ...channel(20, { src: "198.51.100.66", dst: "10.1.0.80", uid: "I" }),
    ));

  it("what the user allows", async () => {
    await test.flows([...channel(20), ...channel(20, { dst: "203.0.113.9", uid: "N" })]);
    await test.dns([{ time: at(2), src: HOST, name: "agent.example.com", answers: ["203.0.113.9"] }]);
    expect((await run({ allowed: [SERVER], allowedNames: ["agent.example.com"] })).findings).toEqual([]);
  });
});

describe("false-protocol judges each sensor by itself", () => {
  it("NetFlow beside Zeek: only Zeek's connections are judged, and the others are counted", async () => {
    await ordinaryLife();
    await test.flows(channel(40, { sensor: "router", product: "nfdump", history: "", connState: "SF" }));
    const { findings, evaluated } = await run();
    expect(findings).toEqual([]);
    expect(evaluated).toContainEqual({
      what: "of these, at sensors and on days that recognise no protocols (not judged)",
      count: 40,
    });
  });

  it("only NetFlow, or a log without protocols: not tested, with the reason", async () => {
    await test.flows(channel(40, { product: "nfdump", history: "", connState: "SF" }));
    expect(await run()).toMatchObject({ findings: [], notTested: expect.stringContaining("recognises") });
    await test.clear();
    await test.flows(channel(40, { port: 22 }));
    expect(await run()).toMatchObject({ findings: [], notTested: expect.stringContaining("port 80 or 443") });
  });

  it("analysis was down for a day: that day is not judged, the others are", async () => {
    await ordinaryLife();
    const blind = Array.from({ length: 60 }, (_, n) => ({
      time: at(12, 8) + n * MINUTE,
      src: `10.1.5.${1 + (n % 12)}`,
      dst: `198.51.100.${1 + (n % 40)}`,
      history: "ShADadFf",
      uid: `blind${n}`,
    }));
    await test.flows([...blind, ...channel(20)]);
    const { findings } = await run();
    expect(findings).toMatchObject([{ facts: { connections: 20 } }]);
    expect(findings).toHaveLength(1);
  });

  it("says how many were not reported", async () => {
    await ordinaryLife();
    await test.flows([1, 2, 3].flatMap((n) => channel(10, { dst: `203.0.113.${n}`, uid: `X${n}-` })));
    const { findings, evaluated } = await run({ parameters: { max_findings: 1 } });
    expect(findings).toHaveLength(1);
    expect(evaluated).toContainEqual({ what: "pairs not reported (beyond max_findings)", count: 2 });
  });
});
