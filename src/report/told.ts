import { isTranslated } from "../kernel/language.js";
import { mapSentences } from "../model/statements.js";
import { sayAgain } from "./explain.js";

/**
 * What stages before the report have said, in the language of the report: sentences are stored in English, beside what they are made of. Done once before anything is rendered, so that
 * no part of a report can forget it.
 */
export function told<Value>(value: Value): Value {
  if (!isTranslated()) return value;
  return mapSentences(value, (text, statements) =>
    statements === undefined ? text : sayAgain(text, statements),
  );
}
