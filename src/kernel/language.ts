import { note, type Typed } from "./statements.js";

/** Words by key, in the language of what is rendered. Each stage has its English in a catalogue; a translation is one object with the keys of all. */

/** A translation: whatever key it lacks is said in English. */
export interface Language {
  /** BCP 47, e.g. `km`: for numbers, plural forms, and the `lang` of a page. */
  tag: string;
  messages: Readonly<Record<string, string>>;
}

/** English texts by key. `{0}` is the first argument. */
export type Catalogue<Key extends string = string> = Readonly<Record<Key, string>>;

let language: Language = { tag: "en", messages: {} };

/** Runs something that renders at once, with all words in another language. @throws RangeError where its tag is none */
export function inLanguage<T>(other: Language, render: () => T): T {
  const before = language;
  Intl.getCanonicalLocales(other.tag);
  language = other;
  try {
    return render();
  } finally {
    language = before;
  }
}

export function languageTag(): string {
  return language.tag;
}

/** Whether anything is said otherwise than in the English of the catalogues. */
export function isTranslated(): boolean {
  return Object.keys(language.messages).length > 0;
}

/** The template of a key in the current language; undefined where neither a translation nor `english` has it. */
export function templateOf(key: string, english: Catalogue): string | undefined {
  return [language.messages, english].find((messages) => Object.hasOwn(messages, key))?.[key];
}

/** What says the sentences of a catalogue. Numbers are written as the language writes them; what has a unit is a text already. */
export function sayer<Key extends string>(english: Catalogue<Key>) {
  return (key: Key, ...args: (string | number | Typed)[]): string => {
    const text = filled(templateOf(key, english) ?? "", args);
    note(text, key, args);
    return text;
  };
}

function filled(template: string, args: readonly (string | number | Typed)[]): string {
  return templateParts(template)
    .map((part) => {
      if (typeof part === "string") return part;
      const arg = args[part.position];
      if (arg === undefined) return missingArgument(part.position);
      if (typeof arg === "string") return arg;
      if (typeof arg !== "number") return arg.text;
      return part.forms === undefined ? formatNumber(arg) : pluralForm(part.forms, arg);
    })
    .join("");
}

/** Stands in a sentence for what a defect left out: a gap would not be seen. */
export function missingArgument(position: number): string {
  return `[argument ${position} is missing]`;
}

/** The place of an argument in a template, and for a count its plural forms by CLDR category. */
interface Placeholder {
  position: number;
  forms?: ReadonlyMap<string, string>;
}

const PLACEHOLDER = /(\{\d+(?:, plural,(?: [a-z]+ \{[^{}]*\})+)?\})/;

/** `{0}`, and of ICU's message format `{0, plural, one {# host} other {# hosts}}`, where `#` stands for the number. */
export function templateParts(template: string): (string | Placeholder)[] {
  return template.split(PLACEHOLDER).flatMap((part, index): (string | Placeholder)[] => {
    if (index % 2 === 0) return part === "" ? [] : [part];
    const position = Number(/\d+/.exec(part)?.[0]);
    const forms = [...part.matchAll(/([a-z]+) \{([^{}]*)\}/g)].map(
      ([, category = "", form = ""]) => [category, form] as const,
    );
    return [forms.length > 0 ? { position, forms: new Map(forms) } : { position }];
  });
}

/** The form that the current language has for a count; `other` is what every message must have. */
export function pluralForm(forms: ReadonlyMap<string, string>, count: number): string {
  const category = new Intl.PluralRules(language.tag).select(count);
  return (forms.get(category) ?? forms.get("other") ?? "#").replaceAll("#", formatNumber(count));
}

/** Separators of thousands; at most two decimals, three significant digits below one. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const small = value !== 0 && Math.abs(value) < 1 && !Number.isInteger(value);
  return value.toLocaleString(
    language.tag,
    small ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 2 },
  );
}

/** Exactly so many decimals, without separators of thousands: `0.50`. */
export function formatFixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Number(value.toFixed(digits)).toLocaleString(language.tag, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  });
}
