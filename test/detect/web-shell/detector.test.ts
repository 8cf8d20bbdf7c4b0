import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/web-shell/index.js";
import { hostDirectory } from "../../../src/intel/hosts/directory.js";
import { HostNames } from "../../../src/intel/hosts/names.js";
import { DAY, HOUR, MINUTE, parseTime } from "../../../src/kernel/time.js";
import { contextFor, directoryOf, TestCase } from "../infrastructure-contact/support.js";
import { runDetector, SYSMON } from "../windows/world.js";

const T0 = parseTime("2024-03-01 08:00:00");
const SERVER = "10.1.0.80";
const stamp = (time: number) => new Date(time).toISOString().slice(0, 23).replace("T", " ");

interface Request {
  time: number;
  path: string;
  client?: string;
  method?: string;
  status?: number;
  agent?: string;
  referrer?: string;
  user?: string;
  role?: "sensor" | "server" | "proxy";
}

describe("web-shell (made-up logs)", () => {
  let test: TestCase;
  let line = 0;
  beforeAll(async () => {
    test = await TestCase.open();
  });
  beforeEach(() => test.clear());
  afterAll(() => test.close());

  const common = (time: number) => ({
    ...{ batch_id: "b1", source_id: "log", source_line: ++line, sensor_id: "s1", address_realm: "r1" },
    time: stamp(time),
  });
  const requests = (rows: readonly Request[]) =>
    test.store.insert(
      "http_activity",
      rows.map(({ time, path, client = "198.51.100.7", method = "GET", status = 200, ...more }) => ({
        ...common(time),
        src_endpoint_ip: client,
        dst_endpoint_ip: SERVER,
        url_path: path,
        http_method: method,
        http_status: status,
        user_agent: more.agent ?? "Mozilla/5.0",
        referrer: more.referrer ?? "",
        user_name: more.user ?? "",
        log_role: more.role ?? "server",
      })),
    );
  const events = (
    rows: readonly {
      time: number;
      id: number;
      data: Record<string, string>;
      host?: string;
      channel?: string;
    }[],
  ) =>
    test.store.insert(
      "windows_event",
      rows.map(({ time, id, data, host = "WEB-01", channel = SYSMON }) => ({
        ...common(time),
        channel,
        provider: "Microsoft-Windows-Sysmon",
        event_id: id,
        computer: host,
        data,
      })),
    );
  /** Two weeks of forty people who read pages that lead to each other. */
  const ordinary = (): Request[] =>
    Array.from({ length: 14 }, (_, day) => day).flatMap((day) =>
      Array.from({ length: 40 }, (_, person) => ({
        time: T0 + day * DAY + person * MINUTE,
        client: `203.0.113.${person + 1}`,
        path: "/news.aspx?id=4",
        agent: `Mozilla/5.0 (${person % 7})`,
        referrer: "https://site.example/",
      })),
    );
  const posts = (path: string, from: number, count: number, more: Partial<Request> = {}): Request[] =>
    Array.from({ length: count }, (_, index) => ({
      time: from + index * 30_000,
      path,
      method: "POST",
      ...more,
    }));
  const started = (time: number, command: string, more: Record<string, string> = {}) => ({
    time,
    id: 1,
    data: {
      Image: "C:\\Windows\\System32\\cmd.exe",
      CommandLine: command,
      ParentImage: "C:\\Windows\\System32\\inetsrv\\w3wp.exe",
      User: "IIS APPPOOL\\site",
      ...more,
    },
  });
  const wrote = (time: number, path: string, by: string) => ({
    time,
    id: 11,
    data: { TargetFilename: path, Image: by },
  });
  const hosts = () =>
    hostDirectory(new HostNames([{ realm: "r1", host: "WEB-01" }]), [
      {
        realm: "r1",
        host: "web-01",
        address: SERVER,
        kind: "connection",
        first: T0 - DAY,
        last: T0 + 20 * DAY,
        observations: 9,
      },
    ]);
  const find = async (parameters: Record<string, number> = {}, allowed: readonly string[] = []) => {
    const directory = directoryOf([{ cidr: "10.1.0.0/16", realm: "r1", org: "alpha" }]);
    return (await runDetector(test.store, detector, { directory, hosts: await hosts(), parameters, allowed }))
      .findings;
  };

  it("a new page that one address sends to is medium, and a command in a query is high", async () => {
    await requests([...ordinary(), ...posts("/images/x.aspx", T0 + 9 * DAY, 12, { agent: "python" })]);
    const [finding] = await find();
    expect(finding).toMatchObject({ severity: "medium", org_id: "alpha", attack: ["T1505.003"] });
    expect(finding?.entities).toContainEqual({
      kind: "address",
      value: "198.51.100.7",
      realm: "r1",
      role: "client",
    });
    expect(finding?.facts.page).toBe("/images/x.aspx");
    await requests([{ time: T0 + 10 * DAY, path: "/images/x.aspx?c=cmd+/c+whoami%20/all" }]);
    expect((await find())[0]?.severity).toBe("high");
  });

  it("what only listed addresses ask for, or a listed server, is no finding", async () => {
    await requests([...ordinary(), ...posts("/images/x.aspx", T0 + 9 * DAY, 12, { agent: "python" })]);
    expect(await find({}, ["203.0.113.1"])).toHaveLength(1);
    expect(await find({}, ["198.51.100.7"])).toEqual([]);
    expect(await find({}, [SERVER])).toEqual([]);
    await requests([{ time: T0 + 10 * DAY, path: "/images/x.aspx", method: "POST", client: "198.51.100.8" }]);
    expect(await find({}, ["198.51.100.7"])).toHaveLength(1);
  });

  it("requests, file and commands of one page on one host are one finding, and critical", async () => {
    const at = T0 + 9 * DAY;
    await requests([...ordinary(), ...posts("/uploads/x.aspx", at, 12, { agent: "python" })]);
    await events([
      wrote(at - HOUR, "C:\\inetpub\\wwwroot\\uploads\\x.aspx", "C:\\Windows\\System32\\inetsrv\\w3wp.exe"),
      started(at + 30_000, "cmd.exe /c whoami & net user"),
    ]);
    const findings = await find();
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      severity: "critical",
      facts: { sides: ["requests", "file", "commands"] },
    });
  });

  it("a tunnel is known by its queries, and by its rate where it has none", async () => {
    const fast = (path: string, every: number) =>
      Array.from({ length: 600 }, (_, index) => ({
        time: T0 + 2 * DAY + index * every,
        path: typeof path === "string" ? path : "",
        method: index % 2 === 0 ? "POST" : "GET",
      }));
    await requests([...ordinary(), ...fast("/erp/t.aspx?cmd=read", 500)]);
    expect((await find())[0]).toMatchObject({ severity: "high", attack: ["T1505.003", "T1572"] });
    await test.clear();
    await requests([...ordinary(), ...fast("/erp/t.aspx", 500)]);
    expect((await find())[0]).toMatchObject({ severity: "high", attack: ["T1505.003", "T1572"] });
    await test.clear();
    await requests([...ordinary(), ...fast("/erp/t.aspx", 20_000)]);
    expect((await find()).flatMap(({ attack }) => attack)).not.toContain("T1572");
  });

  it("interfaces of long standing, mail, health checks and a page for administrators are nothing", async () => {
    const daily = (path: string, more: Partial<Request>) =>
      Array.from({ length: 14 }, (_, day) => posts(path, T0 + day * DAY, 20, more)).flat();
    await requests([
      ...ordinary(),
      ...daily("/api/orders", { client: "10.1.0.9", agent: "erp/2" }),
      ...daily("/service/orders.asmx", { client: "10.1.0.9", agent: "erp/2" }),
      ...daily("/health.aspx", { client: "10.1.0.5", method: "GET", agent: "probe" }),
      ...daily("/wp-admin/admin-ajax.php", {
        client: "10.1.0.3",
        referrer: "https://site.example/wp-admin/index.php",
      }),
      ...ordinary().map((each) => ({ ...each, path: "/upload.aspx", method: "POST" })),
      ...daily("/owa/service.svc", {
        client: "10.1.0.4",
        user: "anna",
        referrer: "https://site.example/owa/",
      }),
    ]);
    expect(await find()).toEqual([]);
  });

  it("a scanner that asks every page for a command finds nothing for us, and a proxy's log is none of our servers'", async () => {
    const scan = Array.from({ length: 200 }, (_, index) => ({
      time: T0 + DAY + index * 1000,
      client: "192.0.2.66",
      path: index % 50 === 0 ? "/news.aspx?x=whoami" : `/missing${index}.php?x=whoami`,
      status: index % 50 === 0 ? 200 : 404,
    }));
    await requests([
      ...ordinary(),
      ...scan,
      ...posts("http://elsewhere.example/x.php?c=whoami", T0, 9, { role: "proxy" }),
    ]);
    expect(await find()).toEqual([]);
  });

  it("what an application starts and deploys as a habit is nothing", async () => {
    await events([
      ...Array.from({ length: 10 }, (_, day) => started(T0 + day * DAY, "cmd.exe /c C:\\app\\report.bat")),
      {
        ...started(T0, "csc.exe /t:library"),
        data: { ...started(T0, "").data, Image: "C:\\Windows\\Microsoft.NET\\csc.exe" },
      },
      ...Array.from({ length: 30 }, (_, index) =>
        wrote(
          T0 + index * 1000,
          `C:\\inetpub\\wwwroot\\shop\\p${index}.aspx`,
          "C:\\Program Files\\IIS\\Microsoft Web Deploy V3\\msdeploy.exe",
        ),
      ),
      wrote(T0, "C:\\inetpub\\wwwroot\\about.aspx", "C:\\Windows\\explorer.exe"),
      wrote(T0, "/var/www/site/cache/tpl_4.php", "/usr/sbin/php-fpm8.2"),
    ]);
    expect(await find()).toEqual([]);
  });

  it("commands without a page, by parent, account or auditd's account, are a finding of the host", async () => {
    await events([
      started(T0, "whoami", {
        Image: "C:\\Windows\\System32\\whoami.exe",
        ParentImage: "C:\\Windows\\System32\\cmd.exe",
      }),
    ]);
    expect(await find()).toMatchObject([
      { severity: "high", title: "The web server of WEB-01 started shells or commands" },
    ]);
    await test.clear();
    await test.store.insert("windows_event", [
      {
        ...{
          ...common(T0),
          channel: "auditd",
          provider: "auditd",
          event_id: 1309,
          computer: "lin-1",
          data: { a0: "sh" },
        },
        context: { exe: "/bin/dash", command_line: "sh -c 'id; uname -a; cat /etc/passwd'", UID: "www-data" },
      },
    ]);
    expect(await find()).toMatchObject([
      { severity: "high", title: "The web server of lin-1 started shells or commands" },
    ]);
  });

  it("hostile values are text: NUL, quotes, bytes that are no UTF-8, very long paths and commands", async () => {
    const nasty = `/a'"\\\u0000<script>${"x".repeat(5000)}.aspx`;
    await requests([
      ...ordinary(),
      ...posts(`${nasty}?q='; DROP TABLE http_activity; --&c=cmd /c dir`, T0 + 9 * DAY, 9),
      ...posts("/%ff%fe%00.aspx", T0 + 9 * DAY, 9),
    ]);
    await events([started(T0, `cmd.exe /c "whoami ${"\u0000'\\".repeat(10_000)}`)]);
    const findings = await find();
    expect(findings.length).toBeGreaterThan(1);
    for (const { title } of findings) expect(title.length).toBeLessThan(300);
  });

  it("an empty case is not tested, and a sensor's requests count only for servers of ours", async () => {
    expect((await runDetector(test.store, detector)).notTested).toMatch(/no requests/);
    await requests(posts("/x.aspx?c=whoami", T0, 9, { role: "sensor" }));
    expect(await find()).toEqual([]);
    await test.store.insert("internal_host", [{ address_realm: "r1", ip: SERVER }]);
    expect((await find()).map(({ severity }) => severity)).toEqual(["high"]);
    expect(contextFor(test, detector).parameter("most_clients")).toBe(10);
  });
});
