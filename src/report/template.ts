import { formatNumber, pluralCategory } from "./locale.js";

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
  const form = forms.get(pluralCategory(count)) ?? forms.get("other") ?? "#";
  return form.replaceAll("#", formatNumber(count));
}
