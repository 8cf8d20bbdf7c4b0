import type { OrgStatus } from "../model/assessment.js";
import { say, sayIfKnown } from "./catalogue.js";

/** Each status with a sign of its own, so that nobody depends on colour. `rank` orders the worst first. Its word is `status.…` of the catalogue. */
export const STATUS: Record<OrgStatus, { sign: string; rank: number }> = {
  compromised: { sign: "●", rank: 0 },
  suspected: { sign: "◐", rank: 1 },
  contacted: { sign: "○", rank: 2 },
  no_evidence: { sign: "–", rank: 3 },
  no_data: { sign: "?", rank: 4 },
};

/** ICD 203, section D.6.e(2)(a): the words (`likelihood.…`, `synonym.…`) and their probabilities, as `likelihoodWord` of the model uses them. */
export const LIKELIHOOD_SCALE = [
  { id: "almost-no-chance", from: 0.01, to: 0.05 },
  { id: "very-unlikely", from: 0.05, to: 0.2 },
  { id: "unlikely", from: 0.2, to: 0.45 },
  { id: "roughly-even-chance", from: 0.45, to: 0.55 },
  { id: "likely", from: 0.55, to: 0.8 },
  { id: "very-likely", from: 0.8, to: 0.95 },
  { id: "almost-certain", from: 0.95, to: 0.99 },
] as const;

/** A word of `likelihoodWord`, in the language of the report. */
export function likelihoodName(word: string): string {
  return sayIfKnown(`likelihood.${word.replaceAll(" ", "-")}`) ?? word;
}

/** What an asset is; empty where the asset list does not say. */
export function roleName(role: string): string {
  return role === "" ? "" : (sayIfKnown(`role.${role}`) ?? role);
}

/** A sector in words; `unknown` is what the assessment calls those of whom the inventory names none. */
export function sectorName(sector: string): string {
  if (sector === "" || sector === "unknown") return say("sectors.unnamed");
  return sayIfKnown(`sector.${sector}`) ?? sector;
}

/** TLP 2.0 (FIRST, August 2022): colours on black are the standard's own. */
export const TLP_COLOUR = {
  clear: "#FFFFFF",
  green: "#33FF00",
  amber: "#FFC000",
  "amber+strict": "#FFC000",
  red: "#FF2B2B",
} as const;

/** Entries of the glossary, in order. */
export const GLOSSARY = [
  "active-day",
  "address-realm",
  "caveat",
  "evidence-line",
  "finding",
  "episode",
  "half-hour",
  "make-up-day",
  "no-data",
  "no-activity",
  "score",
] as const;
