/**
 * How the mappings in `logs.ts` reach the values of a Zeek record, whichever way the record is written. Names are Zeek's own,
 * dotted: `id.orig_h`.
 */
import type { Checks, Field } from "../checked.js";
import type { Prelude } from "../sql.js";

export interface ZeekFields {
  readonly prelude: Prelude;
  /** May a record of this shape have the field? */
  has(name: string): boolean;
  field(name: string): Field;
  /** SQL String, escapes undone, '' where unset or empty. */
  text(name: string): string;
  /** The same without undoing escapes: for uids, enums and flags, which never have any. */
  word(name: string): string;
  /** SQL Array(String), escapes undone, without unset elements. */
  list(name: string): string;
  /** SQL condition that a bool is true, or that it is false. Neither holds where it is unset. */
  isTrue(name: string): string;
  isFalse(name: string): string;
  /** Column of an observation's time. */
  time(checks: Checks, name: string): string;
  /** Column of a claimed time, nullable. */
  claimedTime(checks: Checks, name: string): string;
}
