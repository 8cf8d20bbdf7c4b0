import type { Finding } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { isPublicAddress } from "../shared/endpoint.js";
import type { InfraGraph, NodeKind } from "./graph.js";

const KINDS: ReadonlySet<string> = new Set(["domain", "address", "certificate", "fingerprint"]);

/** Below this the watch list itself is not sure (as in infrastructure-contact's `confirmed`). */
const CONFIRMED = 0.5;

const isSuspicion = (finding: Finding): boolean => finding.detector === "cloud-masquerade";

/** Puts the servers of the findings read (role `server`) into the graph. Returns how many there are. */
export function plantSeeds(graph: InfraGraph, context: DetectContext): number {
  return plant(graph, context, context.findings);
}

/** The same for the servers that the watch list is sure of alone. */
export function plantConfirmed(graph: InfraGraph, context: DetectContext): number {
  const doubted = new Set(
    context.indicators.filter(({ confidence }) => confidence < CONFIRMED).map(({ value }) => value),
  );
  for (const { value, confidence } of context.indicators) if (confidence >= CONFIRMED) doubted.delete(value);
  const sure = context.findings.filter(
    (finding) => !isSuspicion(finding) && finding.facts.confirmed === true,
  );
  return plant(
    graph,
    context,
    sure.map((finding) => ({
      ...finding,
      entities: finding.entities.filter(({ value }) => !doubted.has(value)),
    })),
  );
}

function plant(graph: InfraGraph, context: DetectContext, findings: readonly Finding[]): number {
  const listed = new Map(context.indicators.map(({ value, confidence }) => [value, confidence]));
  for (const finding of findings) {
    const confirmed = !isSuspicion(finding);
    if (!confirmed && finding.score < context.parameter("seed_min_score")) continue;
    for (const { kind, value, role } of finding.entities) {
      if (role !== "server" || !KINDS.has(kind) || isHarmless(context, kind, value)) continue;
      const confidence = confirmed ? confirmedConfidence(finding, listed.get(value)) : finding.score;
      graph.seed(
        kind as NodeKind,
        value.toLowerCase(),
        Math.min(0.95, confidence),
        confirmed
          ? "confirmed: watched infrastructure"
          : `suspected: poses as storage, score ${finding.score}`,
      );
    }
  }
  return graph.graph.order;
}

function isHarmless(context: DetectContext, kind: string, value: string): boolean {
  if (kind === "domain") return context.allow.domain(value);
  return kind === "address" && (context.allow.address(value) || !isPublicAddress(value));
}

/** What the list says of the value itself; a server that was only met under a listed name or certificate counts a little less. */
function confirmedConfidence(finding: Finding, listed: number | undefined): number {
  if (listed !== undefined) return Math.max(0.5, listed);
  const stated = typeof finding.facts.confidence === "number" ? finding.facts.confidence : 0.8;
  return Math.min(0.8, stated) * (finding.severity === "informational" ? 0.7 : 1);
}
