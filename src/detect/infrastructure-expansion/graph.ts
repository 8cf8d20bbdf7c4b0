import { DirectedGraph } from "graphology";

export type NodeKind = "domain" | "address" | "certificate" | "fingerprint";

/** A piece of infrastructure. `confidence` is that it belongs to the same operator as the seeds: 0..1. */
export interface InfraNode {
  kind: NodeKind;
  value: string;
  confidence: number;
  /** Steps from the nearest seed on the best path. */
  depth: number;
  seed: boolean;
  /** For a seed: where it comes from. */
  origin: string;
  /** Why the expansion went no further here. */
  stopped?: string;
}

export interface Step {
  /** e.g. `same certificate`. */
  relation: string;
  /** Whole sentence part: what exactly was seen. */
  reason: string;
  /** By which the confidence shrinks: 0..1. */
  factor: number;
}

export const keyOf = (kind: NodeKind, value: string): string => `${kind} ${value}`;

/** The infrastructure found so far. The best path to a node decides its confidence; other edges stay as support. */
export class InfraGraph {
  readonly graph = new DirectedGraph<InfraNode, Step>();
  #best = new Map<string, string>();
  #mostNodes: number;
  /** Nodes that were left out because the graph was full. */
  dropped = 0;

  constructor(mostNodes: number) {
    this.#mostNodes = mostNodes;
  }

  seed(kind: NodeKind, value: string, confidence: number, origin: string): void {
    const key = keyOf(kind, value);
    if (this.graph.hasNode(key)) {
      if (this.graph.getNodeAttribute(key, "confidence") < confidence)
        this.graph.mergeNodeAttributes(key, { confidence, origin });
      return;
    }
    this.graph.addNode(key, { kind, value, confidence, depth: 0, seed: true, origin });
  }

  node(key: string): InfraNode {
    return this.graph.getNodeAttributes(key);
  }

  /**
   * Returns the key if the node is new; with less confidence than `least` no node is added. An existing node gains the edge, and the
   * better path if it is one.
   */
  step(from: string, kind: NodeKind, value: string, step: Step, least: number): string | undefined {
    const to = keyOf(kind, value);
    if (to === from) return undefined;
    const parent = this.node(from);
    const confidence = parent.confidence * step.factor;
    const isNew = !this.graph.hasNode(to);
    if (isNew) {
      if (confidence < least) return undefined;
      if (this.graph.order >= this.#mostNodes) {
        this.dropped += 1;
        return undefined;
      }
      this.graph.addNode(to, { kind, value, confidence, depth: parent.depth + 1, seed: false, origin: "" });
      this.#best.set(to, from);
    }
    if (!this.graph.hasDirectedEdge(from, to)) this.graph.addDirectedEdge(from, to, step);
    const node = this.node(to);
    // A node never becomes its own ancestor: a better path may not lead through the node itself.
    if (!isNew && !node.seed && confidence > node.confidence && !this.ancestors(from).includes(to)) {
      this.graph.mergeNodeAttributes(to, { confidence, depth: parent.depth + 1 });
      this.#best.set(to, from);
    }
    return isNew ? to : undefined;
  }

  /**
   * Confidence and depth of every node from its best path: a node that got a better path after its children were found leaves them too
   * low until then.
   */
  settle(): void {
    const paths = this.graph
      .nodes()
      .filter((key) => !this.node(key).seed)
      .map((key) => this.ancestors(key))
      .sort((a, b) => a.length - b.length);
    for (const path of paths) {
      const [parent, key] = path.slice(-2) as [string, string];
      const { factor } = this.graph.getDirectedEdgeAttributes(parent, key);
      const confidence = this.node(parent).confidence * factor;
      this.graph.mergeNodeAttributes(key, { confidence, depth: path.length - 1 });
    }
  }

  /** Steps that were seen from a node, whether or not they are on a best path. */
  stepsFrom(key: string): { to: string; step: Step }[] {
    return this.graph
      .outEdges(key)
      .map((edge) => ({ to: this.graph.target(edge), step: this.graph.getEdgeAttributes(edge) }));
  }

  stop(key: string, why: string): void {
    this.graph.setNodeAttribute(key, "stopped", why);
  }

  /** From the seed to the node, along the best path. */
  ancestors(key: string): string[] {
    const path = [key];
    for (let at = this.#best.get(key); at !== undefined && !path.includes(at); at = this.#best.get(at))
      path.unshift(at);
    return path;
  }

  /** The best path's steps, e.g. for score components. */
  steps(key: string): Step[] {
    const path = this.ancestors(key);
    return path.slice(1).map((to, index) => this.graph.getDirectedEdgeAttributes(path[index] as string, to));
  }

  /** The path in words, from the seed on. */
  describe(key: string): string[] {
    const path = this.ancestors(key);
    const first = this.node(path[0] as string);
    const steps = this.steps(key);
    return [
      `${first.value} (${first.origin})`,
      ...steps.map(
        ({ relation, reason }, index) =>
          `${relation}: ${reason} → ${this.node(path[index + 1] as string).value}`,
      ),
    ];
  }
}
