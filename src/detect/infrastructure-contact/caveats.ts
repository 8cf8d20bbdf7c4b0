import type { Resolution } from "./resolve.js";
import type { Subject, Summary } from "./subject.js";

/** What a reader must know before acting on the finding. */
export function caveatsOf(subject: Subject, summary: Summary, resolution: Resolution): string[] {
  const { relations, kind } = subject.classified;
  const caveats: string[] = [];
  const contacted = relations.filter((each) => each.server !== "");
  const shared = [...new Set(contacted.map((each) => each.server))].filter((each) =>
    resolution.shared.has(each),
  );
  if (shared.length > 0) {
    caveats.push(
      `Other domains live on ${shared.slice(0, 5).join(", ")} too: only connections in hours in which a watched name, certificate or ` +
        "fingerprint was used there are counted, and other traffic to the same address and port in such an hour cannot be told apart.",
    );
  }
  if (contacted.length > 0 && summary.sum.answered <= 0) {
    caveats.push(
      "The server never answered: these are attempts, as of a program whose server is gone or blocked.",
    );
  }
  if (relations.some((each) => each.proxied)) {
    caveats.push("Some contact went through a proxy inside: its volume is not known and not counted.");
  }
  if (relations.some((each) => each.translated === true)) {
    caveats.push(
      "The same traffic was seen again behind address translation; the gateway's address is listed, and its volume is not counted twice.",
    );
  }
  if (contacted.length > 0 && !contacted.some((each) => each.channels.includes("flow"))) {
    caveats.push("No flow record covers these contacts: volumes are unknown, not zero.");
  }
  if (!summary.confirmed) {
    caveats.push(
      summary.fingerprintOnly
        ? "Only a TLS fingerprint matches; unrelated programs can share one."
        : "The sources of the watch list state low confidence in this infrastructure.",
    );
  }
  if (kind === "lookup_only") {
    caveats.push(
      "A resolver asks on behalf of others: the host named here may not be the one that wanted the name.",
    );
  }
  if (subject.outside) {
    caveats.push(
      "These addresses are in no inventory and not on our side: this telemetry stands at or before the watched server. Add the ranges " +
        "of your organisations to the inventory to tell them from the rest of the Internet.",
    );
  } else if (subject.orgId === null) {
    caveats.push("No line of the organisation inventory covers these addresses.");
  }
  for (const label of new Set(relations.flatMap((each) => each.labels))) {
    const origin = resolution.followedCertificates.get(label);
    if (origin !== undefined) {
      caveats.push(
        `Certificate ${label} is not on the watch list: it was presented by watched ${origin} and followed to other addresses.`,
      );
    }
  }
  return caveats;
}
