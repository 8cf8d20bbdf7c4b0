import { domainToUnicode } from "node:url";
import type { Site } from "../shared/site.js";
import type { Lexicon } from "./lexicon.js";
import { segment } from "./segment.js";

/** What the words of a site's names promise. */
export interface NameEvidence {
  /** 0..1, of all names together. */
  value: number;
  /** 0..1, of the registered label alone: `files.` before it is how everybody names a server of their own. */
  own: number;
  /** The words that promise it, e.g. `sicherung (backup)`. */
  words: string[];
}

type LabelEvidence = Pick<NameEvidence, "value" | "words">;

/** Service labels promise less than the registered name: `files.` and `cloud.` stand before every company's domain. */
const SERVICE_FACTOR = 0.5;

/** Lower case, punycode decoded, accents off: `xn--…` and `sécurité` become letters that the lexicon can hold. */
export function foldLabel(label: string): string {
  const unicode = label.includes("xn--") ? domainToUnicode(label) || label : label;
  if (/^[a-z0-9-]*$/.test(unicode)) return unicode;
  return unicode.toLowerCase().replaceAll("ß", "ss").normalize("NFKD").replace(/\p{M}/gu, "");
}

/** The same few labels stand before most domains. */
const seen = new Map<string, LabelEvidence>();
const REMEMBERED = 50_000;

function serviceEvidence(label: string, lexicon: Lexicon): LabelEvidence {
  const known = seen.get(label);
  if (known !== undefined) return known;
  const evidence = labelEvidence(label, lexicon);
  if (seen.size < REMEMBERED) seen.set(label, evidence);
  return evidence;
}

export function nameEvidence(site: Site, services: readonly string[], lexicon: Lexicon): NameEvidence {
  const own = labelEvidence(site.label, lexicon);
  let value = own.value;
  const words = [...own.words];
  let best = 0;
  for (const label of new Set(services)) {
    const service = serviceEvidence(label, lexicon);
    best = Math.max(best, service.value);
    words.push(...service.words);
  }
  value = 1 - (1 - value) * (1 - best * SERVICE_FACTOR);
  return { value, own: own.value, words: [...new Set(words)].slice(0, 8) };
}

/** Each idea counts once with its strongest word; two ideas in one name promise more than one. */
function labelEvidence(label: string, lexicon: Lexicon): LabelEvidence {
  const ideas = new Map<string, { strength: number; text: string }>();
  for (const { text, idea, strength } of segment(foldLabel(label), lexicon)) {
    if (idea !== undefined && strength > (ideas.get(idea)?.strength ?? 0))
      ideas.set(idea, { strength, text });
  }
  const doubt = [...ideas.values()].reduce((product, { strength }) => product * (1 - strength), 1);
  return {
    value: 1 - doubt,
    words: [...ideas].map(([idea, { text }]) => (text === idea ? text : `${text} (${idea})`)),
  };
}
