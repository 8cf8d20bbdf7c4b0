import { basename } from "node:path";
import { unique } from "../../kernel/group-by.js";
import type { IndicatorKind } from "../../model/indicator.js";
import { type KnowledgeEntry, SECTIONS, type Statement, type SuccessorsFile } from "../../model/knowledge.js";
import type { ConfigIssue as Issue } from "../config-issues.js";
import { sectorSuggestion } from "../inventory/sectors.js";
import { quoted } from "../text/problems.js";
import { didYouMean } from "../text/suggest.js";
import { classify } from "../watchlist/classify.js";
import { nameKey } from "./names.js";

const NETWORK_KINDS: readonly string[] = [
  "domain",
  "domain-wildcard",
  "address",
  "address-port",
  "network",
] satisfies IndicatorKind[];

type Sources = KnowledgeEntry["sources"];

/** As many as are shown of a file; looking for the word that was meant costs more than the rest of the check. */
const MOST_HINTS = 20;

/** Every statement names sources that the file has, and every source has something that rests on it. */
function sourceIssues(
  sources: Sources,
  statements: readonly { path: readonly (string | number)[]; statement: Statement }[],
): Issue[] {
  const known = Object.keys(sources);
  let hints = 0;
  const notIn = (key: string): string =>
    `${quoted(key)} is not in sources${hints++ < MOST_HINTS ? didYouMean(key, known) : ""}`;
  const missing = statements.flatMap(({ path, statement }): Issue[] => [
    ...(Object.hasOwn(sources, statement.source)
      ? []
      : [
          {
            path: [...path, "source"],
            message: notIn(statement.source),
          },
        ]),
    ...(statement.cites ?? []).flatMap((cited, at) =>
      Object.hasOwn(sources, cited)
        ? []
        : [
            {
              path: [...path, "cites", at],
              message: notIn(cited),
            },
          ],
    ),
  ]);
  const used = new Set(statements.flatMap(({ statement }) => [statement.source, ...(statement.cites ?? [])]));
  const own = Object.entries(sources).flatMap(([key, source]): Issue[] => [
    ...(used.has(key)
      ? []
      : [{ path: ["sources", key], message: `no statement rests on source ${quoted(key)}` }]),
    ...([source.url, source.file, source.via].every((place) => place === undefined)
      ? [
          {
            path: ["sources", key],
            message: "a source needs a url, or says in via where it was read (of imported knowledge: a file)",
          },
        ]
      : []),
  ]);
  return [...missing, ...own];
}

function statementsOf(entry: KnowledgeEntry) {
  return SECTIONS.flatMap((section) =>
    entry[section].map((statement, at) => ({ path: [section, at], statement })),
  );
}

function nameIssues(entry: KnowledgeEntry): Issue[] {
  const title = nameKey(entry.title);
  return entry.names.some(({ name }) => nameKey(name) === title)
    ? []
    : [{ path: ["title"], message: `${quoted(entry.title)} must also stand in names, with who says so` }];
}

function relationIssues({ id, relations }: KnowledgeEntry): Issue[] {
  return relations.flatMap(({ to, to_name }, at): Issue[] => {
    const path = ["relations", at];
    if ((to === undefined) === (to_name === undefined))
      return [{ path, message: "give either to (an entry's id) or to_name (a name without an entry)" }];
    return to === id ? [{ path: [...path, "to"], message: "an entry has no relation to itself" }] : [];
  });
}

function observableIssues({ observables }: KnowledgeEntry): Issue[] {
  return observables.flatMap(({ kind, value }, at): Issue[] => {
    if (!NETWORK_KINDS.includes(kind)) return [];
    const found = classify(value, kind as IndicatorKind);
    const path = ["observables", at, "value"];
    if ("problem" in found) return [{ path, message: found.problem }];
    return found.kind === kind
      ? []
      : [{ path, message: `${quoted(value)} is of kind ${found.kind}, not ${kind}` }];
  });
}

function victimIssues({ victims }: KnowledgeEntry): Issue[] {
  return victims.flatMap(({ sector, region, country, text }, at): Issue[] => {
    if ([sector, region, country, text].every((value) => value === undefined))
      return [{ path: ["victims", at], message: "give at least one of sector, region, country, text" }];
    const suggestion = sector === undefined ? undefined : sectorSuggestion(sector);
    if (suggestion === undefined) return [];
    const hint = suggestion === "" ? "" : ` (did you mean "${suggestion}"?)`;
    return [
      {
        path: ["victims", at, "sector"],
        message: `${quoted(sector ?? "")} is not in the industry sectors of STIX 2.1${hint}`,
      },
    ];
  });
}

function timeIssues({ activity, working_hours }: KnowledgeEntry): Issue[] {
  const spans = activity.flatMap(({ from, to, text }, at): Issue[] => {
    if (from === undefined && to === undefined && text === undefined)
      return [{ path: ["activity", at], message: "give at least one of from, to, text" }];
    // Compared as far as both are exact: from 2023-09 to 2023 is a span.
    const exact = Math.min(from?.length ?? 0, to?.length ?? 0);
    const backwards = exact > 0 && (from ?? "").slice(0, exact) > (to ?? "").slice(0, exact);
    return backwards ? [{ path: ["activity", at, "to"], message: "to lies before from" }] : [];
  });
  const hours = working_hours.flatMap(({ utc_offset, from, to, days, calendar, text }, at): Issue[] => {
    const path = ["working_hours", at];
    if ([utc_offset, from, to, days, calendar, text].every((value) => value === undefined))
      return [{ path, message: "give at least one of utc_offset, from, to, days, calendar, text" }];
    return (from === undefined) === (to === undefined) ? [] : [{ path, message: "give both from and to" }];
  });
  return [...spans, ...hours];
}

export function entryIssues(entry: KnowledgeEntry, path: string): Issue[] {
  const file = basename(path).replace(/\.(?:ya?ml|json)$/i, "");
  return [
    ...(file === entry.id
      ? []
      : [{ path: ["id"], message: `the file of ${quoted(entry.id)} must be called ${entry.id}.yaml` }]),
    ...sourceIssues(entry.sources, statementsOf(entry)),
    ...nameIssues(entry),
    ...relationIssues(entry),
    ...observableIssues(entry),
    ...victimIssues(entry),
    ...timeIssues(entry),
  ];
}

export function successorsIssues({ sources, successors }: SuccessorsFile): Issue[] {
  const statements = successors.map((statement, at) => ({ path: ["successors", at], statement }));
  const last = new Map(successors.map(({ from }, at) => [from, at]));
  const doubled = unique(successors.map(({ from }) => from).filter((from, at) => last.get(from) !== at));
  return [
    ...sourceIssues(sources, statements),
    ...successors.flatMap(({ from, to }, at): Issue[] =>
      from === to ? [{ path: ["successors", at], message: `${from} cannot replace itself` }] : [],
    ),
    ...doubled.map((from) => ({
      path: ["successors", last.get(from) ?? 0],
      message: `${from} has two successors: keep one`,
    })),
  ];
}
