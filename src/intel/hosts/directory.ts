import { HOUR } from "../../kernel/time.js";
import type { HostDirectory, HostObservation, HostStay } from "../../model/host-identity.js";
import { canonicalAddress } from "../net/address.js";
import type { HostNames } from "./names.js";
import { staysAt } from "./stays.js";

/** A host has its address for a while before and after it is seen with it. */
const GRACE = 12 * HOUR;

export class StayDirectory implements HostDirectory {
  readonly stays: readonly HostStay[];
  readonly #names: HostNames;
  readonly #byHost = new Map<string, HostStay[]>();
  readonly #byAddress = new Map<string, HostStay[]>();

  constructor(names: HostNames, stays: readonly HostStay[]) {
    this.#names = names;
    this.stays = stays;
    for (const stay of stays) {
      if (stay.verdict === "held") addTo(this.#byHost, key(stay.realm, stay.host), stay);
      if (stay.verdict !== "outranked") addTo(this.#byAddress, key(stay.realm, stay.address), stay);
    }
  }

  nameOf(realm: string, host: string): string {
    return this.#names.nameOf(realm, host);
  }

  addressesOf(realm: string, host: string, from: number, to: number): readonly HostStay[] {
    const own = this.#byHost.get(key(realm, this.nameOf(realm, host))) ?? [];
    return own.filter((stay) => stay.from - GRACE <= to && from <= stay.to + GRACE);
  }

  hostAt(realm: string, address: string, at: number): HostStay | undefined {
    const known = this.#byAddress.get(key(realm, canonicalAddress(address) ?? address)) ?? [];
    let nearest: HostStay | undefined;
    let distance = GRACE;
    for (const stay of known) {
      const away = Math.max(0, stay.from - at, at - stay.to);
      if (away > distance || (nearest !== undefined && away === distance && nearest.verdict === "shared"))
        continue;
      nearest = stay;
      distance = away;
    }
    return nearest?.verdict === "held" ? nearest : undefined;
  }
}

/**
 * Who had which address when.
 * @param observations those of one realm and address next to each other
 */
export async function hostDirectory(
  names: HostNames,
  observations: AsyncIterable<HostObservation> | Iterable<HostObservation>,
): Promise<StayDirectory> {
  const stays: HostStay[] = [];
  let group: HostObservation[] = [];
  let before: HostObservation | undefined;
  const end = () => {
    for (const stay of staysAt(group)) stays.push(stay);
    group = [];
  };
  for await (const each of observations) {
    if (before !== undefined && (before.realm !== each.realm || before.address !== each.address)) end();
    before = each;
    group.push({
      ...each,
      address: canonicalAddress(each.address) ?? each.address,
      host: names.nameOf(each.realm, each.host),
    });
  }
  end();
  return new StayDirectory(names, stays);
}

function key(realm: string, value: string): string {
  return `${realm}\n${value}`;
}

function addTo(index: Map<string, HostStay[]>, at: string, stay: HostStay): void {
  const list = index.get(at);
  if (list === undefined) index.set(at, [stay]);
  else list.push(stay);
}
