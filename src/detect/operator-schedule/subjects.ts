import { groupBy, unique } from "../../kernel/group-by.js";
import { type Finding, severityRank } from "../../model/finding.js";
import { Groups } from "../shared/groups.js";

/** Servers that findings tie together: by naming them in one breath, or by sharing an address, a name or a certificate. */
export interface Cluster {
  addresses: string[];
  /** Host names and registrable domains. */
  names: string[];
  findings: Finding[];
}

/** A TLS fingerprint is a program's, which unrelated servers share: it ties nothing. */
const TYING = new Set(["address", "domain", "certificate"]);

/**
 * Connected components over the servers of findings at medium or above. Findings of one detector name an entity in a form of their own, so that any
 * detector whose servers have the role `server` can be read here.
 */
export function clustersOf(findings: readonly Finding[]): Cluster[] {
  const about = findings
    .filter(({ severity }) => severityRank(severity) >= severityRank("medium"))
    .map((finding) => ({
      finding,
      servers: finding.entities.filter((each) => each.role === "server" && TYING.has(each.kind)),
    }))
    .filter(({ servers }) => servers.some(({ kind }) => kind !== "certificate"));
  const groups = new Groups(about.length);
  const mentions = about.flatMap(({ servers }, index) =>
    servers.map(({ kind, value }) => ({ key: `${kind} ${value}`, index })),
  );
  for (const list of groupBy(mentions, ({ key }) => key).values())
    groups.join(list.map(({ index }) => index));
  const components = groupBy(about.keys(), (index) => groups.root(index));
  return [...components.values()].map((members) => {
    const parts = members.flatMap((index) => about[index] ?? []);
    const values = (kind: string) =>
      unique(
        parts.flatMap(({ servers }) =>
          servers.filter((each) => each.kind === kind).map(({ value }) => value),
        ),
      ).sort();
    return {
      addresses: values("address"),
      names: values("domain"),
      findings: parts.map(({ finding }) => finding),
    };
  });
}

/** Most organisations first, then most findings, then by name, so that the order never depends on chance. */
export function mostImportantFirst(clusters: readonly Cluster[]): Cluster[] {
  const organisations = ({ findings }: Cluster): number => new Set(findings.map(({ org_id }) => org_id)).size;
  return clusters.toSorted(
    (a, b) =>
      organisations(b) - organisations(a) ||
      b.findings.length - a.findings.length ||
      keyOf(a).localeCompare(keyOf(b)),
  );
}

/** What a cluster is known by while it grows: the first server of the finding that begins first. */
export function keyOf({ addresses, names, findings }: Cluster): string {
  const [earliest] = findings.toSorted(
    (a, b) => a.first_seen.localeCompare(b.first_seen) || a.id.localeCompare(b.id),
  );
  const values = (earliest?.entities ?? [])
    .filter(({ role, kind }) => role === "server" && kind !== "certificate")
    .map(({ value }) => value);
  return values.sort()[0] ?? addresses[0] ?? names[0] ?? "";
}
