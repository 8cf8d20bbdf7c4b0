/** Units, and what was cut. `{n}` is the n-th argument; dates stay ISO 8601, sizes SI. */
export const UNIT_MESSAGES = {
  "unit.unknown": "unknown",
  "unit.bytes": "{0} bytes",
  "unit.seconds": "{0} seconds",
  "unit.s": "{0} s",
  "unit.min": "{0} min",
  "unit.h": "{0} h",
  "unit.d": "{0} d",
  "unit.days": "{0, plural, one {# day} other {# days}}",
  "text.cut": "{0}… ({1} more characters)",
} as const;
