import { isDate, type KnowledgeSource } from "../../../model/knowledge.js";
import { isObject, type JsonObject, listField, textField } from "../../text/json.js";
import { type Draft, oneLine } from "./draft.js";

const MONTHS = "january february march april may june july august september october november december".split(
  " ",
);

/** ATT&CK's way of citing: `Author. (2022, November 18). Title. Retrieved …`. Undefined where it has no such date. */
function citedDate(description: string): string | undefined {
  const parts = /\((\d{4})(?:, ([A-Z][a-z]+)(?: (\d{1,2}))?)?\)/.exec(description);
  const [year, monthName, day] = [parts?.[1], parts?.[2], parts?.[3]];
  if (year === undefined) return undefined;
  const month = MONTHS.indexOf((monthName ?? "").toLowerCase()) + 1;
  if (month === 0) return year;
  const yearMonth = `${year}-${String(month).padStart(2, "0")}`;
  const whole = `${yearMonth}-${(day ?? "").padStart(2, "0")}`;
  return isDate(whole) ? whole : yearMonth;
}

/** A link as it stands in a feed; undefined where it is none that could be followed. */
export function webAddress(text: string): string | undefined {
  const url = oneLine(text, 2_000);
  return /^https?:\/\/[^\s"'<>\\]+$/i.test(url) && URL.canParse(url) ? url : undefined;
}

function citedSource(reference: JsonObject): KnowledgeSource | undefined {
  const description = textField(reference, "description");
  const url = webAddress(textField(reference, "url"));
  if (url === undefined) return undefined;
  const publisher = oneLine(textField(reference, "source_name"), 200) || "unnamed";
  const date = citedDate(description);
  return {
    publisher,
    title: oneLine(description, 2_000) || publisher,
    url,
    ...(date !== undefined && { date }),
    // The file that cites it says nothing of how reliable it is.
    reliability: "F",
    tlp: "clear",
  };
}

const indexed = new WeakMap<JsonObject, ReadonlyMap<string, JsonObject>>();

/** References of an object by their names without case. Made once for each: ATT&CK's largest objects are asked for hundreds of times. */
export function referencesOf(object: JsonObject): ReadonlyMap<string, JsonObject> {
  const known = indexed.get(object);
  if (known !== undefined) return known;
  const references = new Map<string, JsonObject>();
  for (const reference of listField(object, "external_references").filter(isObject)) {
    const name = textField(reference, "source_name").toLowerCase();
    if (!references.has(name)) references.set(name, reference);
  }
  indexed.set(object, references);
  return references;
}

/** The reports that stand as `(Citation: name)` in a text, by the references of the objects that it belongs to. */
export function citesOf(text: string, objects: readonly JsonObject[], draft: Draft): string[] {
  const names = [...text.slice(0, 100_000).matchAll(/\(Citation: ([^()]{1,300})\)/g)].map(
    (match) => match[1] ?? "",
  );
  return names.flatMap((name) => {
    const reference = objects
      .map((object) => referencesOf(object).get(name.toLowerCase()))
      .find((found) => found !== undefined);
    const source = reference && citedSource(reference);
    return source === undefined ? [] : [draft.cite(name, source)];
  });
}

/** Prose of ATT&CK without its marks for citations and links. */
export function plainProse(text: string): string {
  return text
    .slice(0, 100_000)
    .replace(/\(Citation: [^()]{1,300}\)/g, "")
    .replace(/\[([^\][]{1,300})\]\((?:https?:[^()\s]{1,500})\)/g, "$1")
    .replace(/<\/?code>/g, "");
}
