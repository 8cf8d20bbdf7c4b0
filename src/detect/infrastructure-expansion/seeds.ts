import type { Finding } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { isPublicAddress } from "../shared/endpoint.js";
import type { InfraGraph, NodeKind } from "./graph.js";

const KINDS: ReadonlySet<string> = new Set(["domain", "address", "certificate", "fingerprint"]);

/** Puts the servers of the findings read (role `server`) into the graph. Returns how many there are. */
export function plantSeeds(graph: InfraGraph, context: DetectContext): number {
  const listed = new Map(context.indicators.map(({ value, confidence }) => [value, confidence]));
  for (const finding of context.findings) {
    const confirmed = finding.detector !== "cloud-masquerade";
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
  return 0.8 * (finding.severity === "informational" ? 0.7 : 1);
}
