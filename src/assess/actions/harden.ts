import { unique } from "../../kernel/group-by.js";
import type { Finding } from "../../model/finding.js";
import { COSTS, type Hardening, type Reach, type Recommendations } from "../../model/recommendation.js";
import { type Happened, reachOf, stepsWith } from "./happened.js";
import { type Measure, measures } from "./measures.js";

/** What is prevented counts in full; what is only made harder or only seen, by half. A stated rule, and no measured rate. */
const FACTOR: Readonly<Record<Measure["effect"], number>> = { prevents: 1, hinders: 0.5, reveals: 0.5 };

const REACHES = ["organisations", "incidents", "steps", "days"] as const satisfies readonly (keyof Reach)[];

/** The mean of the shares, over what there is at all: a case without incidents is judged by its organisations and days. */
export function shareOf(reach: Reach, considered: Reach): number {
  const shares = REACHES.flatMap((each) => (considered[each] > 0 ? [reach[each] / considered[each]] : []));
  return shares.length === 0 ? 0 : shares.reduce((sum, each) => sum + each, 0) / shares.length;
}

/** Measures that answer something found here, in order of effect; of equal effect the cheaper first. */
export function harden(story: Happened): Pick<Recommendations, "hardening" | "considered" | "unanswered"> {
  const considered = reachOf(story, new Set(story.findings.map(({ id }) => id)));
  const ranked = measures()
    .flatMap((measure) => measured(measure, story, considered))
    .sort(
      (a, b) => b.score - a.score || COSTS.indexOf(a.cost) - COSTS.indexOf(b.cost) || (a.id < b.id ? -1 : 1),
    );
  const answered = new Set<string>();
  const hardening = ranked.map((each): Hardening => {
    const steps = stepsWith(story, new Set(each.findings));
    const added = steps.filter((step) => !answered.has(step));
    for (const step of added) answered.add(step);
    return { ...each, new_steps: added.length };
  });
  const known = new Set(hardening.flatMap(({ techniques }) => techniques));
  const found = unique(story.findings.flatMap(({ attack }) => attack));
  return { hardening, considered, unanswered: found.filter((each) => !known.has(each)).sort() };
}

function measured(measure: Measure, story: Happened, considered: Reach): Omit<Hardening, "new_steps">[] {
  const listed = new Set(measure.relations.flatMap(({ techniques }) => techniques));
  const behind = story.findings.filter(({ attack }) => attack.some((each) => listed.has(each)));
  if (behind.length === 0) return [];
  const techniques = unique(behind.flatMap(({ attack }) => attack))
    .filter((each) => listed.has(each))
    .sort();
  const reach = reachOf(story, new Set(behind.map(({ id }) => id)));
  return [
    {
      id: measure.id,
      effect: measure.effect,
      cost: measure.cost,
      score: round(FACTOR[measure.effect] * shareOf(reach, considered)),
      reach,
      mitigations: unique(
        measure.relations
          .filter((each) => each.techniques.some((technique) => techniques.includes(technique)))
          .map(({ mitigation }) => mitigation),
      ),
      techniques,
      findings: strongestFirst(behind),
    },
  ];
}

export function strongestFirst(findings: readonly Finding[]): string[] {
  return [...findings].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
