import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hostsStep, loadHostDirectory } from "../../src/pipeline/host-directory.js";
import { type CaseFolder, openCaseFolder } from "./support/case-folder.js";

const SYSMON = "Microsoft-Windows-Sysmon/Operational";
let folder: CaseFolder;
beforeEach(async () => {
  folder = await openCaseFolder();
});
afterEach(() => folder.close());

let record = 0;
/** A line of `longwatch evtx --jsonl`. */
function event(
  channel: string,
  id: number,
  computer: string,
  data: Record<string, string>,
  time = "2026-03-02T08:00:00Z",
): string {
  record++;
  const provider = channel === SYSMON ? "Microsoft-Windows-Sysmon" : "Microsoft-Windows-Security-Auditing";
  return JSON.stringify({
    record_id: record,
    time,
    channel,
    provider,
    event_id: id,
    computer,
    system: { EventRecordID: String(record), Level: "0" },
    data,
  });
}

const put = (path: string, ...lines: string[]) => folder.put(path, `${lines.join("\n")}\n`);

const identities = () =>
  folder.query<Record<string, unknown>>(
    `SELECT kind, host, replaceOne(toString(address), '::ffff:', '') AS address, sum(observations) AS n FROM host_identity
     GROUP BY kind, host, address ORDER BY kind, host, address`,
  );

const told = async () =>
  (await identities()).map(({ kind, host, address, n }) => `${kind} ${host} ${address} ${n}`);

describe("what records say of names and addresses", () => {
  it("Sysmon 3 gives the host's own address, whichever side began", async () => {
    const ends = { SourceIp: "10.0.0.5", DestinationIp: "10.0.0.9" };
    put(
      "a.jsonl",
      event(SYSMON, 3, "WS1.corp.example", { ...ends, Initiated: "true" }),
      event(SYSMON, 3, "WS1.corp.example", { ...ends, Initiated: "true" }),
      event(SYSMON, 3, "SRV.corp.example", { ...ends, Initiated: "false" }),
      event(SYSMON, 3, "SRV.corp.example", {
        SourceIp: "2001:DB8::9",
        DestinationIp: "2001:db8::1",
        Initiated: "true",
      }),
      // The answer of a name server, which Sysmon may tell as if its client had got a datagram.
      event(SYSMON, 3, "SRV.corp.example", {
        SourceIp: "10.0.0.9",
        DestinationIp: "10.0.0.5",
        Protocol: "udp",
        Initiated: "false",
      }),
      // Neither of these is an address of one machine.
      event(SYSMON, 3, "WS1", { SourceIp: "127.0.0.1", DestinationIp: "127.0.0.1", Initiated: "true" }),
      event(SYSMON, 3, "WS1", { SourceIp: "fe80::1", DestinationIp: "ff02::1", Initiated: "true" }),
      event(SYSMON, 3, "WS1", { SourceIp: "169.254.3.4", DestinationIp: "1.1.1.1", Initiated: "true" }),
    );
    await folder.ingest();
    expect(await told()).toEqual([
      "connection srv.corp.example 10.0.0.9 1",
      "connection srv.corp.example 2001:db8::9 1",
      "connection ws1.corp.example 10.0.0.5 2",
    ]);
  });

  it("logons name the machine that logs on only where they come over the network with NTLM", async () => {
    const ntlm = { LogonType: "3", AuthenticationPackageName: "NTLM", TargetUserName: "eve" };
    put(
      "a.jsonl",
      event("Security", 4624, "DC", { ...ntlm, WorkstationName: "\\\\WS1", IpAddress: "10.0.0.5" }),
      event("Security", 4625, "DC", { ...ntlm, WorkstationName: "WS2", IpAddress: "::ffff:10.0.0.6" }),
      // Remote desktop: the workstation is the server itself.
      event("Security", 4624, "DC", {
        ...ntlm,
        LogonType: "10",
        WorkstationName: "DC",
        IpAddress: "10.0.0.7",
      }),
      event("Security", 4624, "DC", {
        ...ntlm,
        AuthenticationPackageName: "Kerberos",
        WorkstationName: "-",
        IpAddress: "10.0.0.8",
      }),
      // Somebody outside guesses.
      event("Security", 4625, "DC", { ...ntlm, WorkstationName: "kali", IpAddress: "203.0.113.9" }),
      event("Security", 4624, "DC", { ...ntlm, WorkstationName: "WORKSTATION", IpAddress: "10.0.0.9" }),
      event("Security", 4776, "DC", { Workstation: "WS1", TargetUserName: "eve" }),
      event("Security", 4778, "DC", { ClientName: "LAPTOP", ClientAddress: "10.0.0.10", AccountName: "eve" }),
    );
    await folder.ingest();
    expect(await told()).toEqual([
      "logon ws1 10.0.0.5 1",
      "logon ws2 10.0.0.6 1",
      "session laptop 10.0.0.10 1",
    ]);
  });

  it("a machine's account shows where it asks from", async () => {
    put(
      "a.jsonl",
      event("Security", 4768, "DC", { TargetUserName: "WS1$", IpAddress: "::ffff:10.0.0.5", Status: "0x0" }),
      event("Security", 4769, "DC", {
        TargetUserName: "WS1$@CORP.EXAMPLE",
        IpAddress: "10.0.0.5",
        Status: "0x0",
      }),
      event("Security", 4624, "FS", {
        TargetUserName: "WS1$",
        IpAddress: "10.0.0.5",
        LogonType: "3",
        WorkstationName: "-",
      }),
      event("Security", 4768, "DC", { TargetUserName: "GONE$", IpAddress: "10.0.0.5", Status: "0x6" }),
      event("Security", 4768, "DC", { TargetUserName: "eve", IpAddress: "10.0.0.5", Status: "0x0" }),
    );
    await folder.ingest();
    expect(await told()).toEqual(["machine-account ws1 10.0.0.5 3"]);
  });

  it("however the channel is written, the classes and the names of hosts have the event", async () => {
    const ntlm = { LogonType: "3", AuthenticationPackageName: "NTLM", TargetUserName: "eve" };
    put("a.jsonl", event("security", 4624, "DC", { ...ntlm, WorkstationName: "WS1", IpAddress: "10.0.0.5" }));
    await folder.ingest();
    expect(await told()).toEqual(["logon ws1 10.0.0.5 1"]);
    expect(
      await folder.query("SELECT metadata_log_name AS log, user_name AS user FROM authentication"),
    ).toEqual([{ log: "Security", user: "eve" }]);
  });

  it("Zeek's dhcp.log gives leases", async () => {
    const lease = { mac: "08:00:27:AA:00:01", msg_types: ["REQUEST", "ACK"], lease_time: 600.0 };
    put(
      "dhcp.log",
      JSON.stringify({
        ts: 1772438400.5,
        uids: ["C1"],
        ...lease,
        host_name: "WS1",
        client_fqdn: "WS1.corp.example",
        assigned_addr: "10.0.0.5",
      }),
      JSON.stringify({
        ts: 1772438401.5,
        uids: ["C2"],
        ...lease,
        host_name: "phone",
        assigned_addr: "10.0.0.6",
      }),
      JSON.stringify({ ts: 1772438402.5, uids: ["C3"], ...lease, host_name: "nothing" }),
    );
    const reports = await folder.ingest();
    expect(reports.get("dhcp.log")).toMatchObject({ log: "dhcp", rows: 3, rejected: 0 });
    expect(await told()).toEqual(["dhcp phone 10.0.0.6 1", "dhcp ws1.corp.example 10.0.0.5 1"]);
    expect(
      await folder.query(
        "SELECT client_mac, client_hostname, client_fqdn, toString(assigned_ip) AS ip, lease_time, message_types, connection_uids FROM dhcp_activity ORDER BY time LIMIT 1",
      ),
    ).toEqual([
      {
        client_mac: "08:00:27:aa:00:01",
        client_hostname: "ws1",
        client_fqdn: "ws1.corp.example",
        ip: "::ffff:10.0.0.5",
        lease_time: 600,
        message_types: ["REQUEST", "ACK"],
        connection_uids: ["C1"],
      },
    ]);
  });

  it("is one row a day, and a second import adds none", async () => {
    const line = (time: string) =>
      event(SYSMON, 3, "WS1", { SourceIp: "10.0.0.5", DestinationIp: "10.0.0.9", Initiated: "true" }, time);
    put("a.jsonl", line("2026-03-02T08:00:00Z"), line("2026-03-02T18:00:00Z"), line("2026-03-03T08:00:00Z"));
    await folder.ingest();
    await folder.ingest();
    expect(
      await folder.query(
        "SELECT toString(day) AS day, toString(first_time) AS first, toString(last_time) AS last, observations FROM host_identity ORDER BY day",
      ),
    ).toEqual([
      {
        day: "2026-03-02",
        first: "2026-03-02 08:00:00.000",
        last: "2026-03-02 18:00:00.000",
        observations: 2,
      },
      {
        day: "2026-03-03",
        first: "2026-03-03 08:00:00.000",
        last: "2026-03-03 08:00:00.000",
        observations: 1,
      },
    ]);
  });
});

describe("which host had which address when", () => {
  const at = (text: string) => Date.parse(text);

  it("follows a lease from one host to the next, and tells two realms with one name apart", async () => {
    const lease = (ts: string, name: string) =>
      JSON.stringify({
        ts: at(ts) / 1000,
        uids: ["C"],
        mac: "02:00:00:00:00:01",
        host_name: name,
        assigned_addr: "10.0.0.5",
        msg_types: ["ACK"],
      });
    const sensorFor = (_path: string, relative: string) => {
      const realm = relative.split("/")[0] as string;
      return { id: realm, realm, tlp: "amber", owner: "", sharingGroup: "" };
    };
    put("north/dhcp.log", lease("2026-03-02T08:00:00Z", "WS1"), lease("2026-03-02T14:00:00Z", "WS2"));
    put("south/dhcp.log", lease("2026-03-02T08:00:00Z", "WS9"));
    put(
      "south/a.jsonl",
      event(SYSMON, 3, "ws1.south.example", {
        SourceIp: "10.0.0.77",
        DestinationIp: "10.0.0.9",
        Initiated: "true",
      }),
    );
    await folder.ingest({ sensorFor });
    const hosts = await loadHostDirectory(folder.opened.store);
    expect(hosts.hostAt("north", "10.0.0.5", at("2026-03-02T09:00:00Z"))?.host).toBe("ws1");
    expect(hosts.hostAt("north", "10.0.0.5", at("2026-03-02T15:00:00Z"))?.host).toBe("ws2");
    expect(hosts.hostAt("south", "10.0.0.5", at("2026-03-02T15:00:00Z"))?.host).toBe("ws9");
    expect(
      hosts.addressesOf("south", "WS1", at("2026-03-02T09:00:00Z"), at("2026-03-02T09:00:00Z")),
    ).toMatchObject([{ host: "ws1.south.example", address: "10.0.0.77" }]);
    expect(await hostsStep(folder.opened, { host: "WS1" })).toHaveLength(2);
    expect(await hostsStep(folder.opened, { address: "::ffff:10.0.0.5" })).toMatchObject([
      { realm: "north", host: "ws1", verdict: "held" },
      { realm: "north", host: "ws2", verdict: "held" },
      { realm: "south", host: "ws9", verdict: "held" },
    ]);
  });

  it("takes answers of the DNS for private addresses, and for others that are on our side", async () => {
    const answer = (query: string, answers: string[], time = "2026-03-02T08:00:00Z") =>
      JSON.stringify({
        ts: at(time) / 1000,
        uid: "C1",
        "id.orig_h": "10.0.0.5",
        "id.orig_p": 5000,
        "id.resp_h": "10.0.0.53",
        "id.resp_p": 53,
        proto: "udp",
        query,
        qtype_name: "A",
        answers,
      });
    put(
      "dns.log",
      answer("files.corp.example", ["10.0.0.9"]),
      answer("Files.corp.example", ["alias.corp.example", "fd00::9"], "2026-03-02T09:00:00Z"),
      answer("mail.corp.example", ["198.51.100.25"]),
      answer("www.example", ["203.0.113.9"]),
      answer("blocked.example", ["0.0.0.0"]),
      answer("local.example", ["127.0.0.1"]),
      answer("nowhere.example", []),
    );
    await folder.ingest();
    await folder.opened.store.insert("internal_host", [{ address_realm: "default", ip: "198.51.100.25" }]);
    expect(
      (await hostsStep(folder.opened, {})).map(({ host, address, from, kinds, verdict }) => [
        ...[host, address, new Date(from).toISOString(), kinds.join(), verdict],
      ]),
    ).toEqual([
      ["files.corp.example", "10.0.0.9", "2026-03-02T08:00:00.000Z", "dns", "held"],
      ["files.corp.example", "fd00::9", "2026-03-02T09:00:00.000Z", "dns", "held"],
      ["mail.corp.example", "198.51.100.25", "2026-03-02T08:00:00.000Z", "dns", "held"],
    ]);
  });
});
