import type { Finding } from "./finding.js";

/** Show that contact is unusual, which is true of much that is harmless (administrators scan, too). */
const UNUSUAL: ReadonlySet<string> = new Set([
  "first-contact",
  "long-connection",
  "persistence",
  "rare-client",
  "scan",
]);

/**
 * Whether a finding, whatever its severity, supports others and says nothing by itself. It is never a line of evidence about an organisation
 * (docs/assessment.md), and neither founds an incident nor ties two together (docs/incidents.md).
 *
 * - `first-contact`, `long-connection`, `persistence`, `rare-client` and `scan` show that contact is unusual.
 * - `process-anomaly`'s rare starts (`facts.what`) show that something is unusual as well.
 * - `phishing-delivery` of what was not opened, as far as the hosts' logs show (`facts.opened` is empty): such mail comes to every mailbox.
 * - A finding whose severity rests on what other detectors suspect (`facts.rests_on_suspicion`) is wrong where they are.
 */
export function isSupporting({ detector, facts }: Finding): boolean {
  const isOnlyRare = detector === "process-anomaly" && facts.what === "rare start";
  return (
    UNUSUAL.has(detector) || isOnlyRare || facts.rests_on_suspicion === true || isUnopened(detector, facts)
  );
}

function isUnopened(detector: string, { opened }: Finding["facts"]): boolean {
  return detector === "phishing-delivery" && (!Array.isArray(opened) || opened.length === 0);
}
