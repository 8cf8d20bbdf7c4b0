import type { AssessedInfrastructure } from "../model/assessment.js";
import { strictestTlp, type Tlp } from "../model/finding.js";
import { type LookFor, lookFor, type Withheld, withheldFor } from "../model/look-for.js";
import type { ReportInput } from "./port.js";

/** Infrastructure that other tools can look for: its value is checked to be what its kind says, in canonical form. */
export interface ReportedIndicator extends LookFor {
  item: AssessedInfrastructure;
  /** The strictest marking of the case and of the findings that it rests on. */
  tlp: Tlp;
}

export interface ReportedIndicators {
  usable: ReportedIndicator[];
  /** Values that no rule can hold: no name or address after all, or an address of private or special use. */
  unusable: AssessedInfrastructure[];
}

/**
 * All infrastructure of the assessment as indicators, each once, in the order of the assessment. What is no plain name, public address, hex
 * fingerprint or JA3/JA4 is left out: a rule must never hold text from a log that was not understood.
 */
export function indicatorsOf({ assessment, findings }: ReportInput): ReportedIndicators {
  const marking = new Map(findings.map(({ id, tlp }) => [id, tlp]));
  const usable = new Map<string, ReportedIndicator>();
  const unusable: AssessedInfrastructure[] = [];
  for (const item of assessment.infrastructure) {
    const known = lookFor(item);
    if (known === undefined) {
      unusable.push(item);
      continue;
    }
    const tlp = strictestTlp([assessment.tlp, ...item.findings.flatMap((id) => marking.get(id) ?? [])]);
    const key = `${known.kind}|${known.value}`;
    if (!usable.has(key)) usable.set(key, { ...known, item, tlp });
  }
  return { usable: [...usable.values()], unusable };
}

export interface ConfirmedIndicators {
  /** What the user's own lists state, or led to. Rules that block or alert are made of these alone. */
  rules: ReportedIndicator[];
  /** Confirmed as well, but a rule for it would catch people who have nothing to do with the case. */
  withheld: { indicator: ReportedIndicator; why: Withheld }[];
  /** Confirmed, and no name, public address or hash that a rule could hold. */
  unusable: number;
}

/** Confirmed infrastructure, parted by whether a rule may hold it. */
export function confirmedIndicators(input: ReportInput): ConfirmedIndicators {
  const { popular } = input.assessment.correlation;
  const { usable, unusable } = indicatorsOf(input);
  const confirmed = usable
    .filter(({ item }) => item.basis === "confirmed")
    .map((indicator) => ({ indicator, why: withheldFor(indicator.item, popular) }));
  return {
    rules: confirmed.flatMap(({ indicator, why }) => (why === undefined ? [indicator] : [])),
    withheld: confirmed.flatMap(({ indicator, why }) => (why === undefined ? [] : [{ indicator, why }])),
    unusable: unusable.filter(({ basis }) => basis === "confirmed").length,
  };
}

/** One line about what is in no rule, for the head of a file of rules; undefined where nothing is. */
export function withheldLine({
  withheld,
  unusable,
}: Pick<ConfirmedIndicators, "withheld" | "unusable">): string | undefined {
  if (withheld.length + unusable === 0) return undefined;
  const count = (why: Withheld) => withheld.filter((each) => each.why === why).length;
  const parts = [
    [count("shared"), "at shared hosting"],
    [count("popular"), "popular"],
    [count("suffix"), "a public suffix"],
    [unusable, "no plain name, public address or hash"],
  ] as const;
  const words = parts.flatMap(([number, word]) => (number > 0 ? [`${number} ${word}`] : []));
  return `${withheld.length + unusable} confirmed but in no rule: ${words.join(", ")}`;
}
