import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/log-tampering/index.js";
import { silences } from "../../../src/detect/log-tampering/silence.js";
import { MESSAGES } from "../../../src/detect/registry.js";
import { explainText } from "../../../src/report/explain.js";
import { ENGINES } from "../../support/stores.js";
import { later, type MadeEvent, SYSMON, told, WindowsWorld } from "../windows/world.js";

const HOUR = 3_600;
const cleared = (seconds = 0, more: Partial<MadeEvent> = {}): MadeEvent => ({
  ...{ id: 1102, channel: "Security", time: later(seconds) },
  data: { SubjectUserName: "anna", SubjectDomainName: "CORP" },
  ...more,
});
const boot = (seconds: number): MadeEvent => ({
  ...{ id: 12, channel: "System", provider: "Microsoft-Windows-Kernel-General", data: {} },
  time: later(seconds),
});
const started = (seconds: number): MadeEvent => ({
  ...{ id: 6005, channel: "System", provider: "EventLog", data: {}, time: later(seconds) },
});
const logon = (seconds: number): MadeEvent => ({
  ...{ id: 4624, channel: "Security", data: {}, time: later(seconds) },
});

describe.each(ENGINES)("log-tampering: $name", (engine) => {
  let world: WindowsWorld;
  beforeAll(async () => {
    world = await WindowsWorld.open(engine);
  });
  afterAll(() => world.close());
  beforeEach(() => world.clear());
  const find = async (events: readonly MadeEvent[], choice: Parameters<WindowsWorld["run"]>[1] = {}) => {
    await world.store(events);
    return (await world.run(detector, choice)).findings;
  };

  it("a cleared log names who did it, and is the organisation's whose host it was", async () => {
    const [finding, ...others] = await find(
      [
        cleared(),
        cleared(60),
        {
          ...{ id: 104, channel: "System", provider: "Microsoft-Windows-Eventlog", time: later(30) },
          data: { Channel: "Application", SubjectUserName: "anna", SubjectDomainName: "CORP" },
        },
      ],
      { organisations: { ministry: "default" } },
    );
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      ...{ title: "Event logs cleared: WS-01", severity: "high", org_id: "ministry", attack: ["T1070.001"] },
      facts: { sign: "cleared", signs: 3, logs: ["Security", "Application"], accounts: ["CORP\\anna"] },
      ...{ first_seen: "2024-03-01T12:00:00Z", last_seen: "2024-03-01T12:01:00Z" },
    });
    expect(finding?.entities).toContainEqual({
      ...{ kind: "account", value: "CORP\\anna", realm: "default", role: "actor" },
    });
  });

  it("one sign has one time in its sentence", async () => {
    const [finding] = await find([cleared()]);
    expect(explainText(finding?.explanation ?? expect.fail(), MESSAGES)).toMatch(
      /^On WS-01 there is 1 sign of 2024-03-01 12:00 UTC that somebody .* the log Security was cleared\./,
    );
  });

  it("a cleared log that only programs write is medium", async () => {
    const application: MadeEvent = {
      ...{ id: 104, channel: "System", provider: "Microsoft-Windows-Eventlog", time: later(30) },
      data: { Channel: "Application", SubjectUserName: "anna", SubjectDomainName: "CORP" },
    };
    const [alone] = await find([application]);
    expect(alone).toMatchObject({ severity: "medium", facts: { sign: "cleared", logs: ["Application"] } });
    expect(alone?.caveats.join(" ")).toContain("set up or repaired");
  });

  it("104 of another provider, and what an event of another channel is numbered, is nothing", async () => {
    expect(
      told(
        await find([
          { id: 104, channel: "System", provider: "Service Control Manager", data: {} },
          { id: 1102, channel: "Application", data: {} },
          { id: 1102, channel: "System", data: {} },
        ]),
      ),
    ).toEqual([]);
  });

  it("one other kind of sign makes medium high, two make high critical; a day later they do not", async () => {
    const command = (seconds: number): MadeEvent => ({
      ...{ id: 1, channel: SYSMON, time: later(seconds) },
      data: { CommandLine: "auditpol /clear /y", User: "CORP\\anna" },
    });
    const stop: MadeEvent = {
      ...{
        id: 7034,
        channel: "System",
        time: later(120),
        data: { param1: "Windows Event Log", param2: "1" },
      },
    };
    expect(told(await find([cleared(), command(60)]))).toEqual([
      "high: Event logs cleared: WS-01",
      "high: Audit or logging policy weakened: WS-01",
    ]);
    await world.store([stop]);
    expect(told((await world.run(detector)).findings)[0]).toBe("critical: Event logs cleared: WS-01");
    await world.clear();
    expect(told(await find([cleared(), command(2 * 86_400)]))).toEqual([
      "high: Event logs cleared: WS-01",
      "medium: Audit or logging policy weakened: WS-01",
    ]);
  });

  it("a log full of signs keeps some and counts all", async () => {
    const [finding] = await find(Array.from({ length: 500 }, (_, index) => cleared(index)));
    expect(finding?.facts.signs).toBe(500);
    expect(finding?.last_seen).toBe("2024-03-01T12:08:19Z");
    expect(finding?.evidence.length).toBeLessThanOrEqual(12);
  });

  it("values that are made to break out stay values", async () => {
    const [finding] = await find([
      cleared(0, {
        host: "WS'; DROP TABLE windows_event; --",
        data: { SubjectUserName: `\u0000"'\u202e{0}`, SubjectDomainName: "A".repeat(100_000) },
      }),
    ]);
    expect(finding?.title).toBe("Event logs cleared: WS'; DROP TABLE windows_event; --");
    expect(finding?.evidence[0]?.summary.length).toBeLessThanOrEqual(301);
    expect((await world.run(detector)).evaluated[0]).toEqual({ what: "hosts", count: 1 });
  });

  it("the service that is started without the machine was stopped; one that comes up with the machine was not", async () => {
    const service = "stopped or crashed";
    expect(
      told(
        await find([
          boot(0),
          started(60),
          boot(10 * HOUR),
          started(10 * HOUR + 300),
          boot(20 * HOUR),
          started(20 * HOUR),
        ]),
      ),
    ).toEqual([]);
    await world.store([started(15 * HOUR)]);
    const [finding] = (await world.run(detector)).findings;
    expect(finding?.title).toContain(service);
    expect(finding?.first_seen).toBe("2024-03-02T03:00:00Z");
    // A log without any start of the machine was filtered: nothing can be said.
    await world.clear();
    expect(told(await find([started(0), started(5 * HOUR)]))).toEqual([]);
  });

  it("a start of the machine that System records and Security, with older and newer records, does not", async () => {
    const days = (at: number) => [boot(at), started(at + 10), logon(at + 60)];
    const whole = [0, 10, 20, 30].flatMap((hour) => days(hour * HOUR));
    expect(told(await find(whole))).toEqual([]);
    await world.clear();
    const [finding, ...more] = await find(
      whole.filter(({ channel, time }) => channel !== "Security" || !time?.startsWith("2024-03-02 08")),
    );
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ severity: "medium", facts: { sign: "silent", logs: ["Security"] } });
    // Security's own beginning was overwritten: its retention is shorter than System's.
    await world.clear();
    expect(
      told(
        await find(
          whole.filter(({ channel, time }) => channel !== "Security" || (time ?? "") > later(15 * HOUR)),
        ),
      ),
    ).toEqual([]);
  });

  it("a clock that was set explains a start without a record", async () => {
    const events = [0, 10, 20, 30].flatMap((hour) => [boot(hour * HOUR), started(hour * HOUR + 10)]);
    const security = [0, 10, 30].map((hour) => logon(hour * HOUR + 60));
    const set: MadeEvent = {
      ...{ id: 4616, channel: "Security", time: later(21 * HOUR) },
      data: { PreviousTime: "2024-03-02T08:00:00Z", NewTime: "2024-03-02T09:00:00Z" },
    };
    expect(told(await find([...events, ...security]))).toHaveLength(1);
    await world.store([set]);
    expect(told((await world.run(detector)).findings)).toEqual([]);
  });

  it("a channel that is silent for a day while its siblings log, and one that is silent on its nights", async () => {
    const hours = Array.from({ length: 120 }, (_, hour) => hour);
    const log = (channel: string, id: number, at: readonly number[]): MadeEvent[] =>
      at.map((hour) => ({ id, channel, data: {}, time: later(hour * HOUR), recordId: `${hour}` }));
    const silent = await find([
      ...log("Application", 1000, hours),
      ...log("System", 37, hours),
      ...log(
        "Microsoft-Windows-TaskScheduler/Operational",
        200,
        hours.filter((hour) => hour < 60 || hour >= 84),
      ),
    ]);
    expect(told(silent)).toEqual(["medium: A log silent while its siblings were written: WS-01"]);
    expect(silent[0]?.facts.logs).toEqual(["Microsoft-Windows-TaskScheduler/Operational"]);
    expect(JSON.stringify(silent[0]?.explanation)).toContain("in 24 hours");
    await world.clear();
    const days = hours.filter((hour) => hour % 24 < 10);
    expect(
      told(
        await find([
          ...log("Application", 1000, days),
          ...log("System", 37, days),
          ...log("Microsoft-Windows-TaskScheduler/Operational", 200, days),
        ]),
      ),
    ).toEqual([]);
  });
});

describe("silences", () => {
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
  const hours = (channel: string, at: readonly number[], records = 10) =>
    at.map((hour) => ({ channel, hour, records }));

  it("hardly ever where a log comes and goes by chance", () => {
    // 1000 logs of 300 hours that have records in nine of ten hours, by a fixed generator (numerical recipes' LCG).
    let state = 7;
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const others = [...hours("a", range(0, 300)), ...hours("b", range(0, 300))];
    const told = range(0, 1_000).filter(
      () =>
        silences(
          [
            ...others,
            ...hours(
              "c",
              range(0, 300).filter(() => random() < 0.9),
            ),
          ],
          1e-9,
        ).length > 0,
    );
    expect(told).toEqual([]);
  });

  it("what was overwritten at a log's beginning is none; its end is one", () => {
    const others = [...hours("a", range(0, 200)), ...hours("b", range(0, 200))];
    expect(silences([...others, ...hours("c", range(100, 200))], 1e-9)).toEqual([]);
    expect(silences([...others, ...hours("c", range(0, 150))], 1e-9)).toMatchObject([
      { channel: "c", from: 150, to: 199, hours: 50 },
    ]);
  });

  it("too little is known of a log of a day, and of one that is rarely written", () => {
    const others = [...hours("a", range(0, 60)), ...hours("b", range(0, 60))];
    expect(silences([...others, ...hours("c", range(0, 30))], 1e-9)).toEqual([]);
    expect(
      silences(
        [
          ...hours("a", range(0, 300)),
          ...hours("b", range(0, 300)),
          ...hours(
            "c",
            range(0, 200).filter((hour) => hour % 2 === 0),
          ),
        ],
        1e-9,
      ),
    ).toEqual([]);
  });
});
