import { unique } from "../../../kernel/group-by.js";
import { parseTime } from "../../../kernel/time.js";
import type { Entity } from "../../../model/finding.js";
import type { DetectContext } from "../../port.js";
import { HostOwners } from "../../shared/host-owners.js";
import type { StoredRecord } from "../sql/stored-record.js";

/** Whose event it is, and whom else it names. */
export interface Parties {
  orgId: string | null;
  realm: string;
  /** Our host: its name or its address; '' where the log names none. */
  host: string;
  /** Servers, clients and names on the other side. */
  others: readonly Entity[];
}

/** Tells whom matches belong to. */
export class Owners {
  readonly #known: Pick<DetectContext, "directory" | "hosts">;
  readonly #realmOf: ReadonlyMap<string, string>;
  readonly #hosts: HostOwners;
  readonly #addressOfAsset: ReadonlyMap<string, string>;

  private constructor(context: DetectContext, realmOf: ReadonlyMap<string, string>) {
    this.#known = context;
    this.#hosts = new HostOwners(context);
    this.#addressOfAsset = new Map(
      context.directory.assets.map(({ realm, name, address }) => [
        `${realm}\n${name.toLowerCase()}`,
        address,
      ]),
    );
    this.#realmOf = realmOf;
  }

  static async load(context: DetectContext): Promise<Owners> {
    const slices = await context.query<{ source_id: string; realm: string }>(
      "SELECT DISTINCT source_id, address_realm AS realm FROM windows_event",
    );
    return new Owners(context, new Map(slices.map(({ source_id, realm }) => [source_id, realm])));
  }

  partiesOf({ about, sourceId, time }: StoredRecord): Parties {
    if ("computer" in about) {
      const realm = this.#realmOf.get(sourceId) ?? "default";
      const orgId = this.#hosts.ownerOf(realm, about.computer, parseTime(time));
      return { orgId, realm, host: about.computer, others: [] };
    }
    const { realm, role, src, dst, name } = about;
    const inside = (address: string): boolean =>
      address !== "" && this.#known.directory.isInternal(realm, address);
    // A server's own log is about the server, whoever calls; else the caller, if it is ours.
    const ours =
      role === "server"
        ? dst || this.#addressCalled(realm, name, time)
        : inside(src) || !inside(dst)
          ? src
          : dst;
    const owner = ours === "" ? undefined : this.#known.directory.resolve(realm, ours, parseTime(time));
    const others: Entity[] = [src, dst]
      .filter((address) => address !== "" && address !== ours)
      .map((value) => ({
        kind: "address",
        value,
        ...(inside(value) && { realm }),
        role: value === src ? "client" : "server",
      }));
    // The name in a request that comes in is one of ours, and no more than another word for the host.
    if (name !== "" && name !== dst)
      others.push({ kind: "domain", value: name, role: ours === src ? "server" : "mentioned" });
    return {
      orgId: owner?.orgId ?? (role === "sensor" ? null : this.#hosts.ofRealm(realm)),
      realm,
      host: ours,
      others,
    };
  }

  /**
   * The address of the machine that a request's name means, where the log has none: by the asset list or by what hosts were seen to have. Who asks
   * may write any name into a request, so that an unknown one is nobody's.
   */
  #addressCalled(realm: string, name: string, time: string): string {
    if (name === "") return "";
    const asset = this.#addressOfAsset.get(`${realm}\n${name}`) ?? this.#addressOfAsset.get(`*\n${name}`);
    if (asset !== undefined) return asset;
    const at = parseTime(time);
    const [only, another] = unique(
      this.#known.hosts.addressesOf(realm, name, at, at).map(({ address }) => address),
    );
    return another === undefined ? (only ?? "") : "";
  }
}
