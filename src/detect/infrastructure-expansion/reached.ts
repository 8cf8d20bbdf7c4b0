import type { InfraGraph } from "./graph.js";
import type { Unit } from "./units.js";

/** A server to report, and the graph that holds its path. */
export interface Reached {
  unit: Unit;
  graph: InfraGraph;
  /** Reached from confirmed servers along hard ties alone: nothing of it rests on a suspicion or a likeness. */
  fromConfirmed: boolean;
  /** No other detector has found it: worth telling even if nobody contacted it. */
  isNew: boolean;
}

interface Expanded {
  graph: InfraGraph;
  units: readonly Unit[];
}

/**
 * Each server once. Where both ways lead to it the one from confirmed servers is told if it is strong enough to be evidence (`evidence`,
 * a confidence): it says more, although suspicion may have a shorter way. What it covers is not told again under another name.
 */
export function reached(confirmed: Expanded, all: Expanded, evidence: number): Reached[] {
  const known = new Set(all.units.flatMap(partsOf));
  const kept = confirmed.units.filter(
    (unit) => unit.confidence >= evidence || !partsOf(unit).some((part) => known.has(part)),
  );
  const covered = new Set(kept.flatMap(partsOf));
  const byValue = new Map(all.units.map((unit) => [unit.value, unit]));
  return [
    ...kept.map((unit) => ({
      unit: joined(unit, byValue.get(unit.value)),
      graph: confirmed.graph,
      fromConfirmed: true,
      isNew: partsOf(unit).some((part) => known.has(part)),
    })),
    ...all.units
      .filter((unit) => !covered.has(unit.value) && !partsOf(unit).every((part) => covered.has(part)))
      .map((unit) => ({ unit, graph: all.graph, fromConfirmed: false, isNew: true })),
  ];
}

function partsOf({ value, names, own }: Unit): string[] {
  return [value, ...names, ...own];
}

/** The same registrable domain, of which suspicion has led to further names. */
function joined(unit: Unit, more: Unit | undefined): Unit {
  if (more === undefined) return unit;
  const own = [...new Set([...unit.own, ...more.own])];
  return {
    ...unit,
    names: [...new Set([...unit.names, ...more.names])],
    own,
    sharedAddresses: [...new Set([...unit.sharedAddresses, ...more.sharedAddresses])].filter(
      (address) => !own.includes(address),
    ),
  };
}
