import type { AssessedInfrastructure } from "../../../model/assessment.js";
import type { Entity, Finding } from "../../../model/finding.js";
import type { Incident } from "../../../model/incident.js";
import { say } from "../../catalogue.js";
import { type Graph, type GraphEdge, type GraphNode, placeNodes } from "./graph-layout.js";

const MOST_PER_COLUMN = 14;
/** Findings whose edges are drawn; what is drawn has few nodes, and most edges come again and again. */
const MOST_FINDINGS = 1_000;
const COLUMNS = ["hosts", "accounts", "programs", "names", "certificates"] as const;
const COLUMN_OF: Readonly<Record<Entity["kind"], number>> = {
  host: 0,
  account: 1,
  process: 2,
  file: 2,
  service: 2,
  domain: 3,
  address: 3,
  network: 3,
  certificate: 4,
  fingerprint: 4,
};

/** What an incident's findings name, and an edge where one finding names both. Hosts are tied to everything, other things to the next column. */
export function incidentGraph(
  incident: Incident,
  findings: readonly Finding[],
  infrastructure: ReadonlyMap<string, AssessedInfrastructure>,
): Graph {
  const nodes = new Map<string, GraphNode>();
  const counts = new Map<number, number>();
  for (const { kind, value } of incident.entities) {
    const column = COLUMN_OF[kind];
    const count = counts.get(column) ?? 0;
    const key = keyOf(kind, value);
    if (count >= MOST_PER_COLUMN || nodes.has(key)) continue;
    counts.set(column, count + 1);
    const known = infrastructure.get(value);
    nodes.set(key, {
      key,
      label: value,
      column,
      row: 0,
      kind,
      ...(known === undefined ? {} : { infrastructure: known }),
    });
  }
  const edges = new Map<string, GraphEdge>();
  for (const finding of findings.slice(0, MOST_FINDINGS)) {
    const named = finding.entities
      .map(({ kind, value }) => nodes.get(keyOf(kind, value)))
      .filter((node) => node !== undefined);
    for (const from of named)
      for (const to of named)
        if (isDrawn(from.column, to.column))
          edges.set(`${from.key}\n${to.key}`, {
            from: from.key,
            to: to.key,
            kind: "contact",
            relation: finding.detector,
          });
  }
  const drawn = [...nodes.values()];
  const columns = placeNodes(drawn, [...edges.values()]).map((column) =>
    say(`incidents.column.${COLUMNS[column] ?? "hosts"}`),
  );
  return {
    nodes: drawn,
    edges: [...edges.values()],
    columns,
    leftOut: incident.entities.length - drawn.length,
    bySector: false,
  };
}

function keyOf(kind: Entity["kind"], value: string): string {
  return `${COLUMN_OF[kind]} ${value.toLowerCase()}`;
}

function isDrawn(from: number, to: number): boolean {
  return (from === 0 && to > 0 && to < 4) || (from === 3 && to === 4);
}
