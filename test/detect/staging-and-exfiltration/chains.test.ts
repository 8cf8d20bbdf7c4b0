import { describe, expect, it } from "vitest";
import type { Act } from "../../../src/detect/staging-and-exfiltration/act.js";
import { type Chain, chainsOf } from "../../../src/detect/staging-and-exfiltration/chains.js";
import type { Arrival, Done } from "../../../src/detect/staging-and-exfiltration/starts.js";
import { HOUR, MINUTE } from "../../../src/kernel/time.js";

const LIMITS = { windowHours: 72, nearMinutes: 120 };

const done = (act: Act, at: number, host = "pc1.corp.local", account = "CORP\\anna"): Done => ({
  ...{ act, realm: "r", owner: "o", host, account, at, program: "", parent: "", command: "" },
  ...{ line: ["", "", 0, host, 1, ""], weeks: 1, hosts: 1 },
});
const packing = (archive: string, ...sources: string[]): Act => ({
  ...{ kind: "packing", archive, sources, secret: "", volumes: false, disguised: false, program: "rar" },
});
const copy = (source: string, target: string): Act => ({ kind: "copy", sources: [source], target });
const upload = (file: string): Act => ({
  ...{ kind: "upload", file, server: "files.example.org", way: "http", isPlain: false, program: "curl" },
});
const arrival = (host: string, path: string, at: number): Arrival => ({
  ...{ realm: "r", host, path, at, program: "System", line: ["", "", 0, host, 11, ""] },
});
const ties = (chains: readonly Chain[]) => chains.flatMap(({ uploads }) => uploads.map(({ tie }) => tie));
const tiesOf = (acts: Done[], arrivals: Arrival[] = []) => ties(chainsOf(acts, arrivals, LIMITS));

describe("an upload belongs to the archive of its name", () => {
  it.each([
    ["on the host by its full name, where a share named it by its short one", "fs1.corp.local", "that file"],
    ["on another host", "fs2.corp.local", "alone"],
  ])("%s", (_, host, tie) => {
    const acts = [
      done(packing("c:\\temp\\q.rar", "c:\\docs"), 0),
      done(copy("c:\\temp\\q.rar", "\\\\fs1\\c$\\temp\\q.rar"), MINUTE),
      done(upload("c:\\temp\\q.rar"), HOUR, host, "CORP\\svc"),
    ];
    expect(tiesOf(acts)).toEqual([tie]);
  });

  it("an address of a share is no other one that begins alike", () => {
    const acts = (share: string) => [
      done(packing("c:\\temp\\q.rar", "c:\\docs"), 0, "10.1.2.3"),
      done(upload(`\\\\${share}\\c$\\temp\\q.rar`), HOUR, "pc2", "CORP\\svc"),
    ];
    expect([tiesOf(acts("10.1.2.3")), tiesOf(acts("10.9.9.9"))]).toEqual([["that file"], ["alone"]]);
  });

  it("where it arrived before it was sent, and not after", () => {
    const acts = [
      done(packing("c:\\temp\\q.rar", "c:\\docs"), 0),
      done(upload("d:\\q.rar"), 2 * HOUR, "pc2", "CORP\\svc"),
    ];
    expect(tiesOf(acts, [arrival("pc2", "d:\\q.rar", HOUR)])).toEqual(["that file"]);
    expect(tiesOf(acts, [arrival("pc2", "d:\\q.rar", 3 * HOUR)])).toEqual(["alone"]);
  });

  it("within its window", () => {
    const acts = (hours: number) => [
      done(packing("c:\\temp\\q.rar", "c:\\docs"), 0),
      done(upload("c:\\temp\\q.rar"), hours * HOUR),
    ];
    expect([tiesOf(acts(72)), tiesOf(acts(73))]).toEqual([["that file"], ["alone"]]);
  });
});

it("what is packed from a folder into which files were copied goes on with the copy, whatever was packed there since", () => {
  const share = "\\\\fs1\\docs\\*.docx";
  const [copied, ...others] = chainsOf(
    [
      done(copy(share, "c:\\perflogs\\d"), 0),
      done(packing("c:\\perflogs\\d\\other.zip", "c:\\tools"), MINUTE),
      done(packing("c:\\out.rar", "c:\\perflogs\\d\\*"), 2 * MINUTE),
    ],
    [],
    LIMITS,
  );
  expect([copied?.steps.length, others.length]).toEqual([2, 1]);
});

it.each([
  ["of one name on as many hosts", (n: number) => ({ file: "c:\\b\\backup.zip", host: `pc${n}` })],
  ["of as many names on one host", (n: number) => ({ file: `c:\\b\\${n}.zip`, host: "pc" })],
  ["of one name on one host", () => ({ file: "c:\\b\\backup.zip", host: "pc" })],
])("thousands of archives %s are followed in seconds", (_, make) => {
  const acts = Array.from({ length: 10_000 }, (_, n) => {
    const { file, host } = make(n);
    return [done(packing(file, "c:\\d"), n * 1_000, host), done(upload(file), n * 1_000 + 500, host)];
  }).flat();
  const arrivals = acts.map(({ act, host, at }) =>
    arrival(host, act.kind === "packing" ? act.archive : "c:\\b\\x", at),
  );
  const started = process.cpuUsage();
  const chains = chainsOf(acts, arrivals, LIMITS);
  expect(process.cpuUsage(started).user).toBeLessThan(4e6);
  expect(ties(chains)).toEqual(acts.flatMap(({ act }) => (act.kind === "upload" ? ["that file"] : [])));
});
