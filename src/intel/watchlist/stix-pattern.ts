/**
 * STIX 2.1 patterning (section 9): tokens and syntax. Meaning is given in stix-indicator.ts.
 */
export interface Comparison {
  /** Object path as written, without spaces: `ipv4-addr:value`, `x509-certificate:hashes.'SHA-256'`. */
  path: string;
  operator:
    | "="
    | "!="
    | ">"
    | "<"
    | ">="
    | "<="
    | "IN"
    | "LIKE"
    | "MATCHES"
    | "ISSUBSET"
    | "ISSUPERSET"
    | "EXISTS";
  negated: boolean;
  values: string[];
}

export type Expression =
  | { kind: "comparison"; comparison: Comparison }
  | { kind: "and" | "or"; parts: Expression[] };

interface Qualifiers {
  start?: string;
  stop?: string;
  /** WITHIN, REPEATS. */
  other: string[];
}

export type Observation =
  | { kind: "observation"; expression: Expression; qualifiers: Qualifiers }
  | { kind: "and" | "or" | "followedby"; parts: Observation[]; qualifiers: Qualifiers };

export class PatternError extends Error {}

interface Token {
  type: "string" | "word" | "number" | "symbol" | "end";
  text: string;
}

/** Sticky, one alternative for each token; none can match the same text in two ways, so time is linear. */
const TOKEN =
  /\s+|(t?'(?:[^'\\]|\\.)*')|([hb]'[^']*')|(-?\d+(?:\.\d+)?)|(<=|>=|!=|<>|==|[=<>()[\],])|([A-Za-z_][\w-]*(?::[A-Za-z_](?:[\w.-]|'(?:[^'\\]|\\.)*'|\[(?:\*|\d+)\])*)?)/y;

const MAX_PATTERN = 100_000;
const MAX_DEPTH = 64;

function tokenize(pattern: string): Token[] {
  if (pattern.length > MAX_PATTERN) throw new PatternError(`is longer than ${MAX_PATTERN} characters`);
  const tokens: Token[] = [];
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < pattern.length; ) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(pattern);
    if (match === null) {
      TOKEN.lastIndex = 0;
      throw new PatternError(`cannot be read at character ${at + 1}`);
    }
    const [, quotedText, binary, number, symbol, word] = match;
    if (quotedText !== undefined) {
      const body = quotedText.slice(quotedText.indexOf("'") + 1, -1);
      tokens.push({ type: "string", text: body.replace(/\\(.)/gs, "$1") });
    } else if (binary !== undefined) tokens.push({ type: "string", text: binary });
    else if (number !== undefined) tokens.push({ type: "number", text: number });
    else if (symbol !== undefined) tokens.push({ type: "symbol", text: symbol });
    else if (word !== undefined) tokens.push({ type: "word", text: word });
  }
  return tokens;
}

const COMPARATORS: Readonly<Record<string, Comparison["operator"]>> = {
  "=": "=",
  "==": "=",
  "!=": "!=",
  "<>": "!=",
  ">": ">",
  "<": "<",
  ">=": ">=",
  "<=": "<=",
  IN: "IN",
  LIKE: "LIKE",
  MATCHES: "MATCHES",
  ISSUBSET: "ISSUBSET",
  ISSUPERSET: "ISSUPERSET",
};

class Parser {
  #at = 0;
  #depth = 0;

  constructor(readonly tokens: readonly Token[]) {}

  pattern(): Observation {
    const observation = this.#observations();
    if (this.#peek().type !== "end") throw new PatternError(`has ${this.#peek().text} where it should end`);
    return observation;
  }

  /** FOLLOWEDBY binds loosest, then OR, then AND (section 9.5 gives the precedence). */
  #observations(): Observation {
    return this.#chain("FOLLOWEDBY", () =>
      this.#chain("OR", () => this.#chain("AND", () => this.#observation())),
    );
  }

  #chain(word: "FOLLOWEDBY" | "OR" | "AND", next: () => Observation): Observation {
    const parts = [next()];
    while (this.#take(word)) parts.push(next());
    const kind = word === "AND" ? "and" : word === "OR" ? "or" : "followedby";
    return parts.length === 1 && parts[0] !== undefined
      ? parts[0]
      : { kind, parts, qualifiers: { other: [] } };
  }

  #observation(): Observation {
    const inner = this.#nested((): Observation => {
      if (this.#take("(")) {
        const group = this.#observations();
        this.#expect(")");
        return group;
      }
      this.#expect("[");
      const expression = this.#alternatives();
      this.#expect("]");
      return { kind: "observation", expression, qualifiers: { other: [] } };
    });
    return { ...inner, qualifiers: this.#qualifiers(inner.qualifiers) };
  }

  #qualifiers(found: Qualifiers): Qualifiers {
    const qualifiers: Qualifiers = { ...found, other: [...found.other] };
    for (;;) {
      if (this.#take("START")) {
        qualifiers.start = this.#next().text;
        this.#expect("STOP");
        qualifiers.stop = this.#next().text;
      } else if (this.#take("WITHIN")) {
        qualifiers.other.push(`WITHIN ${this.#next().text} SECONDS`);
        this.#expect("SECONDS");
      } else if (this.#take("REPEATS")) {
        qualifiers.other.push(`REPEATS ${this.#next().text} TIMES`);
        this.#expect("TIMES");
      } else return qualifiers;
    }
  }

  #alternatives(): Expression {
    return this.#combine("OR", "or", () => this.#combine("AND", "and", () => this.#term()));
  }

  #combine(word: string, kind: "and" | "or", next: () => Expression): Expression {
    const parts = [next()];
    while (this.#take(word)) parts.push(next());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind, parts };
  }

  #term(): Expression {
    return this.#nested(() => {
      if (this.#take("(")) {
        const expression = this.#alternatives();
        this.#expect(")");
        return expression;
      }
      return { kind: "comparison", comparison: this.#comparison() };
    });
  }

  #comparison(): Comparison {
    const exists = this.#take("EXISTS");
    const path = this.#next();
    if (path.type !== "word" || !path.text.includes(":"))
      throw new PatternError(`has ${path.text} where an object path should stand`);
    if (exists) return { path: path.text, operator: "EXISTS", negated: false, values: [] };
    const negated = this.#take("NOT");
    const word = this.#next().text;
    const operator = Object.hasOwn(COMPARATORS, word) ? COMPARATORS[word] : undefined;
    if (operator === undefined) throw new PatternError(`has ${word} where a comparison should stand`);
    return {
      path: path.text,
      operator,
      negated,
      values: operator === "IN" ? this.#set() : [this.#literal()],
    };
  }

  #set(): string[] {
    this.#expect("(");
    const values = [this.#literal()];
    while (this.#take(",")) values.push(this.#literal());
    this.#expect(")");
    return values;
  }

  #literal(): string {
    const token = this.#next();
    if (token.type === "symbol" || token.type === "end")
      throw new PatternError(`has ${token.text} where a value should stand`);
    return token.text;
  }

  #nested<Result>(inside: () => Result): Result {
    if (++this.#depth > MAX_DEPTH) throw new PatternError(`is nested deeper than ${MAX_DEPTH}`);
    const result = inside();
    this.#depth--;
    return result;
  }

  #peek(): Token {
    return this.tokens[this.#at] ?? { type: "end", text: "the end" };
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #take(text: string): boolean {
    const token = this.#peek();
    if (token.text !== text || token.type === "string" || token.type === "end") return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw new PatternError(`has ${this.#peek().text} where ${text} should stand`);
  }
}

/** @throws PatternError whose message ends a sentence that begins with "the pattern". */
export function parsePattern(pattern: string): Observation {
  return new Parser(tokenize(pattern)).pattern();
}
