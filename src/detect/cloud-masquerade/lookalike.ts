import { editDistance } from "../shared/edit-distance.js";
import type { Provider, ProviderList } from "../shared/providers.js";
import type { Site } from "../shared/site.js";
import type { Lexicon } from "./lexicon.js";
import { foldLabel } from "./name-evidence.js";
import { segment } from "./segment.js";

/** A name that imitates a real provider on a domain that is not the provider's. */
export interface Lookalike {
  value: number;
  provider: string;
  brand: string;
  how:
    | "spelled out below another domain"
    | "look-alike letters"
    | "misspelt"
    | "brand with added words"
    | "brand under another suffix";
}

interface Brand {
  text: string;
  shape: string;
  letters: number;
  provider: Provider;
  /** A misspelling of a storage vendor is worth a look; of a maker of printers, not here. */
  stores: boolean;
}

/** Letters and pairs that are read as others in a hurry, to one form; Cyrillic and Greek twins of Latin letters included. */
const TWINS: readonly [RegExp, string][] = [
  [/0|о|ο/gu, "o"],
  [/[1|!ı]|і|ι|ӏ/gu, "l"],
  [/3|е|ε/gu, "e"],
  [/4|а|α/gu, "a"],
  [/5|ѕ/gu, "s"],
  [/7/g, "t"],
  [/8/g, "b"],
  [/9/g, "g"],
  [/rn/g, "m"],
  [/vv/g, "w"],
  [/с/gu, "c"],
  [/р|ρ/gu, "p"],
  [/х|χ/gu, "x"],
  [/у|υ/gu, "y"],
  [/ԁ/gu, "d"],
  [/к|κ/gu, "k"],
  [/п/gu, "n"],
  [/в/gu, "b"],
  [/т|τ/gu, "t"],
  [/ν/gu, "v"],
];

/** Whether any of them occurs: most labels have none. */
const TWIN = new RegExp(TWINS.map(([twin]) => twin.source).join("|"), "u");

export function skeleton(text: string): string {
  if (!TWIN.test(text)) return text.replaceAll("i", "l");
  const plain = TWINS.reduce((result, [twin, letter]) => result.replace(twin, letter), text);
  // `i` and `l` are one stroke apart in most fonts; both sides of every comparison go through here.
  return plain.replaceAll("i", "l");
}

export class LookalikeFinder {
  #brands: Brand[] = [];
  #domains: Map<string, Provider>;
  #lexicon: Lexicon;

  constructor(list: ProviderList, lexicon: Lexicon) {
    this.#lexicon = lexicon;
    this.#domains = new Map(
      list.providers.flatMap((provider) => provider.domains.map((domain) => [domain, provider] as const)),
    );
    for (const provider of list.providers) {
      const stores = provider.kinds.some(
        (kind) => kind === "storage" || kind === "backup" || kind === "sync",
      );
      for (const text of provider.brands) {
        if (text.length < 5) continue;
        this.#brands.push({ text, shape: skeleton(text), letters: lettersOf(text), provider, stores });
      }
    }
  }

  /** The strongest imitation in the site's label or in the names below it. */
  find(site: Site, services: readonly (readonly string[])[]): Lookalike | undefined {
    const found = [this.#inLabel(site), ...services.map((labels) => this.#spelledOut(labels))].filter(
      (each) => each !== undefined,
    );
    return found.sort((a, b) => b.value - a.value)[0];
  }

  /** `drive.vendor.com.something.example`: the provider's whole domain in front of another's. */
  #spelledOut(labels: readonly string[]): Lookalike | undefined {
    for (let from = 0; from < labels.length - 1; from++) {
      for (let to = from + 2; to <= Math.min(labels.length, from + 4); to++) {
        const domain = labels.slice(from, to).join(".");
        const provider = this.#domains.get(domain);
        if (provider !== undefined)
          return {
            value: 1,
            provider: provider.name,
            brand: domain,
            how: "spelled out below another domain",
          };
      }
    }
    return undefined;
  }

  #inLabel(site: Site): Lookalike | undefined {
    const label = foldLabel(site.label);
    const parts = label.split(/[-_]/).filter((part) => part !== "");
    const joined = parts.join("");
    const exact = this.#brands.find((brand) => brand.text === label);
    if (exact !== undefined) {
      // The owner's own national domain, more often than not.
      const national = site.suffix.split(".").at(-1)?.length === 2;
      return {
        value: national ? 0.1 : 0.5,
        provider: exact.provider.name,
        brand: exact.text,
        how: "brand under another suffix",
      };
    }
    return this.#twin(parts, joined) ?? this.#combined(parts, joined) ?? this.#misspelt(parts);
  }

  /**
   * The brand's shape written with other letters: as a whole part of the label, or at either end of it if a digit or foreign letter stands
   * in it. `i` for `l` alone does not count inside a longer name: every `…lcloud` would be an `icloud`.
   */
  #twin(parts: readonly string[], joined: string): Lookalike | undefined {
    const shape = skeleton(joined);
    const shapes = new Set([...parts, joined].map(skeleton));
    const foreign = TWIN.test(joined);
    for (const { text, shape: brandShape, provider } of this.#brands) {
      const within = foreign && (shape.startsWith(brandShape) || shape.endsWith(brandShape));
      if (!shapes.has(brandShape) && !within) continue;
      if (joined.includes(text) || this.#isOrdinary(joined)) continue;
      if (!shapes.has(brandShape) && !this.#standsIn(joined, shape.startsWith(brandShape), brandShape.length))
        continue;
      return { value: 1, provider: provider.name, brand: text, how: "look-alike letters" };
    }
    return undefined;
  }

  /** Whether the imitated stretch itself holds a twin, rather than the rest of the label. */
  #standsIn(joined: string, atStart: boolean, length: number): boolean {
    const piece = atStart ? joined.slice(0, length) : joined.slice(-length);
    return TWIN.test(piece);
  }

  /** A brand with other words before or after it. With a word of the trade it is bait; with another it may be a reseller's. */
  #combined(parts: readonly string[], joined: string): Lookalike | undefined {
    for (const { text, provider, stores } of this.#brands) {
      if (!joined.includes(text)) continue;
      const whole = parts.includes(text) || joined.startsWith(text) || joined.endsWith(text);
      if (!whole) continue;
      const rest = joined.startsWith(text)
        ? joined.slice(text.length)
        : joined.slice(0, joined.length - text.length);
      const segments = segment(rest, this.#lexicon);
      const trade =
        segments.some(({ idea }) => idea !== undefined) || /update|login|account|secure|verify/.test(rest);
      const words = parts.includes(text) || (segments.length > 0 && segments.every(({ known }) => known));
      if (!words) continue;
      return {
        value: trade ? (stores ? 0.9 : 0.7) : 0.4,
        provider: provider.name,
        brand: text,
        how: "brand with added words",
      };
    }
    return undefined;
  }

  #misspelt(parts: readonly string[]): Lookalike | undefined {
    for (const part of parts) {
      if (part.length < 6) continue;
      const letters = lettersOf(part);
      for (const { text, letters: brandLetters, provider, stores } of this.#brands) {
        if (!stores || text.length < 7) continue;
        const allowed = text.length >= 11 ? 2 : 1;
        // One edit changes at most two letters of the set: most pairs are settled without measuring.
        if (Math.abs(part.length - text.length) > allowed || bits(letters ^ brandLetters) > 2 * allowed)
          continue;
        const distance = editDistance(part, text);
        if (distance === 0 || distance > allowed || this.#isOrdinary(part)) continue;
        return { value: 0.8, provider: provider.name, brand: text, how: "misspelt" };
      }
    }
    return undefined;
  }

  #isOrdinary(part: string): boolean {
    return segment(part, this.#lexicon).every(({ known }) => known) && !/\d/.test(part);
  }
}

/** The set of a text's letters as bits; what is no Latin letter shares one. */
function lettersOf(text: string): number {
  let set = 0;
  for (let at = 0; at < text.length; at++) {
    const letter = text.charCodeAt(at) - 97;
    set |= 1 << (letter >= 0 && letter < 26 ? letter : 26);
  }
  return set;
}

function bits(set: number): number {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count++;
  return count;
}
