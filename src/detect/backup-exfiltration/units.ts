import { groupBy } from "../../kernel/group-by.js";
import type { DetectContext } from "../port.js";
import type { Destination } from "./destination.js";
import type { Transfer } from "./transfers.js";
import { type Episode, episodesOf, type UploadHour } from "./uploads.js";

/** All that one organisation (or, without an inventory, one host) sent to one destination. */
export interface Unit {
  /** Organisation id, or null: then the unit is one host. */
  orgId: string | null;
  destination: Destination;
  transfers: Transfer[];
  /** `realm|host` of those that uploaded. */
  hosts: string[];
  sensors: string[];
  uploads: UploadHour[];
  /** Upload by upload and host by host, in order of time. */
  episodes: Episode[];
  /** All uploading hosts' addresses are rare ones. */
  rare: boolean;
}

/** Puts transfers together under who sent and who got. */
export function unitsOf(
  context: DetectContext,
  transfers: readonly Transfer[],
  destinations: readonly (Destination | undefined)[],
  rare: ReadonlySet<string>,
): Unit[] {
  const sent = transfers.flatMap((transfer, at) => {
    const destination = destinations[at];
    const orgId = context.directory.resolve(transfer.realm, transfer.host, transfer.first)?.orgId ?? null;
    return destination === undefined ? [] : [{ transfer, destination, orgId }];
  });
  const keyOf = ({ transfer, destination, orgId }: (typeof sent)[number]) =>
    [orgId ?? `${transfer.realm}|${transfer.host}`, orgId === null, destination.kind, destination.value].join(
      "\n",
    );
  return [...groupBy(sent, keyOf).values()].map((list) => {
    const [{ orgId, destination }] = list as [(typeof sent)[number]];
    const own = list.map((each) => each.transfer);
    const byHost = groupBy(own, hostKey);
    const names = [...new Set(list.flatMap((each) => each.destination.names))].sort();
    return {
      orgId,
      destination: { ...destination, names, shared: list.some((each) => each.destination.shared) },
      transfers: own,
      hosts: [...byHost.keys()].sort(),
      sensors: [...new Set(own.flatMap((each) => each.sensors))].sort(),
      uploads: own.flatMap((each) => each.uploads).sort((a, b) => a.hour - b.hour),
      episodes: [...byHost.values()]
        .flatMap((some) =>
          episodesOf(
            some[0] as Transfer,
            some.flatMap((each) => each.uploads),
          ),
        )
        .sort((a, b) => a.from - b.from || a.host.localeCompare(b.host)),
      rare: own.every((each) => rare.has(each.server)),
    };
  });
}

export function hostKey({ realm, host }: { realm: string; host: string }): string {
  return `${realm}|${host}`;
}

/** Different known organisations, or hosts of different address realms: two unknown hosts of one realm may well be colleagues. */
export function areUnrelated(a: Unit, b: Unit): boolean {
  if (a.orgId !== null && b.orgId !== null) return a.orgId !== b.orgId;
  const realms = new Set(a.transfers.map(({ realm }) => realm));
  return b.transfers.every(({ realm }) => !realms.has(realm));
}

/** What others may suspect: names and addresses, without those that serve others too. */
export function serversOf({ destination, transfers }: Unit): string[] {
  return [
    ...destination.names,
    destination.value,
    ...(destination.shared ? [] : transfers.map(({ server }) => server)),
  ];
}
