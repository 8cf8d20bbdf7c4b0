import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DetectorResult } from "../../src/detect/port.js";
import { detector } from "../../src/detect/web-shell/index.js";
import type { Case } from "../../src/pipeline/case.js";
import { contextFor } from "../detect/infrastructure-contact/support.js";
import { CORPUS } from "../support/corpus.js";
import { inCase, inCopy } from "./case.js";

const corpus = (path: string) => join(CORPUS ?? "", path);
const PROXYLOGON =
  "high: C:\\Program Files\\Microsoft\\Exchange Server\\V15\\FrontEnd\\HttpProxy\\owa\\auth\\ohyeah.aspx on MXS01.azsentinel.local looks like a web shell";
/** Processes that its host started, and files that it wrote. */
const PROXYLOGON_EVENTS = 326;
const SAMPLES = corpus("evtx/attack-samples");

describe.skipIf(CORPUS === undefined)("web-shell on real logs", () => {
  const look = (opened: Case): Promise<DetectorResult> => detector.run(contextFor(opened, detector));
  const run = (path: string) => inCase([path], look);
  const sample = (name: string) =>
    join(
      SAMPLES,
      readdirSync(SAMPLES, { recursive: true, encoding: "utf8" }).find((each) =>
        each.endsWith(`${name}.evtx`),
      ) ?? name,
    );
  const told = ({ findings }: DetectorResult) =>
    findings.map(({ severity, title }) => `${severity}: ${title}`);
  const counted = ({ evaluated }: DetectorResult, what: string) =>
    evaluated.find((each) => each.what === what)?.count;

  it("the Tunna tunnel of an IIS log, in 4,298 requests", async () => {
    const result = await run(corpus("weblogs/Tunna_rdp_tunnel_IIS.log"));
    expect(told(result)).toEqual(["high: /erp/conn.aspx on 10.0.2.15 looks like a web shell"]);
    expect(result.findings[0]?.attack).toEqual(["T1505.003", "T1572"]);
    expect(counted(result, "requests to web servers")).toBe(4298);
  });

  it("the shell of a Tomcat's access log, and no page of the scanner before it", async () => {
    const result = await run(corpus("weblogs/web_attack_and_isp_webshell_localhost_access_log.txt"));
    expect(told(result)).toEqual(["medium: /error/cmd.jsp on default looks like a web shell"]);
  });

  it("OTRF's ProxyLogon: file, first compilation and commands are one finding", async () => {
    const result = await inCopy("windows-json/otrf/proxylogon_ssrf_rce_poc.zip", look);
    expect(told(result)).toEqual([PROXYLOGON]);
    expect(counted(result, "processes started, and files written on hosts")).toBe(PROXYLOGON_EVENTS);
    expect(result.findings[0]?.facts).toMatchObject({ compiled: true, sides: ["file", "commands"] });
  });

  it.each([
    "LM_typical_IIS_webshell_sysmon_1_10_traces",
    "discovery_sysmon_1_iis_pwd_and_config_discovery_appcmd",
  ])("%s", async (name) => {
    expect(told(await run(sample(name)))).toEqual([
      "high: The web server of IEWIN7 started shells or commands",
    ]);
  });

  it("the other sets of OTRF have no web server: their hosts started processes, and nothing more is found", async () => {
    const result = await inCopy("windows-json/otrf", look);
    expect(told(result)).toEqual([PROXYLOGON]);
    expect(counted(result, "processes started, and files written on hosts")).toBe(3015 + PROXYLOGON_EVENTS);
  });

  it("an ordinary Windows 10, which is no web server: its 45 processes were looked at, and nothing is found", async () => {
    const result = await inCopy("evtx/benign-windows10", look);
    expect(told(result)).toEqual([]);
    expect(counted(result, "processes started, and files written on hosts")).toBe(45);
  });
});
