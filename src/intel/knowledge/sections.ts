/** The lists of statements that an entry has, in the order in which they are shown. */
export const SECTIONS = [
  "names",
  "identifiers",
  "descriptions",
  "relations",
  "activity",
  "victims",
  "techniques",
  "observables",
  "infrastructure",
  "working_hours",
] as const;
export type Section = (typeof SECTIONS)[number];
