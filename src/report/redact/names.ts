import { getDomain } from "tldts";
import type { Assessment } from "../../model/assessment.js";
import { DEFAULT_REALM } from "../../model/config.js";
import type { Entity, Finding } from "../../model/finding.js";
import type { ReportInput } from "../port.js";
import { canonicalAddress, spellings } from "./addresses.js";
import { isInside, type Ownership, type Redaction } from "./ownership.js";
import type { Named, Pseudonyms } from "./pseudonyms.js";

/** Accounts that every machine has, and the realm of those who named none: they name nobody. */
const COMMON = new Set([
  "system",
  "administrator",
  "administrators",
  "admin",
  "root",
  "guest",
  "user",
  "local service",
  "network service",
  "anonymous logon",
  "nt authority",
  "builtin",
  "service",
  DEFAULT_REALM,
]);
/** Shorter names than this are found everywhere in ordinary words; organisations, which must not be named, are sought from two on. */
const SHORTEST = 3;

/** `moe.gov.kh` of `user@ws1.moe.gov.kh`; of names without a public suffix the last two labels. */
export function domainOf(text: string): string | undefined {
  const name = text.slice(text.indexOf("@") + 1).toLowerCase();
  if (canonicalAddress(name) !== undefined || !name.includes(".")) return undefined;
  return getDomain(name) ?? name.split(".").slice(-2).join(".");
}

/** All that must not be said, with what stands for it. */
export class Names {
  readonly terms = new Map<string, string>();
  readonly domains = new Set<string>();
  readonly infrastructure: ReadonlySet<string>;
  /** Names that the reader has as well: they stay readable. */
  readonly #readers = new Set<string>();

  constructor(
    { assessment, findings }: ReportInput,
    readonly redaction: Redaction,
    readonly pseudonyms: Pseudonyms,
    readonly ownership: Ownership,
  ) {
    const { directory, reader } = redaction;
    const isOther = (orgId: string) => orgId !== reader;
    this.infrastructure = new Set(
      assessment.infrastructure
        .map(({ value }) => value)
        .filter((value) => ownership.ofAddress(value) !== "other" && !isInside(value)),
    );
    this.#collectReaders(assessment, findings);
    for (const { orgId, name } of directory.organisations.values())
      if (isOther(orgId)) this.#organisation(orgId, name);
    for (const { org_id, name, hosts } of assessment.organisations) {
      if (!isOther(org_id)) continue;
      this.#organisation(org_id, name);
      for (const host of hosts) {
        this.#host(host.address, host.realm);
        this.#host(host.name, host.realm);
      }
    }
    for (const { realm, address, name } of directory.assets) {
      if (ownership.ofAddress(address, realm) === "reader") continue;
      this.#host(name, realm);
      this.#host(address, realm);
    }
    for (const { realm, host, address } of redaction.hosts.stays)
      if (ownership.ofAddress(address, realm) === "other") this.#host(host, realm);
    for (const finding of findings) if (isOther(finding.org_id ?? "")) this.#finding(finding);
    for (const { sensor_id, realm } of assessment.telemetry.sensors) {
      if (!this.#readers.has(sensor_id.toLowerCase())) this.#add("sensor", sensor_id, SHORTEST);
      if (!ownership.isReadersRealm(realm)) this.#add("realm", realm, SHORTEST);
    }
  }

  #collectReaders(assessment: Assessment, findings: readonly Finding[]): void {
    const { directory, reader } = this.redaction;
    if (reader === null) return;
    const add = (...texts: readonly string[]) => {
      for (const text of texts) {
        this.#readers.add(text.toLowerCase());
        this.#readers.add(firstLabel(text));
      }
    };
    add(reader, directory.organisations.get(reader)?.name ?? "");
    for (const { org_id, name, hosts, sensors } of assessment.organisations)
      if (org_id === reader)
        add(
          name,
          ...sensors,
          ...hosts.flatMap((host) => [host.address, host.name].filter((text) => text !== "")),
        );
    for (const { realm, address, name } of directory.assets)
      if (this.ownership.ofAddress(address, realm) === "reader") add(address, name);
    for (const { realm, address, host } of this.redaction.hosts.stays)
      if (this.ownership.ofAddress(address, realm) === "reader") add(host);
    for (const { org_id, entities } of findings)
      if (org_id === reader)
        add(
          ...entities
            .filter(({ kind, realm }) => INSIDE.has(kind) && this.ownership.mayBeReaders(realm))
            .map(({ value }) => value),
        );
  }

  #organisation(orgId: string, name: string): void {
    const pseudonym = this.pseudonyms.of("organisation", orgId);
    this.#put(orgId, pseudonym, 2);
    this.#put(name, pseudonym, 2);
  }

  #finding({ entities }: Finding): void {
    for (const { kind, value, realm } of entities) {
      if (kind === "host") this.#host(value, realm ?? "");
      if (kind === "account") this.#account(value);
    }
  }

  #host(value: string, realm: string): void {
    if (value === "" || this.infrastructure.has(value)) return;
    if (this.ownership.ofAddress(value, realm) === "reader") return;
    const pseudonym = this.pseudonyms.of("host", realm, value);
    this.#put(value, pseudonym, SHORTEST);
    for (const spelling of spellings(value)) this.#put(spelling, pseudonym, SHORTEST);
    if (canonicalAddress(value) !== undefined) return;
    this.#put(firstLabel(value), pseudonym, SHORTEST);
    this.#domain(value);
  }

  #domain(name: string): void {
    const domain = domainOf(name);
    if (domain === undefined || this.domains.has(domain)) return;
    for (const names of [this.#readers, this.infrastructure])
      if ([...names].some((own) => isWithin(own, domain))) return;
    this.domains.add(domain);
  }

  /** `DOMAIN\user` and `user@domain`: each part names somebody. */
  #account(value: string): void {
    const parts = value.split(/[\\@]/).filter((part) => part !== "");
    for (const part of [value, ...parts]) this.#add("account", part, SHORTEST);
    if (value.includes("@")) this.#domain(value);
  }

  #add(kind: Named, text: string, shortest: number): void {
    this.#put(text, this.pseudonyms.of(kind, text), shortest);
  }

  #put(text: string, pseudonym: string, shortest: number): void {
    const term = text.trim();
    if (COMMON.has(term.toLowerCase())) return;
    if (term.length < shortest || this.#readers.has(term.toLowerCase()) || this.infrastructure.has(term))
      return;
    for (const form of encodings(term)) if (!this.terms.has(form)) this.terms.set(form, pseudonym);
  }
}

const INSIDE: ReadonlySet<Entity["kind"]> = new Set(["host", "account", "service"]);

/** Whether a name or account lies in a domain: `ws1.moe.gov.kh` does in `moe.gov.kh`, and `ws1.admoe.gov.kh` does not. */
function isWithin(name: string, domain: string): boolean {
  return name === domain || name.endsWith(`.${domain}`) || name.endsWith(`@${domain}`);
}

/** `ws1` of `ws1.moe.gov.kh`; the text itself, in lower case, where it has one label or is an address. */
function firstLabel(text: string): string {
  const lower = text.toLowerCase();
  return canonicalAddress(text) === undefined ? (lower.split(".")[0] ?? lower) : lower;
}

/** A term as logs write it within JSON, addresses of the web, and command lines. */
function encodings(term: string): string[] {
  return [
    ...new Set([
      term,
      JSON.stringify(term).slice(1, -1),
      encodeURIComponent(term.replace(/\p{Surrogate}/gu, "\ufffd")),
      term.replaceAll(" ", "_"),
      term.replaceAll(" ", "+"),
    ]),
  ];
}
