import { attributeSubjects, type Subject } from "../../../src/assess/index.js";
import type { Attribution } from "../../../src/model/attribution.js";
import type {
  ClusterProfile,
  Credence,
  ProfileArtefact,
  RivalClusters,
} from "../../../src/model/cluster-profile.js";
import type { Finding } from "../../../src/model/finding.js";
import { finding } from "../support.js";

export function credence(more: Partial<Credence> = {}): Credence {
  return {
    weight: 0.81,
    grade: "B2",
    publisher: "Labs",
    source: "https://example.org/report",
    date: undefined,
    ...more,
  };
}

export function artefact(
  kind: ProfileArtefact["kind"],
  value: string,
  more: Partial<ProfileArtefact> = {},
): ProfileArtefact {
  return { kind, value, specificity: "specific", credence: credence(), ...more };
}

/** A synthetic cluster. */
export function cluster(
  id: string,
  {
    techniques = [],
    ...more
  }: Partial<Omit<ClusterProfile, "techniques">> & { techniques?: readonly string[] } = {},
): ClusterProfile {
  return {
    id,
    title: id.toUpperCase(),
    isUnnamed: false,
    techniques: new Map(techniques.map((one) => [one, credence()])),
    artefacts: [],
    tools: new Map(),
    sectors: new Map(),
    countries: new Map(),
    calendars: new Map(),
    related: [],
    ...more,
  };
}

export function rivals(
  clusters: readonly ClusterProfile[],
  tools: RivalClusters["tools"] = [],
): RivalClusters {
  return { clusters, tools, currentTechnique: (id) => (id === "T1574.002" ? "T1574.001" : id) };
}

/** Eighty groups with techniques of their own, so that rarity means something. */
export const CROWD: readonly ClusterProfile[] = Array.from({ length: 80 }, (_, at) =>
  cluster(`crowd-${at}`, {
    techniques: [
      "T1059.001",
      "T1105",
      ...Array.from({ length: 12 }, (_, n) => `T${1100 + ((at * 7 + n * 11) % 97)}`),
    ],
  }),
);

export function subject(findings: readonly Finding[], more: Partial<Subject> = {}): Subject {
  return {
    id: "incident-1",
    kind: "incident",
    orgIds: ["alpha"],
    findings,
    sectors: [],
    countries: [],
    calendars: [],
    testable: new Set(),
    hasHosts: true,
    hasNetwork: true,
    ...more,
  };
}

export function server(value: string, more: Partial<Finding> = {}): Finding {
  return finding("infrastructure-contact", {
    title: value,
    entities: [{ kind: "domain", value, role: "server" }],
    ...more,
  });
}

export function technique(id: string, more: Partial<Finding> = {}): Finding {
  return finding(`detector-${id}`, { title: id, attack: [id], ...more });
}

export function only(found: readonly Attribution[]): Attribution {
  const [first] = found;
  if (first === undefined || found.length !== 1) throw new Error(`${found.length} attributions`);
  return first;
}

export function judgeOne(
  findings: readonly Finding[],
  clusters: readonly ClusterProfile[],
  more: Partial<Subject> = {},
) {
  return only(attributeSubjects([subject(findings, more)], rivals(clusters)));
}
