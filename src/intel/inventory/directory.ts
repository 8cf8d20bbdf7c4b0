import type {
  Asset,
  Organisation,
  OrganisationDirectory,
  OrganisationRange,
} from "../../model/organisation.js";
import { type Address, canonicalAddress, parseAddress } from "../net/address.js";
import type { Prefix } from "../net/prefix.js";
import { PrefixTrie } from "../net/prefix-trie.js";
import { isPrivateScope, specialScope } from "../net/scope.js";
import { EVERYWHERE, type InventoryRange } from "./organisations.js";

/** A range of the configuration, without an owner in the inventory. */
export interface Network {
  prefix: Prefix;
  /** {@link EVERYWHERE} for all. */
  realm: string;
}

export interface DirectoryParts {
  organisations: ReadonlyMap<string, Organisation>;
  ranges: readonly InventoryRange[];
  assets: readonly Asset[];
  /** On our side. */
  internal: readonly Network[];
  /** Not on our side although private. */
  external: readonly Network[];
  warnings: readonly string[];
}

/** Of the ranges of one prefix: the realm's own before those of everywhere; among equals the line that stands first. */
function ownerAt(ranges: readonly InventoryRange[], realm: string, at: number): InventoryRange | undefined {
  let everywhere: InventoryRange | undefined;
  for (const range of ranges) {
    if (at < range.validFrom || at >= range.validTo) continue;
    if (range.realm === realm) return range;
    if (range.realm === EVERYWHERE) everywhere ??= range;
  }
  return everywhere;
}

function longestOwner(
  levels: readonly InventoryRange[][],
  realm: string,
  at: number,
): InventoryRange | undefined {
  for (let level = levels.length - 1; level >= 0; level--) {
    const owner = ownerAt(levels[level] ?? [], realm, at);
    if (owner !== undefined) return owner;
  }
  return undefined;
}

const isHere = (candidate: string, realm: string): boolean => candidate === realm || candidate === EVERYWHERE;

function isIn(networks: PrefixTrie<string>, realm: string, address: Address): boolean {
  return networks.covering(address).some((level) => level.some((candidate) => isHere(candidate, realm)));
}

export class InventoryDirectory implements OrganisationDirectory {
  readonly organisations: ReadonlyMap<string, Organisation>;
  readonly assets: readonly Asset[];
  readonly warnings: readonly string[];
  readonly #ranges = new PrefixTrie<InventoryRange>();
  readonly #internal = new PrefixTrie<string>();
  readonly #external = new PrefixTrie<string>();
  readonly #byOrg = new Map<string, InventoryRange[]>();
  readonly #assets = new Map<string, Asset>();

  constructor(parts: DirectoryParts) {
    this.organisations = parts.organisations;
    this.assets = parts.assets;
    this.warnings = parts.warnings;
    for (const range of parts.ranges) {
      this.#ranges.add(range.prefix, range);
      const own = this.#byOrg.get(range.orgId);
      if (own === undefined) this.#byOrg.set(range.orgId, [range]);
      else own.push(range);
    }
    for (const { prefix, realm } of parts.internal) this.#internal.add(prefix, realm);
    for (const { prefix, realm } of parts.external) this.#external.add(prefix, realm);
    for (const asset of parts.assets) this.#assets.set(`${asset.realm}\n${asset.address}`, asset);
  }

  resolve(realm: string, address: string, at: number): Organisation | undefined {
    const parsed = parseAddress(address);
    const owner = parsed && longestOwner(this.#ranges.covering(parsed), realm, at);
    return owner && this.organisations.get(owner.orgId);
  }

  history(realm: string, address: string): { from: number; to: number; organisation: Organisation }[] {
    const parsed = parseAddress(address);
    if (parsed === undefined) return [];
    const levels = this.#ranges.covering(parsed);
    // The owner can only change where the validity of a covering range begins or ends.
    const times = new Set([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    for (const range of levels.flat()) times.add(range.validFrom).add(range.validTo);
    const bounds = [...times].sort((a, b) => (a < b ? -1 : 1));
    const intervals: { from: number; to: number; organisation: Organisation }[] = [];
    for (const [index, from] of bounds.entries()) {
      const to = bounds[index + 1];
      if (to === undefined) break;
      const owner = longestOwner(levels, realm, from);
      const organisation = owner && this.organisations.get(owner.orgId);
      if (organisation === undefined) continue;
      const last = intervals.at(-1);
      if (last?.to === from && last.organisation === organisation) last.to = to;
      else intervals.push({ from, to, organisation });
    }
    return intervals;
  }

  isInternal(realm: string, address: string): boolean {
    const parsed = parseAddress(address);
    if (parsed === undefined) return false;
    if (this.#isListed(realm, parsed)) return true;
    return isPrivateScope(specialScope(parsed)) && !isIn(this.#external, realm, parsed);
  }

  isExternal(realm: string, address: string): boolean {
    const parsed = parseAddress(address);
    return parsed !== undefined && isIn(this.#external, realm, parsed) && !this.#isListed(realm, parsed);
  }

  #isListed(realm: string, address: Address): boolean {
    return (
      this.#ranges.covering(address).some((level) => level.some((range) => isHere(range.realm, realm))) ||
      isIn(this.#internal, realm, address)
    );
  }

  asset(realm: string, address: string): Asset | undefined {
    const canonical = canonicalAddress(address);
    if (canonical === undefined) return undefined;
    return this.#assets.get(`${realm}\n${canonical}`) ?? this.#assets.get(`${EVERYWHERE}\n${canonical}`);
  }

  orgRanges(orgId: string): readonly OrganisationRange[] {
    return this.#byOrg.get(orgId) ?? [];
  }

  orgRealms(orgId: string): readonly string[] {
    return [...new Set(this.orgRanges(orgId).map((range) => range.realm))];
  }
}
