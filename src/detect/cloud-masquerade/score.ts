import type { ScoreComponent } from "../../model/finding.js";
import { components, nightlyWindow } from "./components.js";
import type { SiteFacts, Surroundings } from "./facts.js";

/**
 * The combination, in four steps:
 * 1. specific = Σ weight × value of name, look-alike, kinship, ports, certificate and upload;
 * 2. circumstance = Σ weight × value of prevalence, working hours, age and persistence, which many harmless sites share: it counts in
 *    proportion to what is specific, and fully once that reaches {@link FULL_SUPPORT};
 * 3. times Π (1 − weight × value) of what speaks against;
 * 4. at most the cap.
 *
 * Caps, because some kinds of evidence must not be outweighed by the sum of weaker ones:
 * - without any pretence (words, look-alike, kinship) it may be a command server, but it poses as nothing: at most medium;
 * - without a contradiction (odd ports, certificate, kinship, look-alike) it behaves as any small provider would: at most medium.
 */
export interface Score {
  score: number;
  /** Strength of the pretence alone: 0..1. */
  pretence: number;
  components: ScoreComponent[];
}

/** Least score for low, medium, high, critical. */
export const LADDER = [0.25, 0.42, 0.62, 0.8] as const;
/** Below this a name pretends nothing. */
export const LEAST_PRETENCE = 0.3;
const BELOW_HIGH = 0.6;
const CIRCUMSTANCE: ReadonlySet<string> = new Set(["prevalence", "working-hours", "age", "persistence"]);
const FULL_SUPPORT = 0.3;

export function scoreOf(facts: SiteFacts, around: Surroundings): Score {
  const addends = components(facts, around);
  const strengthOf = (name: string): number => addends.find((each) => each.name === name)?.value ?? 0;
  const pretence = Math.max(strengthOf("name"), strengthOf("look-alike"), strengthOf("kinship"));
  const contradiction = Math.max(
    strengthOf("ports"),
    strengthOf("certificate"),
    strengthOf("kinship"),
    strengthOf("look-alike") >= 0.7 ? 1 : 0,
  );
  const lowering = against(facts, around, contradiction);
  const caps: ScoreComponent[] = [];
  if (pretence < LEAST_PRETENCE)
    caps.push(
      cap("no-pretence", "Neither words, look-alikes nor kin names pretend anything: at most medium."),
    );
  if (contradiction < 0.45)
    caps.push(
      cap(
        "no-contradiction",
        "Nothing contradicts the name; a small honest provider looks the same: at most medium.",
      ),
    );

  const sumOf = (list: readonly ScoreComponent[]): number =>
    list.reduce((total, { value, weight }) => total + value * weight, 0);
  const capped = caps.length > 0;
  const specific = sumOf(addends.filter(({ name }) => !CIRCUMSTANCE.has(name)));
  const support = Math.min(1, specific / FULL_SUPPORT);
  const sum = specific + support * sumOf(addends.filter(({ name }) => CIRCUMSTANCE.has(name)));
  if (support < 1) {
    const part = Math.round(support * 100);
    caps.push(
      cap(
        "circumstance-in-part",
        `Little is specific: prevalence, hours, age and persistence count ${part} % of their weight.`,
      ),
    );
  }
  const factor = lowering.reduce((product, { value, weight }) => product * (1 - value * weight), 1);
  const score = Math.min(capped ? BELOW_HIGH : 1, sum * factor);
  return {
    score: Math.round(Math.max(0, score) * 1000) / 1000,
    pretence,
    components: [...addends, ...lowering, ...caps],
  };
}

function cap(name: string, meaning: string): ScoreComponent {
  return { name, value: 1, weight: 0, meaning };
}

/** What speaks against: multiplies the sum by (1 − weight × value). Left out where it is 0. */
function against(facts: SiteFacts, around: Surroundings, contradiction: number): ScoreComponent[] {
  const single = facts.organisations.length === 1 && around.organisations >= 3 ? 1 : 0;
  const nightly = nightlyWindow(facts) * (1 - contradiction);
  return [
    {
      name: "against: one organisation",
      value: single * (1 - contradiction / 2),
      weight: 0.35,
      meaning: "Only one organisation uses it, as it would its own or its local provider's server.",
    },
    {
      name: "against: nightly window",
      value: nightly,
      weight: 0.5,
      meaning:
        "Contact stays within a few quiet hours, on expected ports and with a certificate that fits, as a backup job's does.",
    },
    {
      name: "against: restricted registry",
      value: facts.restricted ? 1 : 0,
      weight: 0.6,
      meaning: "The domain lies under a suffix that only public bodies or schools are given.",
    },
    {
      name: "against: shared address",
      value: facts.shared ? 1 : 0,
      weight: 0.3,
      meaning:
        "It answers only on addresses that many unrelated sites share: ports and volumes say nothing about it.",
    },
  ]
    .filter(({ value }) => value > 0)
    .map((each) => ({ ...each, value: Math.round(each.value * 1000) / 1000 }));
}
