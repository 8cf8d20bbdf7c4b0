let locale = "en-US";

/** Runs something that renders at once, with numbers and plural forms as `tag` (BCP 47) has them. @throws RangeError where it is no language tag */
export function inLocale<T>(tag: string, render: () => T): T {
  const before = locale;
  locale = Intl.getCanonicalLocales(tag)[0] ?? before;
  try {
    return render();
  } finally {
    locale = before;
  }
}

/** BCP 47, for what `Intl` formats. */
export function currentLocale(): string {
  return locale;
}

/** `one`, `few`, `other` …: the category of CLDR that a count falls into. */
export function pluralCategory(count: number): Intl.LDMLPluralRule {
  return new Intl.PluralRules(locale).select(count);
}

/** Thousands separators; at most two decimals, three significant digits below one. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const small = value !== 0 && Math.abs(value) < 1 && !Number.isInteger(value);
  return value.toLocaleString(locale, small ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 2 });
}

/** Exactly so many decimals, without separators of thousands: `0.50`. */
export function formatFixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Number(value.toFixed(digits)).toLocaleString(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  });
}
