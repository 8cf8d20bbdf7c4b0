import { DAY } from "../../kernel/time.js";
import type { NamedSoftware } from "../../model/attribution.js";
import type {
  ClusterProfile,
  Credence,
  ProfileArtefact,
  RivalClusters,
} from "../../model/cluster-profile.js";
import { artefactKey, type Observations, type Seen } from "./observe.js";

/** Likelihood ratios of traces, before belief: judgements, ordered by how hard it is to leave the trace without being who is known for it. */
const OF_SPECIFIC = 2_000;
/** Names of files and services can be met by chance, or be imitated. */
const OF_SPECIFIC_NAME = 150;
const OF_SHARED = 20;
const OF_COMMON = 1.5;
const OF_NAMED = 10;

/** Traces of a program itself. Servers serve several, and outlive them. */
const OF_PROGRAMS: readonly string[] = ["file-hash", "file-name", "file-path", "service", "side-load"];

const NAMES: readonly string[] = ["file-name", "file-path", "service", "side-load"];

/** Servers are rented: what a report says of an address is believed half as much after a year, of a name after three. */
const HALF_LIFE: Readonly<Record<string, number>> = {
  address: 365 * DAY,
  "address-port": 365 * DAY,
  domain: 3 * 365 * DAY,
  "domain-wildcard": 3 * 365 * DAY,
};

/** A trace that findings show and the knowledge base has. */
export interface Match {
  kind: ProfileArtefact["kind"] | "named";
  value: string;
  strength: "specific" | "shared" | "common";
  seen: Seen;
  /** Who is known for it. */
  holders: readonly { cluster: string; credence: Credence }[];
  /** Likelihood ratio for each holder before belief. */
  ratio: number;
  /** The program that alone leaves this trace, or that a rule names; only where a finding of medium severity or above shows it. */
  software?: NamedSoftware;
}

interface Trace {
  kind: ProfileArtefact["kind"];
  value: string;
  holders: Holder[];
  /** Programs that leave it. */
  tools: Set<string>;
  /** Every source that has it calls it specific. */
  isSpecific: boolean;
}

interface Holder {
  cluster: string;
  credence: Credence;
  specificity: ProfileArtefact["specificity"];
}

/** The traces of all clusters, by what findings can show of them. Which kinds are not comparable stands in docs/attribution.md. */
export class ArtefactIndex {
  readonly #traces = new Map<string, Trace>();
  readonly #wildcards = new Map<string, string>();
  readonly #users = new Map<string, Holder[]>();
  readonly #names: { name: string; pattern: RegExp; tool: string }[] = [];

  readonly #software: ReadonlyMap<string, NamedSoftware>;

  constructor({ clusters, tools }: RivalClusters) {
    this.#software = new Map(
      tools.map(({ id, title, identifiers, type = null }) => [
        id,
        { id, name: title, attack: identifiers[0] ?? null, type },
      ]),
    );
    for (const cluster of clusters) this.#addCluster(cluster);
    for (const { id, names } of tools) {
      if (!this.#users.has(id)) continue;
      for (const name of names.filter(isTelling))
        this.#names.push({ name, tool: id, pattern: wholeWord(name) });
    }
  }

  #addCluster({ id, artefacts, tools }: ClusterProfile): void {
    for (const { kind, value, specificity, credence, tool } of artefacts)
      for (const one of comparable(kind, value)) {
        const key = artefactKey(kind, one);
        const known = this.#traces.get(key) ?? {
          kind,
          value: one,
          holders: [],
          tools: new Set(),
          isSpecific: true,
        };
        if (tool !== undefined) known.tools.add(tool);
        known.isSpecific &&= specificity === "specific";
        const before = known.holders.find(({ cluster }) => cluster === id);
        if (before === undefined) known.holders.push({ cluster: id, credence, specificity });
        else if (before.credence.weight < credence.weight) before.credence = credence;
        this.#traces.set(key, known);
        if (kind === "domain-wildcard") this.#wildcards.set(one, key);
      }
    for (const [tool, credence] of tools)
      this.#users.set(tool, [
        ...(this.#users.get(tool) ?? []),
        { cluster: id, credence, specificity: "specific" },
      ]);
  }

  match({ artefacts, named, last }: Observations): Match[] {
    const traces = [...artefacts].flatMap(([key, seen]): Match[] => {
      const found = this.#traces.get(key) ?? this.#byWildcard(key);
      if (found === undefined) return [];
      return [{ ...aged(found.kind, found.value, found.holders, seen, last), ...this.#leftBy(found, seen) }];
    });
    const bare = [...artefacts].flatMap(([key, seen]) => this.#bareAddress(key, seen, last, artefacts));
    const said = named.flatMap(({ text, seen }) =>
      this.#names
        .filter(({ pattern }) => pattern.test(text))
        .map(({ name, tool }): Match => {
          const holders = this.#users.get(tool) ?? [];
          return {
            kind: "named",
            value: name,
            strength: "shared",
            seen,
            holders,
            ratio: among(OF_NAMED, holders),
            ...this.#named(tool, seen),
          };
        }),
    );
    return [...traces, ...bare, ...oncePerName(said)];
  }

  #leftBy({ kind, tools, isSpecific }: Trace, seen: Seen): Pick<Match, "software"> {
    const [tool] = tools;
    const isOne = tool !== undefined && tools.size === 1 && isSpecific && OF_PROGRAMS.includes(kind);
    return isOne ? this.#named(tool, seen) : {};
  }

  #named(tool: string, { isStrong }: Seen): Pick<Match, "software"> {
    const software = this.#software.get(tool);
    return software === undefined || !isStrong ? {} : { software };
  }

  #byWildcard(key: string) {
    if (!key.startsWith("domain|")) return undefined;
    const labels = key.slice("domain|".length).split(".");
    for (let at = 0; at < labels.length - 1; at++) {
      const found = this.#wildcards.get(labels.slice(at).join("."));
      if (found !== undefined) return this.#traces.get(found);
    }
    return undefined;
  }

  /** An address that is known with a port, seen on another port or none: a rented machine has many tenants over time. */
  #bareAddress(key: string, seen: Seen, last: number, all: Observations["artefacts"]): Match[] {
    if (!key.startsWith("address|")) return [];
    const address = key.slice("address|".length);
    const prefix = artefactKey("address-port", `${address}:`);
    if ([...all.keys()].some((one) => one.startsWith(prefix) && this.#traces.has(one))) return [];
    const holders = [...this.#traces].flatMap(([trace, { holders: some }]) =>
      trace.startsWith(prefix) ? some : [],
    );
    const once = [
      ...new Map(holders.map((one) => [one.cluster, { ...one, specificity: "shared" as const }])).values(),
    ];
    return once.length === 0 ? [] : [aged("address", address, once, seen, last)];
  }
}

function among(ratio: number, holders: readonly unknown[]): number {
  return Math.max(OF_COMMON, ratio / Math.max(1, holders.length));
}

function aged(
  kind: Match["kind"],
  value: string,
  holders: readonly Holder[],
  seen: Seen,
  last: number,
): Match {
  // What sources call specific to two clusters is specific to neither.
  const alone = holders.length === 1 && holders[0]?.specificity === "specific";
  const isCommon = holders.some(({ specificity }) => specificity === "common");
  const strength = isCommon ? "common" : alone ? "specific" : "shared";
  const halfLife = HALF_LIFE[kind];
  return {
    kind,
    value,
    strength,
    seen,
    holders: holders.map(({ cluster, credence }) => ({
      cluster,
      credence:
        halfLife === undefined || credence.date === undefined
          ? credence
          : {
              ...credence,
              weight: credence.weight * 2 ** -Math.max(0, Math.abs(last - credence.date) / halfLife - 1),
            },
    })),
    ratio: isCommon
      ? OF_COMMON
      : alone
        ? NAMES.includes(kind)
          ? OF_SPECIFIC_NAME
          : OF_SPECIFIC
        : among(OF_SHARED, holders),
  };
}

/** Ten rules that name one program are one. */
function oncePerName(matches: readonly Match[]): Match[] {
  const byName = new Map<string, Match>();
  for (const match of matches) {
    const before = byName.get(match.value);
    byName.set(
      match.value,
      before === undefined
        ? match
        : {
            ...match,
            seen: {
              ...match.seen,
              findings: [...before.seen.findings, ...match.seen.findings],
              credence: Math.max(before.seen.credence, match.seen.credence),
            },
          },
    );
  }
  return [...byName.values()];
}

/** `Net`, `at` and `Expand` are words of every other rule's title; `Mimikatz` is not. */
function isTelling(name: string): boolean {
  return name.length >= 5 && /[A-Z0-9]/.test(name.slice(1)) ? true : name.length >= 8 && /^[A-Z]/.test(name);
}

function wholeWord(name: string): RegExp {
  return new RegExp(
    `(?<![\\p{L}\\p{N}])${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\p{L}\\p{N}])`,
    "u",
  );
}

/** Values of an observable that can be compared with an entity; none for prose and patterns. */
export function comparable(kind: ProfileArtefact["kind"], value: string): string[] {
  const text = value.replaceAll("[.]", ".").toLowerCase();
  switch (kind) {
    case "domain":
    case "address":
    case "address-port":
    case "file-hash":
    case "file-path":
    case "service":
      return [text];
    case "domain-wildcard":
      return [text.replace(/^\*\./, "")];
    case "side-load":
      return /^[^\s>]+\.exe -> [^\s>]+\.dll$/.test(text) ? [text] : [];
    case "file-name":
      return text.includes("*") ? [] : text.split(/,\s*/).filter((name) => /^[^\s]+\.[a-z0-9]+$/.test(name));
    default:
      return [];
  }
}
