import { rfc3339 } from "../../kernel/time.js";
import { type ExplanationArg, type Finding, findingId } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import type { EvidenceIndex, EvidencePair } from "../shared/evidence.js";
import { type HostScan, serviceOf } from "./host-scan.js";
import { componentsOf, type JudgeLimits, type Judgement } from "./judge.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";

/** Services, machines and days that a finding lists. */
const LISTED = 50;
const LISTED_DAYS = 400;

export function evidencePairs({ realm, host, first, last, horizontal, vertical }: HostScan): EvidencePair[] {
  const machines = [
    ...vertical.slice(0, 3).map(({ machine }) => machine),
    ...horizontal.slice(0, 3).flatMap(({ samples }) => samples),
  ];
  return [...new Set(machines)].map((server) => ({ realm, host, server, from: first, to: last }));
}

export function titleOf({ host, shape, horizontal, vertical }: HostScan): string {
  const [service] = horizontal;
  const [machine] = vertical;
  const others = (count: number, what: string) => (count > 1 ? ` and ${count - 1} more ${what}` : "");
  if (shape === "horizontal" && service !== undefined)
    return say(
      "scan.scanned-machines",
      host,
      serviceOf(service),
      others(horizontal.length, say("scan.services")),
      service.targets,
    );
  if (shape === "vertical" && machine !== undefined)
    return say(
      "scan.scanned-ports",
      host,
      machine.targets,
      machine.machine,
      others(vertical.length, say("scan.machines")),
    );
  return say(
    "scan.scanned-services-up-machines",
    host,
    horizontal.length,
    service?.targets ?? 0,
    machine?.targets ?? 0,
  );
}

function argsOf(scan: HostScan, org: { org?: string }): ExplanationArg[] {
  const [service] = scan.horizontal;
  const [machine] = scan.vertical;
  const number = (value: number): ExplanationArg => ({ type: "number", value });
  const span: ExplanationArg[] = [
    { type: "time", value: rfc3339(scan.first) },
    { type: "time", value: rfc3339(scan.last) },
  ];
  const host: ExplanationArg = { type: "host", value: scan.host, ...org };
  if (scan.shape === "horizontal" && service !== undefined)
    return [
      host,
      { type: "list", value: scan.horizontal.slice(0, 10).map(serviceOf) },
      number(service.targets),
      ...span,
      number(service.failed),
      number(service.failedInside),
      number(service.dark),
      number(scan.days.length),
    ];
  if (scan.shape === "vertical" && machine !== undefined)
    return [
      host,
      number(machine.targets),
      machine.machineInside
        ? { type: "host", value: machine.machine, ...org }
        : { type: "address", value: machine.machine },
      ...span,
      number(machine.failed),
      number(scan.days.length),
    ];
  return [
    host,
    number(scan.horizontal.length),
    number(service?.targets ?? 0),
    number(machine?.targets ?? 0),
    ...span,
    number([...scan.horizontal, ...scan.vertical].reduce((sum, sweep) => sum + sweep.failed, 0)),
    number(scan.dark),
  ];
}

export function makeFinding(
  context: DetectContext,
  scan: HostScan,
  { severity, reasons }: Judgement,
  limits: JudgeLimits,
  index: EvidenceIndex,
): Finding {
  const org = context.directory.resolve(scan.realm, scan.host, scan.first);
  const tags = org === undefined ? {} : { org: org.orgId };
  const components = componentsOf(scan, limits);
  const evidence = index.of(evidencePairs(scan), [], 8);
  const attack = scan.inside ? (scan.horizontal.length > 0 ? ["T1046", "T1018"] : ["T1046"]) : ["T1595.001"];
  return {
    id: findingId(manifest.id, org?.orgId ?? null, scan.realm, scan.host),
    detector: manifest.id,
    title: titleOf(scan),
    severity,
    score: Math.round(components.reduce((sum, each) => sum + each.value * each.weight, 0) * 1000) / 1000,
    components,
    first_seen: rfc3339(scan.first),
    last_seen: rfc3339(scan.last),
    org_id: org?.orgId ?? null,
    entities: [
      { kind: "host", value: scan.host, realm: scan.realm, role: "scanner" },
      ...scan.vertical
        .slice(0, 10)
        .map(({ machine, machineInside, realm }) =>
          machineInside
            ? { kind: "host" as const, value: machine, realm, role: "target" }
            : { kind: "address" as const, value: machine, role: "target" },
        ),
    ],
    attack,
    evidence,
    explanation: { key: `scan.${scan.shape}`, args: argsOf(scan, tags) },
    caveats: [...reasons, say("scan.administrators-inventory-vulnerability-scanners")],
    facts: {
      shape: scan.shape,
      direction: scan.inside ? "internal" : "outbound",
      failed: scan.failed,
      failed_inside: scan.failedInside,
      dark: scan.dark,
      peak_targets: scan.peakTargets,
      scan_days: scan.days.slice(0, LISTED_DAYS),
      services: scan.horizontal.slice(0, LISTED).map(serviceOf),
      machines: scan.vertical.slice(0, LISTED).map(({ machine }) => machine),
      horizontal_sweeps: scan.horizontal.length,
      vertical_sweeps: scan.vertical.length,
      slow: scan.slow,
    },
    tlp: index.tlpOf(evidence),
  };
}
