import { unique } from "../../kernel/group-by.js";
import { type Finding, type Severity, severityRank } from "../../model/finding.js";
import { parentOf } from "./techniques.js";

/** How far a finding of this severity is believed to show what it says. The detectors' own scale, not a measured rate of errors. */
const BELIEF: Readonly<Record<Severity, number>> = {
  informational: 0,
  low: 0.25,
  medium: 0.6,
  high: 0.8,
  critical: 0.95,
};

/** A thing that findings show, once, however many of them do. */
export interface Seen {
  findings: readonly string[];
  /** 0..1, of the finding that is believed most. */
  credence: number;
  /** 0..1: a finding that names four techniques is one mistake if it is wrong; each of them counts as half. */
  independence: number;
  /** A finding of medium severity or above shows it. */
  isStrong: boolean;
}

export interface Observations {
  /** By newest id, the most exact ones: no technique beside one of its sub-techniques. */
  techniques: ReadonlyMap<string, Seen>;
  /** By {@link artefactKey}. */
  artefacts: ReadonlyMap<string, Seen>;
  /** What rules call themselves: a rule's author's words, not a trace. */
  named: readonly { text: string; seen: Seen }[];
  /** Last sign of activity, milliseconds UTC. */
  last: number;
}

export function artefactKey(kind: string, value: string): string {
  return `${kind}|${value}`;
}

export function observe(findings: readonly Finding[], current: (id: string) => string): Observations {
  const telling = findings.filter(({ severity }) => BELIEF[severity] > 0);
  const techniques = new Map<string, Seen>();
  const artefacts = new Map<string, Seen>();
  const named = new Map<string, Seen>();
  for (const finding of telling) {
    const own = exactest(finding.attack.map(current));
    for (const id of own) add(techniques, id, finding, 1 / Math.sqrt(own.length));
    for (const key of artefactsOf(finding)) add(artefacts, key, finding, 1);
    if (finding.detector === "sigma") add(named, String(finding.facts.rule_title ?? ""), finding, 1);
  }
  const kept = new Set(exactest([...techniques.keys()]));
  return {
    techniques: new Map([...techniques].filter(([id]) => kept.has(id)).sort(([a], [b]) => (a < b ? -1 : 1))),
    artefacts,
    named: [...named].map(([text, seen]) => ({ text, seen })),
    last: Math.max(...findings.map(({ last_seen }) => Date.parse(last_seen))),
  };
}

function exactest(ids: readonly string[]): string[] {
  const all = unique(ids);
  const parents = new Set(all.filter((id) => parentOf(id) !== id).map(parentOf));
  return all.filter((id) => !parents.has(id));
}

function add(to: Map<string, Seen>, key: string, { id, severity }: Finding, independence: number): void {
  const before = to.get(key);
  to.set(key, {
    findings: [...(before?.findings ?? []), id],
    credence: Math.max(before?.credence ?? 0, BELIEF[severity]),
    independence: Math.max(before?.independence ?? 0, independence),
    isStrong: (before?.isStrong ?? false) || severityRank(severity) >= severityRank("medium"),
  });
}

function list(value: Finding["facts"][string] | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function baseName(path: string): string {
  return (path.split(/[\\/]/).at(-1) ?? "").toLowerCase();
}

/** What a finding is about, as the knowledge base writes observables. What it only mentions, and our own hosts, are no traces. */
function artefactsOf(finding: Finding): string[] {
  const keys = finding.entities.flatMap(({ kind, value, role }): string[] => {
    if (role === "mentioned") return [];
    const text = value.toLowerCase();
    switch (kind) {
      case "domain":
        return [artefactKey("domain", text)];
      case "address":
        return role === "server" || role === "destination" || role === "source"
          ? [artefactKey("address", text)]
          : [];
      case "file":
      case "process":
        return role === "hash"
          ? [artefactKey("file-hash", text)]
          : [artefactKey("file-name", baseName(value)), artefactKey("file-path", text)];
      case "service":
        return [artefactKey("service", text)];
      default:
        return [];
    }
  });
  const ports = list(finding.facts.relation_port);
  const servers = list(finding.facts.relation_server);
  const pairs = servers.flatMap((server, at) =>
    server === "" ? [] : [artefactKey("address-port", `${server}:${ports[at] ?? ""}`)],
  );
  const { program, module } = finding.facts;
  const load =
    typeof program === "string" && typeof module === "string"
      ? [artefactKey("side-load", `${baseName(program)} -> ${baseName(module)}`)]
      : [];
  return unique([...keys, ...pairs, ...load]);
}
