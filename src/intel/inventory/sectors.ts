import { suggest } from "../text/suggest.js";

/** STIX 2.1, section 10.8: Industry Sector Vocabulary (`industry-sector-ov`). */
const INDUSTRY_SECTORS: readonly string[] = [
  "agriculture",
  "aerospace",
  "automotive",
  "chemical",
  "commercial",
  "communications",
  "construction",
  "defense",
  "education",
  "energy",
  "entertainment",
  "financial-services",
  "government",
  "emergency-services",
  "government-local",
  "government-national",
  "government-public-services",
  "government-regional",
  "healthcare",
  "hospitality-leisure",
  "infrastructure",
  "dams",
  "nuclear",
  "water",
  "insurance",
  "manufacturing",
  "mining",
  "non-profit",
  "pharmaceuticals",
  "retail",
  "technology",
  "telecommunications",
  "transportation",
  "utilities",
];

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
