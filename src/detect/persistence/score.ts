import { type Finding, type ScoreComponent, type Severity, severityRank } from "../../model/finding.js";
import { clamp } from "../shared/robust.js";
import { say } from "./messages.js";
import type { Course } from "./relation.js";

/** Everything that the score of a lasting relation is made of. */
export interface Facts {
  course: Course;
  /** Of ours, over all organisations. */
  hosts: number;
  organisations: number;
  /** Share of the destinations with about so many users that have contact on at least so many days; and how many they are. */
  usual: { share: number; destinations: number };
  /** There are enough hosts inside to tell a rare destination from a popular one. */
  rarityKnown: boolean;
  /** Findings of other detectors about the destination, strongest first. */
  suspected: readonly Finding[];
  rareHosts: number;
}

const SUSPICION: Record<Severity, number> = { informational: 0, low: 0, medium: 0.5, high: 0.8, critical: 1 };
/** Least score for high. */
const HIGH = 0.6;
/** Hosts up to which a destination that survived a move is low by itself. */
const FEW_HOSTS = 3;

export interface Score {
  score: number;
  severity: Severity;
  components: ScoreComponent[];
}

/** score = Σ weight × value. The severity follows stated rules (docs/detectors/persistence.md), not the score alone. */
export function scoreOf(facts: Facts): Score {
  const components = componentsOf(facts);
  const score =
    Math.round(clamp(components.reduce((sum, { value, weight }) => sum + value * weight, 0)) * 1000) / 1000;
  return { score, severity: severityOf(facts, score), components };
}

/**
 * Contact for months says nothing against a server that nobody suspects: informational, or low where very few use it and the contact
 * survived a change of address. With a suspicion it is medium, and high where it also survived a change or two detectors suspect the server.
 */
function severityOf({ course, hosts, rarityKnown, suspected }: Facts, score: number): Severity {
  if (suspected.length > 0) {
    const detectors = new Set(suspected.map(({ detector }) => detector)).size;
    const isStrong = severityRank(suspected[0]?.severity ?? "medium") >= severityRank("high");
    return score >= HIGH && isStrong && (course.moves.length > 0 || detectors > 1) ? "high" : "medium";
  }
  return rarityKnown && hosts <= FEW_HOSTS && course.moves.length > 0 ? "low" : "informational";
}

function componentsOf(facts: Facts): ScoreComponent[] {
  const { course, hosts, organisations, usual, rarityKnown, suspected, rareHosts } = facts;
  const component = (name: string, weight: number, value: number, meaning: string): ScoreComponent => ({
    name,
    value: Math.round(clamp(value) * 1000) / 1000,
    weight,
    meaning,
  });
  const gapDays = (course.gap?.hours ?? 0) / 24;
  return [
    component(
      "duration",
      0.2,
      (course.weeks - 2) / 10,
      say("persistence.contact-watched-weeks-full", course.weeks, course.watchedWeeks),
    ),
    component(
      "return",
      0.1,
      course.cadence,
      say(
        "persistence.days-which-due-contact",
        percent(course.cadence),
        course.days.length,
        course.watchedDays,
      ),
    ),
    component(
      "no gap",
      0.05,
      1 - gapDays / (course.spanDays / 4),
      say("persistence.longest-silence-watched-hours", gapDays.toFixed(1), course.spanDays),
    ),
    component(
      "beyond the usual",
      0.15,
      -Math.log10(usual.share) / 3,
      say("persistence.destinations-about-as-many", percent(usual.share), usual.destinations),
    ),
    component(
      "rarity",
      0.1,
      rarityKnown ? 1 - Math.log(Math.max(1, hosts)) / Math.log(rareHosts + 1) : 0,
      rarityKnown
        ? say("persistence.our-hosts-organisations-contact", hosts, organisations)
        : say("persistence.there-too-few-hosts"),
    ),
    component(
      "survival",
      0.15,
      course.moves.length === 0 ? 0 : 0.4 + 0.3 * course.moves.length,
      say("persistence.contact-went-over-changes", course.moves.length, course.addresses.length),
    ),
    component(
      "suspicion",
      0.25,
      SUSPICION[suspected[0]?.severity ?? "informational"],
      suspected.length === 0
        ? say("persistence.no-other-detector-holds")
        : say(
            "persistence.up",
            [...new Set(suspected.map(({ detector }) => detector))].sort().join(", "),
            String(suspected[0]?.severity),
          ),
    ),
  ];
}

function percent(share: number): string {
  const value = share * 100;
  return `${value < 1 ? value.toPrecision(1) : Math.round(value)} %`;
}
