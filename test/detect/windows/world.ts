import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { DetectContext, Detector, DetectorResult } from "../../../src/detect/port.js";
import { MESSAGES } from "../../../src/detect/registry.js";
import { hostDirectory } from "../../../src/intel/hosts/directory.js";
import { HostNames } from "../../../src/intel/hosts/names.js";
import { packageRoot } from "../../../src/kernel/package-root.js";
import { parseTime } from "../../../src/kernel/time.js";
import type { HijackCatalogue } from "../../../src/model/dll-hijack.js";
import { type Finding, findingSchema } from "../../../src/model/finding.js";
import type { Store } from "../../../src/store/port.js";
import { NO_HOSTS } from "../../support/no-hosts.js";
import type { ENGINES, TestStore } from "../../support/stores.js";
import { directoryOf } from "../infrastructure-contact/support.js";

export const SYSMON = "Microsoft-Windows-Sysmon/Operational";
const PROVIDERS: Readonly<Record<string, string>> = {
  [SYSMON]: "Microsoft-Windows-Sysmon",
  Security: "Microsoft-Windows-Security-Auditing",
  System: "Service Control Manager",
  "Microsoft-Windows-TaskScheduler/Operational": "Microsoft-Windows-TaskScheduler",
  "Microsoft-Windows-WMI-Activity/Operational": "Microsoft-Windows-WMI-Activity",
};

/** One made-up Windows event; whatever is not said is usual. */
export interface MadeEvent {
  id: number;
  data: Record<string, string>;
  channel?: string;
  host?: string;
  /** `2024-03-01 12:00:00` */
  time?: string;
  realm?: string;
  userSid?: string;
  provider?: string;
  /** Of audit records: who made the system call. */
  context?: Record<string, string>;
  /** `EventRecordID`, of audit records the serial. */
  recordId?: string;
}

export const T0 = "2024-03-01 12:00:00";

/** Time of the made-up world, so many seconds after {@link T0}. */
export function later(seconds: number): string {
  return new Date(parseTime(T0) + seconds * 1000).toISOString().slice(0, 19).replace("T", " ");
}

/** Windows events in a real engine, with the views of their classes, and detectors over them. */
export class WindowsWorld {
  #line = 0;

  private constructor(readonly opened: TestStore) {}

  static async open(engine: (typeof ENGINES)[number]): Promise<WindowsWorld> {
    const opened = await engine.open();
    for (const file of [
      "001-events.sql",
      "004-windows.sql",
      "005-windows-classes.sql",
      "006-log-files.sql",
    ]) {
      const text = readFileSync(join(packageRoot, "src/store/schema", file), "utf8");
      for (const statement of text.replaceAll(/^\s*--.*$/gm, "").split(";"))
        if (statement.trim() !== "") await opened.store.command(statement);
    }
    return new WindowsWorld(opened);
  }

  close(): Promise<void> {
    return this.opened.close();
  }

  async clear(): Promise<void> {
    this.#line = 0;
    await this.opened.store.command("TRUNCATE TABLE windows_event");
  }

  async store(events: readonly MadeEvent[]): Promise<void> {
    await this.opened.store.insert(
      "windows_event",
      events.map(
        ({
          id,
          data,
          channel = SYSMON,
          host = "WS-01",
          time = T0,
          realm = "default",
          userSid = "",
          provider = PROVIDERS[channel] ?? channel,
          context = {},
          recordId = "",
        }) => ({
          batch_id: "b",
          source_id: `slice-${realm}`,
          source_line: ++this.#line,
          address_realm: realm,
          time,
          channel,
          provider,
          event_id: id,
          computer: host,
          user_sid: userSid,
          system: { EventID: `${id}`, Channel: channel, Computer: host, EventRecordID: recordId },
          data,
          context,
        }),
      ),
    );
  }

  run(detector: Detector, choice: RunChoice = {}): Promise<DetectorResult> {
    return runDetector(this.opened.store, detector, choice);
  }
}

/** Runs one detector over what is stored; its findings pass the schema, have evidence, and as many arguments as their message asks for. */
export async function runDetector(
  store: Pick<Store, "query" | "stream">,
  detector: Detector,
  choice: RunChoice = {},
): Promise<DetectorResult> {
  const context: Partial<DetectContext> = {
    query: (sql, bound, options) => store.query(sql, bound, options),
    stream: (sql, bound, options) => store.stream(sql, bound, options),
    parameter: (name) =>
      choice.parameters?.[name] ?? detector.manifest.parameters[name]?.default ?? Number.NaN,
    directory:
      choice.directory ??
      directoryOf(
        Object.entries(choice.organisations ?? {}).map(([org, realm]) => ({
          cidr: "10.0.0.0/8",
          realm,
          org,
        })),
      ),
    hosts: choice.hosts ?? NO_HOSTS,
    dllHijacks: () => choice.catalogue ?? { entries: [], unreadable: 0 },
    allow: { domain: () => false, address: (ip) => (choice.allowed ?? []).includes(ip) },
    findings: [],
    span: { first: parseTime(T0), last: parseTime(later(86_400)) },
  };
  const result = await detector.run(context as DetectContext);
  for (const { explanation, evidence, id } of result.findings) {
    const asked = [...(MESSAGES[explanation.key] ?? "").matchAll(/\{(\d+)\}/g)].map(([, index]) =>
      Number(index),
    );
    expect(Math.max(...asked), explanation.key).toBe(explanation.args.length - 1);
    expect(evidence.length, id).toBeGreaterThan(0);
  }
  return { ...result, findings: result.findings.map((finding) => findingSchema.parse(finding)) };
}

export interface RunChoice {
  parameters?: Record<string, number>;
  /** Organisation to realm. */
  organisations?: Record<string, string>;
  /** Instead of these. */
  directory?: DetectContext["directory"];
  hosts?: DetectContext["hosts"];
  catalogue?: HijackCatalogue;
  /** Addresses that the user declares harmless. */
  allowed?: readonly string[];
}

/** One address realm with the hosts of two organisations: `A-…` of one, `B-…` of two, and others of which no address is known; for an hour, or for some days. */
export async function commonRealm(
  realm: string,
  names: readonly string[],
  [first, last] = [parseTime(T0), parseTime(later(3600))],
): Promise<Required<Pick<RunChoice, "directory" | "hosts">>> {
  const seen = names.flatMap((host, index) => {
    const network = { A: "10.1.0", B: "10.2.0" }[host.slice(0, 1)];
    return network === undefined ? [] : [{ host, address: `${network}.${index + 1}` }];
  });
  return {
    directory: directoryOf([
      { cidr: "10.1.0.0/16", realm, org: "one" },
      { cidr: "10.2.0.0/16", realm, org: "two" },
    ]),
    hosts: await hostDirectory(
      new HostNames(names.map((host) => ({ realm, host }))),
      seen.map(({ host, address }) => ({
        ...{ realm, host, address, kind: "connection" as const },
        ...{ first, last, observations: 2 },
      })),
    ),
  };
}

export const told = (findings: readonly Finding[]): string[] =>
  findings.map(({ title, severity }) => `${severity}: ${title}`);
