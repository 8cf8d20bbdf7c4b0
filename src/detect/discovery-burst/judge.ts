import { unique } from "../../kernel/group-by.js";
import { MINUTE } from "../../kernel/time.js";
import { type ScoreComponent, type Severity, severityOf } from "../../model/finding.js";
import type { ProcessStarts } from "../shared/process-starts.js";
import type { Starter } from "./commands.js";
import type { Habits } from "./launches.js";
import { say } from "./messages.js";
import type { Session } from "./sessions.js";

/** How much each trait takes of what is left to doubt: score = 1 − Π(1 − weight × value). */
export const WEIGHT = { breadth: 0.5, target: 0.25, pace: 0.15, starter: 0.5, rare: 0.2 };

/**
 * Least scores for low, medium, high, critical. Somebody at a keyboard who looks for a fault (four ordinary questions in a few minutes, never asked there before) has 0.52 and
 * is low; as many from a program that does not ask such things are high. Administrators ask all of them: never critical.
 */
const LADDER: readonly [number, number, number, number] = [0.3, 0.55, 0.7, 1.1];

/** Techniques that count in full: the sum of their weights that is as broad as it gets. */
const FULL_BREADTH = 4;
/** About the domain and about what protects the machine: a fault at a desk asks for neither. */
const TARGETS = new Set(["T1482", "T1069.002", "T1087.002", "T1518.001", "T1018"]);
const LEAST_DAYS = 5;
const LEAST_HOSTS = 5;

export interface Judged {
  session: Session;
  /** Techniques with the heaviest weight with which each was asked. */
  techniques: Map<string, number>;
  starter: Starter;
  components: ScoreComponent[];
  score: number;
  severity: Severity;
}

/** So many different questions of one kind are a sweep, which nobody does by hand (`ping` of a whole network). */
const SWEEP = 20;

/** The distinct techniques of a session, each with the heaviest of its weights. */
export function techniquesOf({ asked }: Session): Map<string, number> {
  const found = new Map<string, number>();
  const remote = asked.filter(({ questions }) => questions.some(({ attack }) => attack === "T1018"));
  if (unique(remote.map(({ launch }) => launch.command)).length >= SWEEP) found.set("T1018", 1);
  for (const { questions } of asked)
    for (const { attack, weight } of questions) found.set(attack, Math.max(weight, found.get(attack) ?? 0));
  return found;
}

/** Whether the case is long and broad enough to say what is rare. */
export function canLearn({ hosts, days }: Pick<ProcessStarts, "hosts" | "days">): boolean {
  return hosts >= LEAST_HOSTS || days >= LEAST_DAYS;
}

export function judge(
  session: Session,
  starter: Starter,
  habits: Habits,
  counted: Pick<ProcessStarts, "hosts" | "days">,
  burstMinutes: number,
): Judged {
  const techniques = techniquesOf(session);
  const sum = [...techniques.values()].reduce((total, weight) => total + weight, 0);
  const targets = [...techniques].filter(([technique, weight]) => TARGETS.has(technique) && weight >= 0.6);
  const [first, last] = [session.asked[0], session.asked.at(-1)];
  const minutes = ((last?.launch.at ?? 0) - (first?.launch.at ?? 0)) / MINUTE;
  const component = (name: keyof typeof WEIGHT, value: number, meaning: string): ScoreComponent => ({
    name,
    value: Math.round(value * 1000) / 1000,
    weight: WEIGHT[name],
    meaning,
  });
  const rare = canLearn(counted) ? rarity(session, habits, counted.hosts) : 0.5;
  const questions = unique(session.asked.flatMap((each) => each.questions.map(({ question }) => question)));
  const components = [
    component(
      "breadth",
      Math.min(1, sum / FULL_BREADTH),
      say("discovery-burst.discovery-techniques", techniques.size, questions.slice(0, 12).join("; ")),
    ),
    component(
      "target",
      Math.min(1, targets.length / 2),
      targets.length === 0
        ? say("discovery-burst.nothing-asked-about-domain")
        : say("discovery-burst.asked-about-domain-other", targets.map(([technique]) => technique).join(", ")),
    ),
    component(
      "pace",
      Math.min(1, Math.max(0, 2 - minutes / burstMinutes)),
      say("discovery-burst.within-minutes", Math.round(minutes * 10) / 10),
    ),
    component(
      "starter",
      starter.value,
      session.starter === ""
        ? say("discovery-burst.no-event-says-who")
        : say("discovery-burst.behind-stands", session.starter, starter.what),
    ),
    component(
      "rare",
      rare,
      canLearn(counted)
        ? rare >= 0.5
          ? say("discovery-burst.these-commands-under-such")
          : say("discovery-burst.these-commands-under-such.2")
        : say("discovery-burst.too-few-hosts-days"),
    ),
  ];
  const doubt = components.reduce((rest, { value, weight }) => rest * (1 - value * weight), 1);
  const score = Math.round((1 - doubt) * 1000) / 1000;
  return { session, techniques, starter, components, score, severity: severityOf(score, LADDER) };
}

/** Mean over commands: 1 for one on this host and this day alone. */
function rarity({ asked }: Session, habits: Habits, ownHosts: number): number {
  const values = asked.map(({ launch }) => {
    const among =
      ownHosts < 2 ? 1 : 1 - Math.log2(Math.min(habits.hosts(launch), ownHosts)) / Math.log2(ownHosts);
    return Math.max(0, among) / habits.days(launch).days;
  });
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
