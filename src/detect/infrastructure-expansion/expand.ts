import { groupBy } from "../../kernel/group-by.js";
import type { DetectContext } from "../port.js";
import {
  addressesPresenting,
  certificatesOf,
  covers,
  type PresentedCertificate,
} from "../shared/certificates.js";
import { isPublicAddress } from "../shared/endpoint.js";
import { kinshipStrength, labelKinship } from "../shared/label-sets.js";
import { providerList } from "../shared/providers.js";
import { namesOnServers, serversOfNames, serverUse } from "../shared/servers.js";
import { isShared } from "../shared/shared-hosting.js";
import { siteOf } from "../shared/site.js";
import { NAMES_KEPT, type SiteIndex, type SiteUse } from "../shared/site-index.js";
import { fingerprintSiblings } from "./fingerprints.js";
import type { InfraGraph, NodeKind, Step } from "./graph.js";
import { patternSiblings } from "./patterns.js";

/** How much is left of the confidence after a step, by what ties the two together. */
export const FACTORS = {
  "name on address": 0.8,
  "resolved address": 0.9,
  "same registrable domain": 0.9,
  "certificate presented": 0.9,
  "same certificate": 0.9,
  "name asked with the certificate": 0.8,
  "same service labels": 0.6,
  "same name pattern": 0.5,
  "same rare fingerprint and odd port": 0.55,
} as const;

/** Ties that are the same server, certificate or registrable domain; the others are likenesses, which a stranger can share. */
export const HARD_TIES: ReadonlySet<string> = new Set<keyof typeof FACTORS>([
  "name on address",
  "resolved address",
  "same registrable domain",
  "certificate presented",
  "same certificate",
  "name asked with the certificate",
]);

/** Neighbours of one node by one relation: more are a crowd, not a family. */
const MOST_NEIGHBOURS = 40;

export interface Expansion {
  graph: InfraGraph;
  index: SiteIndex;
  /** More inside hosts than this: too popular to be an operator's own. */
  popular: number;
}

/** Grows the graph by rounds; each asks about all new nodes of a kind at once. */
export async function expand(context: DetectContext, expansion: Expansion): Promise<void> {
  const rare = [...expansion.index.sites.values()].filter(
    (use) => use.hosts <= expansion.popular && use.nameCount <= NAMES_KEPT,
  );
  const family = {
    patterns: patternSiblings(rare),
    kinship: labelKinship(rare, expansion.index.sites.values()),
  };
  let frontier = expansion.graph.graph.nodes();
  for (let round = 0; round < context.parameter("max_depth") && frontier.length > 0; round++) {
    const walker = new Walker(context, expansion, frontier);
    await walker.fromAddresses();
    await walker.fromDomains();
    await walker.fromCertificates();
    walker.byName(family);
    frontier = [...new Set(walker.found)];
  }
  // What was reached last is not followed, but it is looked at: a shared or popular server is nobody's sibling.
  await new Walker(context, expansion, frontier).look();
  expansion.graph.settle();
}

class Walker {
  readonly found: string[] = [];
  #context: DetectContext;
  #expansion: Expansion;
  #frontier: readonly string[];
  #least: number;

  constructor(context: DetectContext, expansion: Expansion, frontier: readonly string[]) {
    this.#context = context;
    this.#expansion = expansion;
    this.#frontier = frontier;
    this.#least = context.parameter("min_confidence");
  }

  #of(kind: NodeKind): { key: string; value: string }[] {
    return this.#frontier
      .filter((key) => this.#graph.node(key).kind === kind)
      .map((key) => ({ key, value: this.#graph.node(key).value }));
  }

  get #graph(): InfraGraph {
    return this.#expansion.graph;
  }

  #step(
    from: string,
    kind: NodeKind,
    value: string,
    relation: keyof typeof FACTORS,
    reason: string,
    part = 1,
  ): void {
    if (
      kind === "domain" &&
      (providerList().of(value) !== undefined ||
        this.#context.allow.domain(value) ||
        siteOf(value) === undefined)
    )
      return;
    if (kind === "address" && (!isPublicAddress(value) || this.#context.allow.address(value))) return;
    const step: Step = { relation, reason, factor: FACTORS[relation] * part };
    const added = this.#graph.step(from, kind, value, step, this.#least);
    if (added !== undefined) this.found.push(added);
  }

  /** Address → names on it, certificates it presents, rare fingerprints of its clients' and its own handshakes. */
  async fromAddresses(): Promise<void> {
    const { open, names } = await this.#openAddresses();
    for (const { key, value } of open) {
      for (const name of (names.get(value) ?? []).slice(0, MOST_NEIGHBOURS))
        this.#step(key, "domain", name, "name on address", `${name} was used or told at ${value}`);
    }
    const openIps = open.map(({ value }) => value);
    const certificates = groupBy(await certificatesOf(this.#context, openIps), ({ ip }) => ip);
    for (const { key, value } of open)
      for (const each of certificates.get(value) ?? []) this.#presented(key, value, each);
    const most = this.#context.parameter("max_fingerprint_addresses");
    for (const { from, to, print, ports } of await fingerprintSiblings(this.#context, openIps, most)) {
      this.#step(
        `address ${from}`,
        "address",
        to,
        "same rare fingerprint and odd port",
        `TLS fingerprint ${print} on port ${ports.join(", ")}`,
      );
    }
  }

  /** Marks where the expansion stops, without a further step. */
  async look(): Promise<void> {
    await this.#openAddresses();
    this.#openDomains();
  }

  async #openAddresses() {
    const nodes = this.#of("address");
    const ips = nodes.map(({ value }) => value);
    const names = await namesOnServers(this.#context, ips);
    const use = await serverUse(this.#context, ips);
    const open = nodes.filter(
      ({ key, value }) => !this.#stopAddress(key, names.get(value) ?? [], use.get(value)?.hosts ?? 0),
    );
    return { open, names };
  }

  #stopAddress(key: string, names: readonly string[], hosts: number): boolean {
    if (isShared(names, this.#context.parameter("shared_sites")))
      this.#graph.stop(key, "shared hosting or a provider's address");
    else if (hosts > this.#expansion.popular) this.#graph.stop(key, `used by ${hosts} inside hosts`);
    else return false;
    return true;
  }

  #presented(key: string, ip: string, certificate: PresentedCertificate): void {
    const [print] = certificate.fingerprints;
    if (print === undefined || this.#isCommon(certificate)) return;
    this.#step(
      key,
      "certificate",
      print,
      "certificate presented",
      `${ip} presented ${certificate.subject || print}`,
    );
  }

  #isCommon({ names }: PresentedCertificate): boolean {
    const sites = new Set(names.map((name) => siteOf(name.replace(/^\*\./, ""))?.domain));
    return (
      sites.size >= this.#context.parameter("shared_sites") ||
      names.some((name) => providerList().of(name.replace(/^\*\./, "")) !== undefined)
    );
  }

  /** Name → other names of its registrable domain, and the addresses it was used at. */
  async fromDomains(): Promise<void> {
    const asked = new Map<string, string[]>();
    for (const { key, value } of this.#openDomains()) {
      const use = this.#siteUse(value);
      for (const name of (use?.names ?? []).slice(0, MOST_NEIGHBOURS))
        this.#step(
          key,
          "domain",
          name,
          "same registrable domain",
          `${name} and ${value} share ${use?.site.domain}`,
        );
      for (const name of [value, ...(use?.names ?? [])]) asked.set(name, [...(asked.get(name) ?? []), key]);
    }
    for (const { name, ip, asked: told, named } of await serversOfNames(this.#context, asked.keys())) {
      const reason = named > 0 ? `${name} was used at ${ip}` : `${name} resolved to ${ip} (${told} look-ups)`;
      // From the name's own node where there is one: the path then reads as it happened.
      for (const key of new Set(
        this.#graph.graph.hasNode(`domain ${name}`) ? [`domain ${name}`] : asked.get(name),
      ))
        this.#step(key, "address", ip, "resolved address", reason);
    }
  }

  #openDomains(): { key: string; value: string }[] {
    return this.#of("domain").filter(({ key, value }) => {
      const use = this.#siteUse(value);
      if (use === undefined || !this.#isPopular(use)) return true;
      const why = `a popular or very large site (${use.hosts} inside hosts, ${use.nameCount} names)`;
      this.#graph.stop(key, why);
      return false;
    });
  }

  #siteUse(name: string): SiteUse | undefined {
    return this.#expansion.index.sites.get(siteOf(name)?.domain ?? "");
  }

  #isPopular(use: SiteUse): boolean {
    return use.hosts > this.#expansion.popular || use.nameCount > NAMES_KEPT;
  }

  /** Certificate → other addresses that present it, and names that clients asked for there. */
  async fromCertificates(): Promise<void> {
    const most = this.#context.parameter("max_certificate_addresses");
    const nodes = this.#of("certificate");
    const presenting = await addressesPresenting(
      this.#context,
      nodes.map(({ value }) => value),
      most,
    );
    for (const { key, value } of nodes) {
      const list = presenting.get(value) ?? [];
      if (list.length > most) {
        this.#graph.stop(key, `on more than ${most} addresses`);
        continue;
      }
      for (const { ip, sni } of list) {
        this.#step(
          key,
          "address",
          ip,
          "same certificate",
          `${ip} presented certificate ${value.slice(0, 16)}…`,
        );
        for (const name of sni)
          if (
            !covers(
              sni.filter((other) => other !== name),
              name,
            )
          )
            this.#step(
              key,
              "domain",
              name,
              "name asked with the certificate",
              `${ip} presented certificate ${value.slice(0, 16)}… to clients asking for ${name}`,
            );
      }
    }
  }

  /** Registrable domain → domains with the same service labels or the same generated pattern. */
  byName(family: {
    patterns: ReturnType<typeof patternSiblings>;
    kinship: ReturnType<typeof labelKinship>;
  }): void {
    for (const { key, value } of this.#of("domain")) {
      const domain = siteOf(value)?.domain;
      if (domain === undefined || this.#graph.node(key).stopped !== undefined) continue;
      for (const kin of family.kinship.get(domain)?.kin ?? []) {
        const strength = kinshipStrength(kin);
        if (strength >= 0.5)
          this.#step(
            key,
            "domain",
            kin.domain,
            "same service labels",
            `${domain} and ${kin.domain} both have ${kin.shared.join(", ")}`,
            strength,
          );
      }
      for (const { sibling, pattern } of family.patterns.get(domain) ?? [])
        this.#step(key, "domain", sibling, "same name pattern", `both names follow ${pattern}`);
    }
  }
}
