import { visible } from "../../../kernel/visible.js";
import { strictestTlp, type Tlp } from "../../../model/finding.js";
import {
  type Credibility,
  type KnowledgeEntry,
  type KnowledgeSource,
  type Reliability,
  SECTIONS,
  type Statement,
} from "../../../model/knowledge.js";
import type { LeftOut } from "../../text/left-out.js";

/** Grades for what a file says of itself nothing about. */
export interface ImportGrade {
  reliability: Reliability;
  information: Credibility;
}

/** What one file is read with. */
export interface ImportContext {
  /** The file's name, for the source of what it says. */
  file: string;
  /** Of ATT&CK content; undefined where neither the file nor its name says it. */
  attackVersion: string | undefined;
  attackGrade: ImportGrade;
  /** Of everything else. */
  grade: ImportGrade;
}

/** Free text of a feed as one line: bounded, and nothing in it can steer a terminal. */
export function oneLine(text: string, most: number): string {
  const flat = visible(
    text
      .slice(0, 4 * most)
      .replace(/[\s\u0085]+/g, " ")
      .trim(),
  );
  if (flat.length <= most) return flat;
  // Never cut a surrogate pair in two.
  const end = /[\ud800-\udbff]/.test(flat.charAt(most - 2)) ? most - 2 : most - 1;
  return `${flat.slice(0, end).trimEnd()}…`;
}

/** Text as a part of an id: lower-case letters, digits and hyphens. */
export function slug(text: string, most: number): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, most)
    .replace(/^-+|-+$/g, "");
}

/** As many as the schema lets a section have. */
const MOST_STATEMENTS = 5_000;
const MOST_CITES = 1_000;

type FilledSection =
  | "names"
  | "identifiers"
  | "descriptions"
  | "relations"
  | "techniques"
  | "observables"
  | "victims"
  | "activity";

/** An entry while it is read: statements are added one by one, sources as they are first named. */
export class Draft {
  readonly #entry: KnowledgeEntry;
  readonly #origin: KnowledgeSource;
  #overfull = 0;
  readonly #citations = new Map<string, string>();
  readonly #seen = new Set<string>();

  constructor(
    head: Pick<KnowledgeEntry, "id" | "kind" | "title" | "imported">,
    source: KnowledgeSource,
    readonly grade: ImportGrade,
  ) {
    this.#origin = { ...source };
    this.#entry = {
      ...head,
      sources: { origin: this.#origin },
      names: [],
      identifiers: [],
      descriptions: [],
      relations: [],
      techniques: [],
      observables: [],
      victims: [],
      activity: [],
      infrastructure: [],
      working_hours: [],
    };
  }

  get id(): string {
    return this.#entry.id;
  }

  /** The common part of a statement; `date` and `cites` where the file has them. */
  statement(
    more: { date?: string | undefined; cites?: readonly string[]; information?: Credibility } = {},
  ): Statement {
    return {
      source: "origin",
      information: more.information ?? this.grade.information,
      ...(more.date !== undefined && { date: more.date }),
      ...(more.cites !== undefined &&
        more.cites.length > 0 && { cites: [...new Set(more.cites)].slice(0, MOST_CITES) }),
    };
  }

  /** An entry is shared as narrowly as the narrowest of what it is made of. */
  restrict(level: Tlp | undefined): void {
    if (level !== undefined) this.#origin.tlp = strictestTlp([this.#origin.tlp, level]);
  }

  /** The key of a report that the file names as its own source. */
  cite(name: string, source: KnowledgeSource): string {
    const known = this.#citations.get(name);
    if (known !== undefined) return known;
    const key = `c${this.#citations.size + 1}`;
    this.#citations.set(name, key);
    this.#entry.sources[key] = source;
    return key;
  }

  /** Adds a statement that is not there yet; `key` says what makes it the same as another. */
  add<Section extends FilledSection>(
    section: Section,
    key: string,
    statement: KnowledgeEntry[Section][number],
  ): void {
    const list = this.#entry[section] as KnowledgeEntry[Section][number][];
    const whole = `${section}\0${key}`;
    if (this.#seen.has(whole)) return;
    this.#seen.add(whole);
    if (list.length < MOST_STATEMENTS) list.push(statement);
    else this.#overfull++;
  }

  /** The entry, with the sources on which something in it rests. */
  finish(leftOut: LeftOut): KnowledgeEntry {
    if (this.#overfull > 0)
      leftOut.add(
        `statements beyond the ${MOST_STATEMENTS.toLocaleString("en")} of one kind that an entry may have`,
        this.#entry.title,
        this.#overfull,
      );
    const statements = SECTIONS.flatMap((section): readonly Statement[] => this.#entry[section]);
    const used = new Set(statements.flatMap(({ source, cites = [] }) => [source, ...cites]));
    const sources = Object.entries(this.#entry.sources).filter(([key]) => used.has(key));
    return { ...this.#entry, sources: Object.fromEntries(sources) };
  }
}
