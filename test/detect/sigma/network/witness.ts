/** Rows made of what a rule looks for: most fulfil it, the others nearly do. */
import type { TableSource } from "../../../../src/detect/sigma/logsource/index.js";
import type { Condition, PatternPart, Predicate } from "../../../../src/detect/sigma/rule/model.js";

type Wanted = Map<string, Predicate[]>;

/** What must hold at once, for a few ways to fulfil the condition. */
function waysOf(condition: Condition): Wanted[] {
  switch (condition.kind) {
    case "field":
      return [new Map([[condition.field, [condition.predicate]]])];
    case "keyword":
      return [new Map([["", [condition.predicate]]])];
    case "not":
      return [new Map()];
    case "or":
      return condition.parts.flatMap(waysOf).slice(0, 4);
    case "and":
      return condition.parts.map(waysOf).reduce<Wanted[]>(
        (ways, more) =>
          ways
            .flatMap((way) =>
              more.map((other) => {
                const both: Wanted = new Map(way);
                for (const [field, predicates] of other)
                  both.set(field, [...(both.get(field) ?? []), ...predicates]);
                return both;
              }),
            )
            .slice(0, 6),
        [new Map()],
      );
  }
}

const isAny = (part: PatternPart | undefined): boolean =>
  typeof part === "object" && "wild" in part && part.wild === "any";

function textOf(parts: readonly PatternPart[]): string {
  return parts
    .map((part) =>
      typeof part === "string" ? part : "of" in part ? part.of[0] : part.wild === "any" ? "" : "x",
    )
    .join("");
}

/** One text that has all that is wanted of a field, in the order begin, middle, end. */
function wantedText(predicates: readonly Predicate[]): string {
  const texts = predicates.flatMap((predicate) => {
    if (predicate.kind === "text") {
      const { parts } = predicate.pattern;
      const order = isAny(parts[0]) ? (isAny(parts.at(-1)) ? 1 : 2) : 0;
      return [{ order, text: textOf(parts) }];
    }
    if (predicate.kind === "number") return [{ order: 0, text: predicate.text }];
    if (predicate.kind === "cidr") return [{ order: 0, text: predicate.network.split("/")[0] ?? "" }];
    if (predicate.kind === "compare") return [{ order: 0, text: String(predicate.value + 1) }];
    return [];
  });
  return texts
    .sort((a, b) => a.order - b.order)
    .map(({ text }) => text)
    .join("");
}

const LISTS = [
  "answers",
  "request_mime_types",
  "response_mime_types",
  "certificate_chain",
  "san_dns",
  "smtp_to",
];
const ADDRESSES = ["src_endpoint_ip", "dst_endpoint_ip"];

export function witnessOf(condition: Condition, source: TableSource): Record<string, unknown>[] {
  return waysOf(condition).flatMap((way) => {
    const row: Record<string, unknown> = {};
    const url = { host: "", stem: "", query: "", extension: "" };
    for (const [field, predicates] of way) {
      const value = wantedText(predicates);
      const mapped = source.fields[field];
      const [attribute] = mapped !== undefined && "attributes" in mapped ? mapped.attributes : [];
      if (field === "") row[source.table === "http_activity" ? "user_agent" : "connection_uid"] = value;
      else if (attribute === "url_path") url.query += value;
      else if (attribute === "url_stem") url.stem += value;
      else if (attribute === "url_extension") url.extension = value;
      else if (attribute !== undefined && value !== "")
        row[attribute] = LISTS.includes(attribute)
          ? [value]
          : ADDRESSES.includes(attribute) && !value.includes(":")
            ? `::ffff:${value}`
            : attribute === "rejected"
              ? Number(value === "true")
              : value;
    }
    if (source.table === "remote_access_activity")
      return [
        {
          ...Object.fromEntries(
            Object.entries(source.where ?? {}).map(([column, [first]]) => [column, first]),
          ),
          ...row,
        },
      ];
    if (source.table !== "http_activity") return [row];
    const stem = `${url.stem}${url.extension === "" ? "" : `.${url.extension}`}`;
    const role = source.where?.log_role?.at(-1) ?? "sensor";
    // The wanted text may be meant to be the whole, or what stands behind the question mark.
    const paths = url.query === "" ? [stem] : [`${stem}${url.query}`, `${stem}?${url.query}`];
    return paths.map((url_path) => ({ ...row, log_role: role, url_path }));
  });
}
