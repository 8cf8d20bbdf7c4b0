import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { DetectContext } from "../../../src/detect/port.js";
import { detector } from "../../../src/detect/tool-transfer/index.js";
import { findingSchema } from "../../../src/model/finding.js";
import {
  at,
  contextFor,
  directoryOf,
  everyDay,
  type HttpRow,
  TestCase,
} from "../infrastructure-contact/support.js";

const PROGRAM = "application/x-dosexec";
const ELF = "application/x-executable";
const SEVEN_ZIP = "application/x-7z-compressed";
const BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:109.0) Gecko/20100101 Firefox/117.0";
const REDIRECTOR = "Microsoft-WebDAV-MiniRedir/10.0.18362";
const OUTSIDE = "203.0.113.9";
const INSIDE = "10.0.0.77";

const directory = directoryOf([{ cidr: "10.1.0.0/16", realm: "r1", org: "org1" }]);
const client = (number: number): string => `10.1.${Math.floor(number / 200)}.${1 + (number % 200)}`;

let test: TestCase;
beforeAll(async () => {
  test = await TestCase.open();
});
afterAll(() => test.close());
beforeEach(() => test.clear());

/** Sixty hosts, and logs that go back for twenty days. */
async function office(): Promise<void> {
  await test.flows(
    Array.from({ length: 60 }, (_, number) => ({ time: at(0), src: client(number), dst: "198.51.100.1" })),
  );
}

async function hunt(http: readonly HttpRow[], given: Partial<DetectContext> = {}) {
  await test.http(http);
  await test.flows(
    http.map(({ time, src, dst, port, uid }) => ({ time, src, dst, port: port ?? 80, ...(uid && { uid }) })),
  );
  await test.rollUp();
  await test.tenIsInside();
  await test.store.insert("source_slice", [{ batch_id: "b1", source_id: "log-s1", tlp: "amber" }]);
  const result = await detector.run(contextFor(test, detector, { directory, ...given }));
  for (const finding of result.findings) findingSchema.parse(finding);
  return result;
}

const told = ({ findings }: Awaited<ReturnType<typeof hunt>>) =>
  findings.map(({ severity, title, attack, facts }) => ({ severity, title, attack, signs: facts.signs }));

describe("programs that are fetched", () => {
  it("without an extension, without a user agent, from an address on an odd port: high, with the file's hash and the lines of both logs", async () => {
    await office();
    await test.files([
      { time: at(20) + 100, uid: "C1", src: OUTSIDE, dst: client(3), kind: PROGRAM, sha1: "a".repeat(40) },
    ]);
    const result = await hunt([
      {
        time: at(20),
        src: client(3),
        dst: OUTSIDE,
        host: OUTSIDE,
        port: 4443,
        path: "/m",
        received: [PROGRAM],
        uid: "C1",
      },
    ]);
    expect(told(result)).toEqual([
      {
        severity: "high",
        title: `${client(3)} fetched a program from ${OUTSIDE}`,
        attack: ["T1105", "T1071.001"],
        signs: ["name", "address", "port", "client"],
      },
    ]);
    const [finding] = result.findings;
    expect(finding).toMatchObject({
      org_id: "org1",
      tlp: "amber",
      entities: [
        { kind: "host", value: client(3), realm: "r1", role: "victim" },
        { kind: "address", value: OUTSIDE, role: "server" },
        { kind: "file", value: "a".repeat(40), role: "hash" },
      ],
    });
    expect(finding?.evidence.map(({ table }) => table)).toEqual(["http_activity", "file_activity"]);
    const value = (name: string) => finding?.components.find((each) => each.name === name)?.value;
    expect([value("rare"), value("new"), value("routine")]).toEqual([1, 1, 0]);
  });

  it("as a picture from a server with a name, by a tool: medium, and a masquerade", async () => {
    await office();
    const result = await hunt([
      {
        time: at(20),
        src: client(3),
        dst: OUTSIDE,
        host: "cdn.example.net",
        path: "/logo.png?v=2",
        agent: "curl/8.1",
        received: [PROGRAM],
      },
    ]);
    expect(told(result)).toMatchObject([
      { severity: "medium", attack: ["T1105", "T1071.001", "T1036.008"], signs: ["name", "client"] },
    ]);
    expect(result.findings[0]?.entities[1]).toEqual({
      kind: "domain",
      value: "cdn.example.net",
      role: "server",
    });
  });

  it("under their own name from an address outside, by a browser: low", async () => {
    await office();
    const result = await hunt([
      {
        time: at(20),
        src: client(3),
        dst: OUTSIDE,
        host: OUTSIDE,
        path: "/putty.exe",
        agent: BROWSER,
        received: [PROGRAM],
      },
    ]);
    expect(told(result)).toMatchObject([{ severity: "low", signs: ["address"] }]);
  });

  it("an ELF file by wget from an address: two signs, though no extension is expected of it", async () => {
    await office();
    const result = await hunt([
      {
        time: at(20),
        src: client(3),
        dst: OUTSIDE,
        host: OUTSIDE,
        path: "/a/arm7",
        agent: "Wget/1.21",
        received: [ELF],
      },
    ]);
    expect(told(result)).toMatchObject([{ severity: "medium", signs: ["address", "client"] }]);
  });

  it("by what Suricata says of the file, whatever the server claims; and by name where no log says what it is", async () => {
    await office();
    await test.files([
      { time: at(20), uid: "F1", src: OUTSIDE, dst: client(3), kind: PROGRAM, name: "/a/x.gif" },
    ]);
    const result = await hunt([
      {
        time: at(20),
        src: client(3),
        dst: OUTSIDE,
        host: OUTSIDE,
        path: "/a/x.gif?id=1",
        agent: "curl/8.1",
        received: ["image/gif"],
        uid: "F1",
      },
      {
        time: at(20),
        src: client(3),
        dst: OUTSIDE,
        host: OUTSIDE,
        path: "/a/y.gif",
        agent: "curl/8.1",
        received: ["image/gif"],
        uid: "F1",
      },
      {
        time: at(21),
        src: client(4),
        dst: "203.0.113.10",
        host: "203.0.113.10",
        path: "/x.dll",
        agent: "curl/8.1",
      },
    ]);
    expect(
      result.findings.map(({ facts: { form, signs, requests } }) => ({ form, signs, requests })),
    ).toEqual([
      { form: "program", signs: ["name", "address", "client"], requests: 1 },
      { form: "named program", signs: ["address", "client"], requests: 1 },
    ]);
  });

  it("through a proxy whose log has no user agents: the client is then no sign", async () => {
    const result = await hunt([
      {
        time: at(20),
        src: client(3),
        dst: "::",
        host: OUTSIDE,
        path: `http://${OUTSIDE}:8080/a.jpg`,
        port: 8080,
        received: ["application/x-msdos-program"],
        role: "proxy",
      },
    ]);
    expect(told(result)).toMatchObject([{ severity: "medium", signs: ["name", "address", "port"] }]);
  });

  it("a large file of which nothing says what it is: low, where a tool fetched it from an address outside", async () => {
    await office();
    const file = { time: at(20), src: client(3), agent: "curl/8.1", path: "/x1", bytes: 640_000 };
    const result = await hunt([
      { ...file, dst: OUTSIDE, host: OUTSIDE, port: 4443 },
      { ...file, dst: "203.0.113.2", host: "203.0.113.2", received: ["application/json"] },
      { ...file, dst: "203.0.113.3", host: "203.0.113.3", bytes: 6_400 },
      { ...file, dst: "203.0.113.4", host: "203.0.113.4", agent: BROWSER },
      { ...file, dst: "203.0.113.5", host: "203.0.113.5", path: "/x.html" },
      { ...file, dst: "203.0.113.6", host: "data.example.org" },
      { ...file, dst: INSIDE, host: INSIDE, port: 4443 },
    ]);
    expect(told(result)).toMatchObject([{ severity: "low", signs: ["address", "port", "client"] }]);
  });

  it("what comes back of a POST: the bytes are those of the answer", async () => {
    await office();
    const { findings } = await hunt([
      {
        ...{ time: at(20), src: client(3), dst: OUTSIDE, host: OUTSIDE, method: "POST", path: "/gate" },
        ...{ received: [PROGRAM], bytes: 640_000 },
      },
    ]);
    expect(findings[0]?.facts).toMatchObject({ way: "fetch", form: "program", bytes: 640_000 });
  });

  it("through a proxy, seen before it, without a Host header: the server is who the address names, not the proxy", async () => {
    await office();
    const request = { time: at(20), dst: INSIDE, port: 8080, received: [PROGRAM] };
    const result = await hunt([
      { ...request, src: client(3), path: `http://${OUTSIDE}/logo.png` },
      { ...request, src: client(4), path: "http://CDN.example.net:8000/logo.png" },
    ]);
    expect(result.findings.map(({ title }) => title).sort()).toEqual([
      `${client(3)} fetched a program from ${OUTSIDE}`,
      `${client(4)} fetched a program from cdn.example.net`,
    ]);
    expect(result.findings.map(({ facts }) => facts.clients_of_server)).toEqual([1, 1]);
  });

  it("a name that the server gives to the file is a name", async () => {
    await office();
    await test.files([
      { time: at(20), uid: "C1", src: OUTSIDE, dst: client(3), kind: PROGRAM, name: "setup.exe" },
    ]);
    const result = await hunt([
      {
        time: at(20),
        src: client(3),
        dst: OUTSIDE,
        host: OUTSIDE,
        path: "/get",
        agent: BROWSER,
        received: [PROGRAM],
        uid: "C1",
      },
    ]);
    expect(told(result)).toMatchObject([{ severity: "low", signs: ["address"] }]);
  });

  it("a false name is told though many hosts fetched it: half as routine", async () => {
    await office();
    const http = Array.from({ length: 6 }, (_, number) => ({
      ...{ time: at(20, 10, number), src: client(number), dst: OUTSIDE, host: OUTSIDE },
      ...{ path: "/a.png", received: [PROGRAM] },
    }));
    const result = await hunt(http);
    expect(told(result).map(({ severity }) => severity)).toEqual(Array(6).fill("low"));
  });

  it("what is called otherwise by nobody is quiet: a failed request, a page, another's server", async () => {
    const odd = { time: at(20), dst: OUTSIDE, host: OUTSIDE, received: [PROGRAM] };
    const result = await hunt([
      { ...odd, src: client(3), path: "/m", status: 404 },
      { ...odd, src: client(3), path: "/m", received: ["text/html"] },
      { ...odd, src: client(3), path: "/x.exe", received: ["text/html"] },
      { ...odd, src: "198.51.100.7", dst: client(3), path: "/m" },
      { ...odd, src: client(3), path: "/m", role: "server" },
    ]);
    expect(result.findings).toEqual([]);
  });
});

describe("archives that are sent", () => {
  const put = {
    host: INSIDE,
    dst: INSIDE,
    method: "PUT",
    path: "/webdav/x.7z",
    agent: REDIRECTOR,
    sent: [SEVEN_ZIP],
  };

  it("by WebDAV to a server of our network that gives programs, with a certificate of its own making: medium both", async () => {
    await office();
    await test.tls([
      {
        time: at(20),
        src: client(4),
        dst: INSIDE,
        port: 8443,
        sni: INSIDE,
        validation: "self signed certificate",
      },
    ]);
    const result = await hunt([
      { ...put, time: at(20), src: client(3) },
      {
        time: at(20, 11),
        src: client(3),
        dst: INSIDE,
        host: INSIDE,
        path: "/webdav/tool.exe",
        agent: REDIRECTOR,
        received: [PROGRAM],
      },
    ]);
    expect(told(result)).toMatchObject([
      { severity: "medium", attack: ["T1048.003"], signs: ["webdav", "both ways", "certificate"] },
      { severity: "medium", attack: ["T1105", "T1071.001"], signs: ["webdav", "both ways", "certificate"] },
    ]);
    expect(result.findings[0]?.entities[1]).toMatchObject({ kind: "address", realm: "r1" });
  });

  it("by a tool to an address outside: medium; posted by a browser to one: low", async () => {
    await office();
    const result = await hunt([
      { ...put, time: at(20), src: client(3), dst: OUTSIDE, host: OUTSIDE, agent: "curl/8.1" },
      {
        ...put,
        time: at(20),
        src: client(4),
        dst: "203.0.113.8",
        host: "203.0.113.8",
        method: "POST",
        path: "/up.php",
        agent: BROWSER,
      },
    ]);
    expect(told(result)).toMatchObject([
      { severity: "medium", signs: ["address", "client"] },
      { severity: "low", signs: ["address"] },
    ]);
  });

  it("an upload that staging-and-exfiltration tells is not told again, and still makes the server one that takes archives", async () => {
    await office();
    const http = [
      { ...put, time: at(20), src: client(3), dst: OUTSIDE, host: OUTSIDE, agent: "curl/8.1" },
      {
        time: at(20, 11),
        src: client(3),
        dst: OUTSIDE,
        host: OUTSIDE,
        path: "/t.exe",
        agent: BROWSER,
        received: [PROGRAM],
      },
    ];
    const alone = await hunt(http);
    expect(alone.findings.map(({ facts }) => facts.way)).toEqual(["send", "fetch"]);
    const staging = {
      ...(alone.findings[0] as (typeof alone.findings)[0]),
      detector: "staging-and-exfiltration",
      entities: [
        { kind: "host" as const, value: "ws-03", role: "victim" },
        { kind: "address" as const, value: client(3), role: "victim" },
        { kind: "address" as const, value: OUTSIDE, role: "destination" },
      ],
    };
    const { findings } = await detector.run(contextFor(test, detector, { directory, findings: [staging] }));
    expect(findings.map(({ facts: { way, signs } }) => [way, signs])).toEqual([
      ["fetch", ["address", "both ways"]],
    ]);
  });
});

describe("what looks alike and is harmless", () => {
  /** By one host of its own each, with servers of its own. */
  const CASES: Record<string, (src: string, inside: string, outside: string) => HttpRow[]> = {
    "Delivery Optimization and Connected Cache, from addresses of peers and of providers' caches": (
      src,
      inside,
      outside,
    ) =>
      [inside, outside].map((host) => ({
        ...{ time: at(20), src, dst: host, host, received: [PROGRAM] },
        path: "/filestreamingservice/files/7bc846e0-af9c-49be-a03d-bb04428c9bb5?P1=1&P2=402",
        agent: "Microsoft-Delivery-Optimization/10.0",
      })),
    "Windows Update from a cache by address": (src, _inside, outside) => [
      {
        ...{ time: at(20), src, dst: outside, host: outside, received: [PROGRAM] },
        path: "/d/msdownload/update/software/secu/2023/08/windows10.0-kb5029244-x64.exe",
        agent: "Microsoft BITS/7.8",
      },
    ],
    "WSUS on port 8530": (src, inside, _outside) => [
      {
        ...{ time: at(20), src, dst: inside, host: inside, port: 8530, received: [PROGRAM] },
        path: `/Content/4A/${"0AB1".repeat(10)}.exe`,
        agent: "Windows-Update-Agent/10.0.10011.16384 Client-Protocol/2.50",
      },
    ],
    "a distribution point of Configuration Manager": (src, inside, _outside) => [
      {
        ...{ time: at(20), src, dst: inside, host: inside, received: [PROGRAM] },
        path: "/SMS_DP_SMSPKG$/Content_0b1c2d.1/sccm?/setup",
        agent: "Microsoft BITS/7.8",
      },
    ],
    "an antivirus updater at addresses that many hosts use": (_src, _inside, outside) =>
      Array.from({ length: 40 }, (_, number) => ({
        ...{ time: at(20, 8, number), src: client(number), dst: outside, host: outside, port: 8080 },
        ...{ path: "/av/engine.dll", agent: "VendorUpdate/3.1", received: [PROGRAM] },
      })),
    "a vendor's updater by name, without an extension": (src, _inside, outside) => [
      {
        ...{ time: at(20), src, dst: outside, host: "update.vendor.example" },
        ...{ path: "/release/latest", agent: "VendorUpdate/3.1", received: [PROGRAM] },
      },
    ],
    "a browser's download of an installer, and a script's of a program, from sites with names": (
      src,
      _inside,
      outside,
    ) => [
      {
        time: at(20),
        src,
        dst: outside,
        host: "dl.example.org",
        path: "/setup.exe",
        agent: BROWSER,
        received: [PROGRAM],
      },
      {
        time: at(20),
        src,
        dst: outside,
        host: "dl.example.org",
        path: "/tool",
        agent: "curl/8.1",
        received: [ELF],
      },
      {
        time: at(20),
        src,
        dst: outside,
        host: "cdn.example.org",
        path: "/f/3a9c",
        agent: BROWSER,
        received: [PROGRAM],
      },
    ],
    "package mirrors by address": (src, inside, _outside) => [
      {
        ...{ time: at(20), src, dst: inside, host: inside, agent: "Debian APT-HTTP/1.3 (2.6.1)" },
        ...{
          path: "/debian/pool/main/c/curl/curl_7.88.1_amd64.deb",
          received: ["application/x-debian-package"],
        },
      },
    ],
    "a machine that boots from the network, without a user agent": (src, inside, _outside) => [
      {
        time: at(20),
        src,
        dst: inside,
        host: inside,
        path: "/boot/x64/wdsmgfw.efi",
        received: [PROGRAM],
      },
    ],
    "a camera's firmware": (src, _inside, outside) => [
      {
        time: at(20),
        src,
        dst: outside,
        host: outside,
        path: "/fw/update.bin",
        received: ["application/octet-stream"],
      },
    ],
    "an internal web server, and a deployment's share by WebDAV": (src, inside, _outside) => [
      {
        time: at(20),
        src,
        dst: inside,
        host: inside,
        path: "/deploy/agent.msi",
        agent: BROWSER,
        received: [PROGRAM],
      },
      {
        time: at(20),
        src,
        dst: inside,
        host: inside,
        path: "/share/agent.exe",
        agent: REDIRECTOR,
        received: [PROGRAM],
      },
      {
        time: at(20),
        src,
        dst: inside,
        host: "deploy.corp",
        path: "/share/agent.exe",
        agent: REDIRECTOR,
        received: [PROGRAM],
      },
    ],
    "a build server by address and port, for a script": (src, inside, _outside) => [
      {
        time: at(20),
        src,
        dst: inside,
        host: inside,
        port: 8081,
        path: "/job/7/tool",
        agent: BROWSER,
        received: [ELF],
      },
    ],
    "a backup that puts an archive onto the NAS every night, with a certificate of its own making": (
      src,
      inside,
      _outside,
    ) =>
      everyDay(5, 25, (day) => ({
        ...{ time: at(day, 2), src, dst: inside, host: inside, method: "PUT", sent: [SEVEN_ZIP] },
        ...{ path: `/backup/${day}.7z`, agent: REDIRECTOR },
      })),
    "a crash reporter that posts archives to its vendor": (src, _inside, outside) => [
      {
        ...{ time: at(20), src, dst: outside, host: "crash.vendor.example", method: "POST" },
        ...{ path: "/report", agent: "CrashReporter/2", sent: ["application/zip"] },
      },
    ],
  };

  it("none of these is told", async () => {
    await office();
    const names = Object.keys(CASES);
    const cases = Object.values(CASES).map((rows, number) =>
      rows(client(number), `10.0.0.${number + 1}`, `203.0.113.${number + 1}`),
    );
    await test.tls(
      names.map((_, number) => ({
        ...{
          time: at(20),
          src: client(number),
          dst: `10.0.0.${number + 1}`,
          validation: "self signed certificate",
        },
      })),
    );
    const { findings, evaluated } = await hunt(cases.flat());
    const nameOf = (host: string) => names.find((_, number) => client(number) === host);
    expect(findings.map(({ title, entities }) => [nameOf(entities[0]?.value ?? ""), title])).toEqual([]);
    expect(evaluated[0]?.count).toBe(cases.flat().length);
    expect(evaluated[2]?.count).toBe(5);
  });

  it("what the case allows, by address and by name", async () => {
    const http: HttpRow[] = [OUTSIDE, "cdn.example.net"].map((host) => ({
      ...{ time: at(20), src: client(3), dst: OUTSIDE, host, path: "/a.png", received: [PROGRAM] },
    }));
    const { findings } = await hunt(http, {
      allow: { domain: () => false, address: (ip) => ip === OUTSIDE },
    });
    expect(findings).toEqual([]);
  });

  it("habit: what a host does day after day is routine with a server inside, and with one outside that has a name; an address outside stays told", async () => {
    await office();
    const odd = { src: client(3), path: "/m", port: 8080, received: [PROGRAM] };
    const daily = (row: Pick<HttpRow, "dst" | "host">) =>
      everyDay(2, 25, (day) => ({ ...odd, ...row, time: at(day) }));
    const result = await hunt([
      ...daily({ dst: INSIDE, host: INSIDE }),
      ...daily({ dst: "203.0.113.8", host: "dl.example.org" }),
      ...daily({ dst: OUTSIDE, host: OUTSIDE }),
    ]);
    expect(result.findings.map(({ severity, facts }) => [severity, facts.server, facts.days])).toEqual([
      ["medium", OUTSIDE, 23],
    ]);
  });
});

describe("what cannot be judged", () => {
  it("says so where no host of ours asked anything, and where nobody knows which hosts are ours", async () => {
    const odd = { time: at(20), dst: OUTSIDE, host: OUTSIDE, path: "/m", received: [PROGRAM] };
    expect((await hunt([{ ...odd, src: "198.51.100.7" }])).notTested).toMatch(/no inside host is known/);
    await test.flows([{ time: at(1), src: client(3), dst: OUTSIDE }]);
    await test.tenIsInside();
    expect((await hunt([])).notTested).toMatch(/no HTTP request of a host of ours/);
  });

  it("bounds what it looks at and tells, and says what it left out", async () => {
    const http = Array.from({ length: 5 }, (_, number) => ({
      ...{ time: at(20), src: client(3), dst: `203.0.113.${number + 1}`, host: `203.0.113.${number + 1}` },
      ...{ path: "/a.png", received: [PROGRAM] },
    }));
    await hunt(http);
    const context = contextFor(test, detector, { directory, parameters: { max_groups: 3, max_findings: 2 } });
    const { findings, evaluated } = await detector.run(context);
    expect(findings).toHaveLength(2);
    expect(evaluated.find(({ what }) => what.includes("there were more"))?.count).toBe(3);
    expect(evaluated.at(-1)).toMatchObject({ count: 1 });
  });

  it("takes hostile names, paths and agents as they are", async () => {
    const text = "<script>'); DROP TABLE x; --\\\u0000\n=cmd|' /C calc'!A0";
    const { findings } = await hunt([
      {
        time: at(20),
        src: client(3),
        dst: OUTSIDE,
        host: OUTSIDE,
        path: `/${text.repeat(50)}.png`,
        agent: text.repeat(50),
        received: [PROGRAM],
      },
      { time: at(20), src: client(3), dst: OUTSIDE, host: text, path: "/%00.png", received: [PROGRAM] },
    ]);
    expect(findings.length).toBe(2);
    for (const { evidence } of findings)
      for (const { summary } of evidence) expect(summary.length).toBeLessThan(600);
  });
});
