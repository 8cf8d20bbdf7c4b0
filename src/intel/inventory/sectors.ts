import { INDUSTRY_SECTORS } from "../../model/organisation.js";
import { suggest } from "../text/suggest.js";

/** Everyday words that are not spelled like the term that STIX has for them. */
const EVERYDAY: Readonly<Record<string, string>> = {
  bank: "financial-services",
  banking: "financial-services",
  military: "defense",
  ministry: "government-national",
  municipality: "government-local",
  university: "education",
  school: "education",
  hospital: "healthcare",
  ngo: "non-profit",
  media: "communications",
  press: "communications",
  it: "technology",
  ict: "technology",
  telecom: "telecommunications",
  police: "emergency-services",
  electricity: "energy",
  aviation: "transportation",
};

/** Spelling without meaning (case, spaces, underscores) is corrected in silence. */
export function normaliseSector(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, "-");
}

/** Undefined where the sector is in the vocabulary; else the term that was probably meant, or an empty string. */
export function sectorSuggestion(sector: string): string | undefined {
  if (INDUSTRY_SECTORS.includes(sector)) return undefined;
  return (Object.hasOwn(EVERYDAY, sector) ? EVERYDAY[sector] : suggest(sector, INDUSTRY_SECTORS)) ?? "";
}
