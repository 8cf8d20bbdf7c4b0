import type { AssessedInfrastructure, Assessment } from "../../../model/assessment.js";
import type { Entity } from "../../../model/finding.js";
import { say } from "../../catalogue.js";
import { orderInfrastructure } from "../../order.js";
import { sectorName } from "../../words.js";

/** What stands in one place of a layered graph. */
export interface GraphNode {
  key: string;
  label: string;
  column: number;
  /** Place in its column, from 0. */
  row: number;
  kind: "organisation" | "sector" | Entity["kind"];
  infrastructure?: AssessedInfrastructure;
}

export interface GraphEdge {
  from: string;
  to: string;
  kind: "contact" | "link";
  relation: string;
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
  /** Titles of the columns that hold anything. */
  columns: string[];
  /** Infrastructure that is in the table and not in the picture. */
  leftOut: number;
  /** Organisations were drawn by sector, because there are too many to draw one by one. */
  bySector: boolean;
}

const MOST_ORGANISATIONS = 40;
const MOST_PER_COLUMN = 40;
/** Behind the first column, which holds organisations or sectors. */
const COLUMNS = ["names", "addresses", "certificates"] as const;
const COLUMN_OF: Record<AssessedInfrastructure["kind"], number> = {
  domain: 1,
  address: 2,
  network: 2,
  certificate: 3,
  fingerprint: 3,
};

/**
 * A layered drawing: who was in contact on the left, then names, addresses, certificates. Rows are put in order by the mean place of their
 * neighbours (Sugiyama's barycentre rule), a fixed number of sweeps and ties broken by name, so that equal input gives an equal picture.
 */
export function layoutGraph(assessment: Assessment): Graph {
  const drawn = new Map<string, AssessedInfrastructure>();
  const counts = [0, 0, 0, 0];
  for (const item of orderInfrastructure(assessment.infrastructure)) {
    const column = COLUMN_OF[item.kind];
    if ((counts[column] ?? 0) >= MOST_PER_COLUMN || drawn.has(item.value)) continue;
    counts[column] = (counts[column] ?? 0) + 1;
    drawn.set(item.value, item);
  }

  const organisations = new Map(
    assessment.organisations.map((organisation) => [organisation.org_id, organisation]),
  );
  const inContact = new Set([...drawn.values()].flatMap((item) => item.organisations));
  const bySector = inContact.size > MOST_ORGANISATIONS;
  const left = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  for (const item of drawn.values()) {
    for (const orgId of item.organisations) {
      const organisation = organisations.get(orgId);
      const name = bySector ? sectorName(organisation?.sector ?? "") : organisation?.name || orgId;
      const key = bySector ? `s:${name}` : `o:${orgId}`;
      left.set(key, { key, label: name, column: 0, row: 0, kind: bySector ? "sector" : "organisation" });
      edges.set(`${key}\n${item.value}`, {
        from: key,
        to: `i:${item.value}`,
        kind: "contact",
        relation: "contact",
      });
    }
  }
  for (const link of assessment.links) {
    if (!drawn.has(link.from) || !drawn.has(link.to) || link.from === link.to) continue;
    const [a, b] = link.from < link.to ? [link.from, link.to] : [link.to, link.from];
    edges.set(`${a}\n${b}\n${link.relation}`, {
      from: `i:${a}`,
      to: `i:${b}`,
      kind: "link",
      relation: link.relation,
    });
  }
  dropRedundant(edges, (key) => COLUMN_OF[drawn.get(key.slice(2))?.kind ?? "domain"]);
  const nodes = [
    ...left.values(),
    ...[...drawn.values()].map(
      (item): GraphNode => ({
        key: `i:${item.value}`,
        label: item.value,
        column: COLUMN_OF[item.kind],
        row: 0,
        kind: item.kind,
        infrastructure: item,
      }),
    ),
  ];
  const used = placeNodes(nodes, [...edges.values()]);
  const columns = used.map((column) =>
    column === 0
      ? say(bySector ? "sectors.title" : "organisations.title")
      : say(`infrastructure.column.${COLUMNS[column - 1] ?? "names"}`),
  );
  return {
    nodes,
    edges: [...edges.values()],
    columns,
    leftOut: assessment.infrastructure.length - drawn.size,
    bySector,
  };
}

/**
 * Who is in contact with a name is in contact with its addresses and certificates as well. Drawing that twice hides the rest, so a contact
 * goes where the same party is in contact with a piece of an earlier column that links lead to.
 */
function dropRedundant(edges: Map<string, GraphEdge>, columnOf: (key: string) => number): void {
  const linked = new Map<string, string[]>();
  const contacts = new Map<string, Set<string>>();
  for (const { kind, from, to } of edges.values()) {
    if (kind === "contact") contacts.set(from, (contacts.get(from) ?? new Set()).add(to));
    else
      for (const [a, b] of [
        [from, to],
        [to, from],
      ] as const)
        linked.set(a, [...(linked.get(a) ?? []), b]);
  }
  const earlier = new Map<string, string[]>();
  for (const [key, { kind, from, to }] of edges) {
    if (kind !== "contact") continue;
    const reached =
      earlier.get(to) ?? reachable(to, linked).filter((other) => columnOf(other) < columnOf(to));
    earlier.set(to, reached);
    if (reached.some((other) => contacts.get(from)?.has(other))) edges.delete(key);
  }
}

function reachable(start: string, linked: ReadonlyMap<string, readonly string[]>): string[] {
  const seen = new Set([start]);
  for (const key of seen) for (const next of linked.get(key) ?? []) seen.add(next);
  return [...seen];
}

/** Gives each node its row, and columns without gaps. Returns the columns in use, as the nodes had them. */
export function placeNodes(nodes: GraphNode[], edges: readonly GraphEdge[]): number[] {
  order(nodes, edges);
  return closeGaps(nodes);
}

function order(nodes: GraphNode[], edges: readonly GraphEdge[]): void {
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  const neighbours = new Map<string, GraphNode[]>();
  for (const edge of edges) {
    const from = byKey.get(edge.from);
    const to = byKey.get(edge.to);
    if (from === undefined || to === undefined || from.column === to.column) continue;
    neighbours.set(from.key, [...(neighbours.get(from.key) ?? []), to]);
    neighbours.set(to.key, [...(neighbours.get(to.key) ?? []), from]);
  }
  const columns = [...new Set(nodes.map(({ column }) => column))]
    .sort((a, b) => a - b)
    .map((column) =>
      nodes
        .filter((node) => node.column === column)
        .sort((a, b) => compare(a.label, b.label) || compare(a.key, b.key)),
    );
  for (const column of columns) spread(column);
  for (let sweep = 0; sweep < 8; sweep++) {
    for (const column of sweep % 2 === 0 ? columns : [...columns].reverse()) {
      const mean = new Map(
        column.map((node) => [node.key, barycentre(node, neighbours.get(node.key) ?? [])]),
      );
      column.sort((a, b) => (mean.get(a.key) ?? 0) - (mean.get(b.key) ?? 0) || compare(a.key, b.key));
      spread(column);
    }
  }
  for (const column of columns) for (const [row, node] of column.entries()) node.row = row;
}

/** Rows as shares of the column's height while ordering, so that long and short columns compare. */
function spread(column: readonly GraphNode[]): void {
  for (const [index, node] of column.entries()) node.row = (index + 0.5) / column.length;
}

function barycentre(node: GraphNode, neighbours: readonly GraphNode[]): number {
  if (neighbours.length === 0) return node.row;
  return neighbours.reduce((sum, neighbour) => sum + neighbour.row, 0) / neighbours.length;
}

/** Empty columns take no room. Gives the columns in use. */
function closeGaps(nodes: GraphNode[]): number[] {
  const used = [...new Set(nodes.map((node) => node.column))].sort((a, b) => a - b);
  for (const node of nodes) node.column = used.indexOf(node.column);
  return used;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
