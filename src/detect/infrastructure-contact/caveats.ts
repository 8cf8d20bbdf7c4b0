import { say } from "./messages.js";
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
    caveats.push(say("infrastructure-contact.server-never-answered-these"));
  }
  if (relations.some((each) => each.proxied)) {
    caveats.push(say("infrastructure-contact.some-contact-went-through"));
  }
  if (relations.some((each) => each.translated === true)) {
    caveats.push(say("infrastructure-contact.same-traffic-seen-again"));
  }
  if (contacted.length > 0 && !contacted.some((each) => each.channels.includes("flow"))) {
    caveats.push(say("infrastructure-contact.no-flow-record-covers"));
  }
  if (!summary.confirmed) {
    caveats.push(
      summary.fingerprintOnly
        ? say("infrastructure-contact.only-tls-fingerprint-matches")
        : say("infrastructure-contact.sources-watch-list-state"),
    );
  }
  if (kind === "lookup_only") {
    caveats.push(say("infrastructure-contact.resolver-asks-behalf-others"));
  }
  if (subject.outside) {
    caveats.push(
      "These addresses are in no inventory and not on our side: this telemetry stands at or before the watched server. Add the ranges " +
        "of your organisations to the inventory to tell them from the rest of the Internet.",
    );
  } else if (subject.orgId === null) {
    caveats.push(say("infrastructure-contact.no-line-organisation-inventory"));
  }
  for (const label of new Set(relations.flatMap((each) => each.labels))) {
    const origin = resolution.followedCertificates.get(label);
    if (origin !== undefined) {
      caveats.push(say("infrastructure-contact.certificate-not-watch-list", label, origin));
    }
  }
  return caveats;
}
