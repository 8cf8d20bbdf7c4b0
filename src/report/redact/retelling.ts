import type { Statements } from "../../kernel/statements.js";
import type { Explanation, ExplanationArg } from "../../model/finding.js";
import { withStatements } from "../../model/statements.js";
import { statementText } from "../explain.js";
import { redactArgument } from "./arguments.js";
import type { Audience } from "./audience.js";
import type { RedactedKey } from "./texts.js";

/** Sentences of one part of a case, said anew of arguments that the reader may see. */
export class Retelling {
  readonly #before: Readonly<Record<string, Explanation>>;
  readonly #texts = new Map<string, string>();
  readonly #said: Statements = new Map();

  /** @param statements of the sentences as they were; a case of old has none */
  constructor(
    statements: Readonly<Record<string, Explanation>> | undefined,
    readonly audience: Audience,
  ) {
    this.#before = statements ?? {};
  }

  /** Undefined where nothing tells what the sentence is made of. */
  again(text: string): string | undefined {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const statement = Object.hasOwn(this.#before, text) ? this.#before[text] : undefined;
    if (statement === undefined) return undefined;
    // Of a sentence that is made of itself, which none is: an end.
    this.#texts.set(text, this.audience.scrub(text));
    const args = statement.args.map((arg) =>
      arg.type === "said"
        ? { ...arg, value: this.#part(String(arg.value)) }
        : redactArgument(arg, this.audience),
    );
    const again = this.#made(statement.key, args);
    if (again !== undefined) this.#texts.set(text, again);
    return again;
  }

  /** What stands in the place of something that is withheld. Arguments are pseudonyms, measures and names outside. */
  say(key: RedactedKey, ...args: ExplanationArg[]): string {
    return this.#made(key, args) ?? "";
  }

  /** A sentence, of a case of old as a text in which others are sought. @param named texts that name what it is about */
  sentence(text: string, named: readonly string[]): string {
    return this.again(text) ?? this.audience.sentence(text, named);
  }

  /** A typed argument, which may be made of sentences. */
  argument(arg: ExplanationArg): ExplanationArg {
    const { value } = arg;
    if (typeof value === "string") {
      const again = this.again(value);
      if (again !== undefined)
        return { ...redactArgument({ ...arg, value: "" }, this.audience), value: again };
    }
    if (Array.isArray(value)) {
      const again = value.map((each) => this.again(each));
      if (again.length > 0 && again.every((each) => each !== undefined))
        return { ...redactArgument({ ...arg, value: [] }, this.audience), value: again };
    }
    return redactArgument(arg, this.audience);
  }

  explanation({ key, args }: Explanation): Explanation {
    return { key, args: args.map((arg) => this.argument(arg)) };
  }

  /** With the statements of the sentences that are left, and with no others. @param before what was said of parts of it elsewhere */
  kept<Value extends { statements?: Record<string, Explanation> | undefined }>(
    value: Value,
    before: Statements = new Map(),
  ): Value {
    return withStatements({ ...value, statements: undefined }, new Map([...before, ...this.#said]));
  }

  #made(key: string, args: ExplanationArg[]): string | undefined {
    const text = statementText({ key, args }, this.audience.english);
    if (text !== undefined) this.#said.set(text, { key, args });
    return text;
  }

  #part(text: string): string {
    return this.again(text) ?? this.audience.scrub(text);
  }
}
