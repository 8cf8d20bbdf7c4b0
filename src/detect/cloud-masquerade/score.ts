import type { ScoreComponent } from "../../model/finding.js";
import { components, nightlyWindow } from "./components.js";
import type { SiteFacts, Surroundings } from "./facts.js";
import { say } from "./messages.js";

/**
 * The combination, in four steps:
 * 1. specific = Σ weight × value of name, look-alike, kinship, ports, certificate and upload;
 * 2. circumstance = Σ weight × value of prevalence, working hours, age and persistence, which many harmless sites share: it counts in
 *    proportion to what is specific, and fully once that reaches {@link FULL_SUPPORT};
 * 3. times Π (1 − weight × value) of what speaks against;
 * 4. at most the lowest cap that applies ({@link capsOf}).
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
/** From here on a high score is possible. */
const CLEAR_PRETENCE = 0.5;
const BELOW_HIGH = 0.6;
const BELOW_MEDIUM = 0.4;
const BELOW_LOW = 0.24;
/** "backup", or two ideas in one name: a single word for clouds or shelves is on too many signs. */
const STRONG_NAME = 0.75;
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
  const lowering = against(facts, around, contradiction, strengthOf);
  const caps = capsOf(strengthOf, pretence, contradiction);
  const sumOf = (list: readonly ScoreComponent[]): number =>
    list.reduce((total, { value, weight }) => total + value * weight, 0);
  const specific = sumOf(addends.filter(({ name }) => !CIRCUMSTANCE.has(name)));
  const support = Math.min(1, specific / FULL_SUPPORT);
  const sum = specific + support * sumOf(addends.filter(({ name }) => CIRCUMSTANCE.has(name)));
  const factor = lowering.reduce((product, { value, weight }) => product * (1 - value * weight), 1);
  const score = Math.max(0, Math.min(1, sum * factor, ...caps.map(({ atMost }) => atMost)));
  const part = Math.round(support * 100);
  return {
    score: Math.round(score * 1000) / 1000,
    pretence,
    components: [
      ...addends,
      ...lowering,
      ...caps.map(({ name, meaning }) => note(name, meaning)),
      ...(support < 1
        ? [note("circumstance-in-part", say("cloud-masquerade.little-specific-prevalence-hours", part))]
        : []),
    ],
  };
}

/** A rule that was applied: not an addend, so its weight is 0. */
function note(name: string, meaning: string): ScoreComponent {
  return { name, value: 1, weight: 0, meaning };
}

interface Cap {
  name: string;
  atMost: number;
  meaning: string;
}

/** Some kinds of evidence must not be outweighed by the sum of weaker ones. */
function capsOf(strengthOf: (name: string) => number, pretence: number, contradiction: number): Cap[] {
  const caps: Cap[] = [];
  const add = (name: string, atMost: number, why: string): void => {
    const word = atMost === BELOW_HIGH ? "medium" : atMost === BELOW_MEDIUM ? "low" : "informational";
    caps.push({ name, atMost, meaning: say("cloud-masquerade.at-most", why, word) });
  };
  // How the servers behave, whatever they are called.
  const servers = Math.max(strengthOf("ports"), strengthOf("certificate"));
  const behaviour = Math.max(servers, strengthOf("kinship"), strengthOf("upload"));
  if (pretence < LEAST_PRETENCE) {
    const odd = servers >= 0.6;
    add("no-pretence", odd ? BELOW_HIGH : BELOW_MEDIUM, "Words, look-alikes and kin names pretend nothing");
  } else if (pretence < CLEAR_PRETENCE) {
    add("weak-pretence", BELOW_HIGH, "Words, look-alikes and kin names pretend little");
  }
  if (contradiction < 0.45) {
    add(
      "no-contradiction",
      BELOW_HIGH,
      "Nothing contradicts the name; a small honest provider looks the same",
    );
  }
  if (pretence < CLEAR_PRETENCE && contradiction < 0.45) {
    // What is left are circumstances and volume, which every busy local service has.
    add("little-of-either", BELOW_MEDIUM, "The name pretends little and nothing contradicts it");
  }
  if (behaviour < 0.45) {
    const low = behaviour >= 0.3 || strengthOf("name") >= STRONG_NAME;
    const atMost = strengthOf("look-alike") >= 0.7 ? BELOW_HIGH : low ? BELOW_MEDIUM : BELOW_LOW;
    add(
      "name-only",
      atMost,
      `Apart from the name ${behaviour >= 0.3 ? "little" : "nothing"} about the servers is unusual`,
    );
  }
  return caps;
}

/** What speaks against: multiplies the sum by (1 − weight × value). Left out where it is 0. */
function against(
  facts: SiteFacts,
  around: Surroundings,
  contradiction: number,
  strengthOf: (name: string) => number,
): ScoreComponent[] {
  const single = facts.organisations.length === 1 && around.organisations >= 3 ? 1 : 0;
  const inFront =
    facts.name.own < LEAST_PRETENCE &&
    facts.name.value >= LEAST_PRETENCE &&
    Math.max(strengthOf("kinship"), strengthOf("look-alike")) < LEAST_PRETENCE;
  const nightly = nightlyWindow(facts) * (1 - contradiction);
  return [
    {
      name: "against: one organisation",
      value: single * (1 - contradiction / 2),
      weight: 0.35,
      meaning: say("cloud-masquerade.only-one-organisation-uses"),
    },
    {
      name: "against: plain domain",
      value: inFront ? 1 : 0,
      weight: 0.3,
      meaning: say("cloud-masquerade.only-labels-before-domain"),
    },
    {
      name: "against: nightly window",
      value: nightly,
      weight: 0.5,
      meaning: say("cloud-masquerade.contact-stays-within-few"),
    },
    {
      name: "against: restricted registry",
      value: facts.restricted ? 1 : 0,
      weight: 0.6,
      meaning: say("cloud-masquerade.domain-lies-under-suffix"),
    },
    {
      name: "against: shared address",
      value: facts.shared ? 1 : 0,
      weight: 0.3,
      meaning: say("cloud-masquerade.answers-only-addresses-many"),
    },
  ]
    .filter(({ value }) => value > 0)
    .map((each) => ({ ...each, value: Math.round(each.value * 1000) / 1000 }));
}
