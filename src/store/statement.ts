import { LongwatchError } from "../kernel/errors.js";
import { type Token, tokenize } from "./tokens.js";

/**
 * The guard before a user's own query. Both engines run it with `readonly = 1` as well, but that setting alone (measured on 26.7) lets
 * `INTO OUTFILE` write a file, `SELECT file('…')` and `DESCRIBE file('…')` read one, and `KILL QUERY` kill; and its messages do not say what
 * to write instead. The guard knows no grammar: where a harmless text looks like a forbidden one, it refuses.
 */

const READING = new Set(["select", "with", "explain", "describe", "desc", "show", "exists"]);

/** Functions and table functions that reach files, networks, other processes, or run text as a query. In lower case. */
export const REFUSED_FUNCTIONS: ReadonlySet<string> = new Set(
  `aiclassify aiembed aiextract aigenerate aitranslate arrowstream azureblobstorage azureblobstoragecluster
  catboostevaluate cluster clusterallreplicas cosn deltalake deltalakeazure deltalakeazurecluster deltalakecluster deltalakelocal
  deltalakes3 deltalakes3cluster dictionary eval executable file filecluster filesystem gcs hdfs hdfscluster hive hudi
  hudicluster iceberg icebergazure icebergazurecluster icebergcluster iceberghdfs iceberghdfscluster iceberglocal
  iceberglocalcluster icebergs3 icebergs3cluster input jdbc loop merge mongodb mysql odbc oss paimon paimonazure
  paimonazurecluster paimoncluster paimonhdfs paimonhdfscluster paimonlocal paimons3 paimons3cluster postgresql
  prometheusquery prometheusqueryrange python redis remote remotesecure s3 s3cluster sleep sleepeachrow sqlite url urlcluster
  ytsaurus`.split(/\s+/),
);

function refuse(why: string): never {
  throw new LongwatchError("LW_QUERY", why);
}

/**
 * The statement without a closing `;` and trailing comments, so that `\nFORMAT …` can be put after it.
 * @throws LW_QUERY where it is anything but one reading statement without FORMAT, SETTINGS and INTO.
 */
export function assertSingleReadStatement(sql: string): string {
  const tokens = tokenize(sql, refuse);
  const separator = tokens.findIndex((token) => token.text === ";" && token.kind === "symbol");
  const statement = separator < 0 ? tokens : tokens.slice(0, separator);
  if (separator >= 0 && tokens.slice(separator).some((token) => token.text !== ";")) {
    refuse("Only one statement at a time: run what stands after `;` as a query of its own.");
  }
  const first = statement.find((token) => token.text !== "(");
  const last = statement.at(-1);
  if (first === undefined || last === undefined) refuse("The query is empty: write a SELECT.");
  if (first.kind !== "word" || !READING.has(first.lower)) {
    refuse(
      `A query here only reads: begin with SELECT, WITH, EXPLAIN, DESCRIBE, SHOW or EXISTS, not with \`${excerpt(first.text)}\`.`,
    );
  }
  statement.forEach((_, index) => {
    checkKeyword(statement, index);
    checkReach(statement, index);
  });
  checkTablePositions(statement);
  return sql.slice(0, last.end).trim();
}

function excerpt(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

const isName = (token: Token | undefined): boolean => token?.kind === "word" || token?.kind === "name";

/** Clauses that write, or that take over what the caller decides. */
function checkKeyword(tokens: readonly Token[], index: number): void {
  const token = tokens[index];
  const next = tokens[index + 1];
  if (token?.kind !== "word" || tokens[index - 1]?.text === ".") return;
  if (token.lower === "insert" && isName(next)) refuse("A query here only reads: INSERT is not possible.");
  if (token.lower === "into" && next?.lower === "outfile") {
    refuse("INTO OUTFILE is not possible here: redirect the output of the command into a file instead.");
  }
  if (token.lower === "parallel" && next?.lower === "with") {
    refuse("Only one statement at a time: PARALLEL WITH is not possible here.");
  }
  if (
    token.lower === "format" &&
    isName(next) &&
    index + 2 === tokens.length &&
    !/^(asc|desc)$/.test(next?.lower ?? "")
  ) {
    refuse("Leave the FORMAT clause out: choose the output format with --json or --csv.");
  }
  const after = tokens[index + 2]?.text;
  if (token.lower === "settings" && isName(next) && (after === undefined || /^[=.,)]$/.test(after))) {
    refuse("Leave the SETTINGS clause out: a query here runs with the settings of the case.");
  }
}

/** Whatever leads out of the case: functions, and names that the engine would open as a file. */
function checkReach(tokens: readonly Token[], index: number): void {
  const token = tokens[index];
  if (token === undefined) return;
  if (isName(token) && tokens[index + 1]?.text === "(" && REFUSED_FUNCTIONS.has(token.lower)) {
    refuse(
      `${token.lower}() is not possible in a query: it reads only the tables of this case (see SHOW TABLES).`,
    );
  }
  if (token.kind === "name" && /[^\w $%()+-]/.test(token.lower) && tokens[index - 1]?.lower !== "as") {
    refuse(
      `The quoted name ${excerpt(token.text)} could be the path of a file: such a name may only stand behind AS. Use letters, digits and _ for names.`,
    );
  }
}

/** After these words the names of tables are over. */
const AFTER_TABLES = new Set(
  "select where prewhere group order having limit offset window qualify union intersect except settings format on using array".split(
    " ",
  ),
);
const BEFORE_TABLE = new Set(["from", "join", "describe", "desc", "table", "exists"]);

/** A string where a table stands is a file to the embedded engine: `FROM '/etc/passwd'`, also as second table after a comma. */
function checkTablePositions(tokens: readonly Token[]): void {
  const inTables: boolean[] = [false];
  tokens.forEach((token, index) => {
    const depth = inTables.length - 1;
    if (token.text === "(" || token.text === "[") inTables.push(false);
    else if ((token.text === ")" || token.text === "]") && depth > 0) inTables.pop();
    else if (token.kind === "word" && AFTER_TABLES.has(token.lower)) inTables[depth] = false;
    else if (token.kind === "word" && BEFORE_TABLE.has(token.lower)) inTables[depth] = true;
    if (token.kind !== "string") return;
    const before = tokens[index - 1];
    const table =
      before?.kind === "word" ? BEFORE_TABLE.has(before.lower) : before?.text === "," && inTables[depth];
    if (table)
      refuse(
        `${excerpt(token.text)} stands where the name of a table belongs: a query reads only the tables of this case.`,
      );
  });
}
