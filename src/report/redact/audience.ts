import type { Entity } from "../../model/finding.js";
import { ENGLISH } from "../catalogue.js";
import type { ReportInput } from "../port.js";
import { addressHits } from "./addresses.js";
import { domainOf, Names } from "./names.js";
import { OwnWords } from "./own-words.js";
import { isInside, Ownership, type Redaction } from "./ownership.js";
import { Pseudonyms } from "./pseudonyms.js";
import { type Hit, substituted, Terms } from "./terms.js";

/** Starts where a label does, and what is before an `@` has at most 64 characters (RFC 5321): else a long line takes time with the square of its length. */
const HOSTNAME = /(?<![\p{L}\p{N}_-])(?:[\p{L}\p{N}._+-]{1,64}@)?[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)+/gu;

/** What one reader may see. Everything that a report holds goes through here, or through the rules for findings and assessments that call it. */
export class Audience {
  readonly reader: string | null;
  readonly pseudonyms: Pseudonyms;
  readonly ownership: Ownership;
  /** Servers, names and certificates outside, which a report is for. */
  readonly infrastructure: ReadonlySet<string>;
  /** Texts of all stages, by key. */
  readonly english: Readonly<Record<string, string>>;
  readonly #ids = new Map<string, string>();
  readonly #terms: Terms;
  readonly #own: OwnWords;
  readonly #domains: ReadonlySet<string>;

  constructor(input: ReportInput, redaction: Redaction) {
    const { assessment, findings } = input;
    this.reader = redaction.reader;
    this.english = { ...ENGLISH, ...input.messages };
    this.pseudonyms = new Pseudonyms(redaction.key);
    this.ownership = new Ownership(
      redaction,
      assessment.telemetry.sensors.map(({ realm }) => realm),
    );
    const names = new Names(input, redaction, this.pseudonyms, this.ownership);
    this.infrastructure = names.infrastructure;
    this.#domains = names.domains;
    this.#terms = new Terms(names.terms);
    this.#own = new OwnWords(input);
    for (const { id, org_id } of findings)
      if (!this.isReaders(org_id)) this.#ids.set(id, this.pseudonyms.of("finding", id));
    for (const { id, org_ids } of assessment.incidents)
      if (!this.isReadersAlone(org_ids)) this.#ids.set(id, this.pseudonyms.of("incident", id));
    for (const { id } of assessment.campaigns) this.#ids.set(id, this.pseudonyms.of("campaign", id));
  }

  isReaders(orgId: string | null): boolean {
    return orgId !== null && orgId === this.reader;
  }

  isReadersAlone(orgIds: readonly string[]): boolean {
    return orgIds.length > 0 && orgIds.every((id) => this.isReaders(id));
  }

  /** Id of a finding, incident or campaign: digests of what they are about could be tried out. */
  id(id: string): string {
    return this.#ids.get(id) ?? id;
  }

  org(orgId: string): string {
    return this.isReaders(orgId) ? orgId : this.pseudonyms.of("organisation", orgId);
  }

  /** Several, in an order of their pseudonyms: the order of their ids would tell whoever has a list of them which is which. */
  orgs(orgIds: readonly string[]): string[] {
    return orgIds.map((id) => this.org(id)).sort();
  }

  /** Explanations have ids of organisations, or their names. */
  orgById(text: string): string | undefined {
    return this.ownership.redaction.directory.organisations.has(text) ? this.org(text) : undefined;
  }

  realm(realm: string): string {
    return realm === "" || this.ownership.isReadersRealm(realm) ? realm : this.pseudonyms.of("realm", realm);
  }

  /** Something that a finding of others, or of nobody in particular, is about. */
  entity<Of extends Entity>(entity: Of): Of {
    const realm = entity.realm === undefined ? {} : { realm: this.realm(entity.realm) };
    return { ...entity, value: this.value(entity.kind, entity.value, entity.realm), ...realm };
  }

  /** What is outside stays; what is inside stays where it is certainly the reader's. */
  value(kind: Entity["kind"], value: string, realm?: string): string {
    if (this.infrastructure.has(value)) return value;
    if (this.ownership.ofAddress(value, realm) === "reader" && (realm !== undefined || !isInside(value)))
      return value;
    return this.pseudonyms.of(kind, realm ?? "", value);
  }

  /** Others' names, hosts and addresses in any text. */
  scrub(text: string): string {
    return this.#scrub(text, () => true);
  }

  /**
   * A sentence of ours: where others have a host called `web`, a web shell stays one. Such a name is replaced where what the sentence is about names it.
   *
   * @param named texts that name what the sentence is about
   */
  sentence(text: string, named: readonly string[]): string {
    let meant: ReadonlySet<string> | undefined;
    return this.#scrub(text, (term) => {
      if (!this.#own.isMadeOf(term)) return true;
      meant ??= new Set(named.flatMap((each) => this.#termsIn(each)));
      return meant.has(term);
    });
  }

  #termsIn(text: string): string[] {
    return this.#terms.find(text).map(({ from, to }) => text.slice(from, to).toLowerCase());
  }

  #scrub(text: string, isMeant: (term: string) => boolean): string {
    if (text === "") return text;
    const hits = [
      ...this.#terms.find(text).filter(({ from, to }) => isMeant(text.slice(from, to).toLowerCase())),
      ...addressHits(text, (address) =>
        !this.infrastructure.has(address) && this.ownership.ofAddress(address) === "other"
          ? this.pseudonyms.of("host", "", address)
          : undefined,
      ),
      ...this.#hostnameHits(text),
    ];
    return substituted(text, hits);
  }

  #hostnameHits(text: string): Hit[] {
    if (this.#domains.size === 0 || !text.includes(".")) return [];
    return [...text.matchAll(HOSTNAME)].flatMap(({ 0: found, index }) => {
      const domain = domainOf(found);
      return domain !== undefined &&
        this.#domains.has(domain) &&
        !this.infrastructure.has(found.toLowerCase())
        ? [
            {
              from: index,
              to: index + found.length,
              substitute: this.pseudonyms.of("host", "", found.toLowerCase()),
            },
          ]
        : [];
    });
  }
}
