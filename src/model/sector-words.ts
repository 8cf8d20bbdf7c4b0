import { sayer } from "../kernel/language.js";

/** What the sectors of STIX's vocabulary are called in a sentence and in a table: messages of the report, and words of judgements. */
export const SECTOR_MESSAGES = {
  "sector.agriculture": "agriculture",
  "sector.aerospace": "aerospace",
  "sector.automotive": "automotive",
  "sector.chemical": "chemical industry",
  "sector.commercial": "commerce",
  "sector.communications": "communications",
  "sector.construction": "construction",
  "sector.defense": "defence",
  "sector.education": "education",
  "sector.energy": "energy",
  "sector.entertainment": "entertainment",
  "sector.financial-services": "financial services",
  "sector.government": "government",
  "sector.emergency-services": "emergency services",
  "sector.government-local": "local government",
  "sector.government-national": "national government",
  "sector.government-public-services": "public services of the government",
  "sector.government-regional": "regional government",
  "sector.healthcare": "healthcare",
  "sector.hospitality-leisure": "hospitality and leisure",
  "sector.infrastructure": "infrastructure",
  "sector.dams": "dams",
  "sector.nuclear": "nuclear facilities",
  "sector.water": "water supply",
  "sector.insurance": "insurance",
  "sector.manufacturing": "manufacturing",
  "sector.mining": "mining",
  "sector.non-profit": "non-profit organisations",
  "sector.pharmaceuticals": "pharmaceuticals",
  "sector.retail": "retail",
  "sector.technology": "technology",
  "sector.telecommunications": "telecommunications",
  "sector.transportation": "transportation",
  "sector.utilities": "utilities",
} as const;

const say = sayer(SECTOR_MESSAGES);

/** `national government` for `government-national`; a word that the inventory made up as it is. */
export function sectorWords(sector: string): string {
  const key = `sector.${sector}`;
  return Object.hasOwn(SECTOR_MESSAGES, key) ? say(key as keyof typeof SECTOR_MESSAGES) : sector;
}
