import { HOUR, MINUTE } from "../../kernel/time.js";
import { type Act, baseName, folderName } from "./act.js";
import { ARCHIVE_FILE, archiveKey } from "./packing.js";
import { contentOf, stagingOf } from "./places.js";
import type { Arrival, Done } from "./starts.js";

/** How an upload belongs to what was collected before it. */
export type Tie = "that file" | "same folder" | "same account" | "alone";

export interface Chain {
  realm: string;
  owner: string;
  /** In order of time. */
  steps: Done[];
  /** File names of what was collected, as {@link archiveKey} has them. */
  names: Set<string>;
  folders: Set<string>;
  /** Lower case, the first one first. */
  hosts: Set<string>;
  uploads: { done: Done; tie: Tie }[];
  arrivals: Arrival[];
}

export interface ChainLimits {
  windowHours: number;
  nearMinutes: number;
}

/**
 * Follows files through acts that are in order of time. An archive of an archive, a copy under another name and an export that is packed join the chain that
 * they come from; an upload joins by the name of its file, on a host where the file is or went to; else by folder, else by account and time.
 */
export function chainsOf(acts: readonly Done[], arrivals: readonly Arrival[], limits: ChainLimits): Chain[] {
  const book = new Book(arrivals, limits);
  for (const done of acts) book.enter(done);
  return book.chains.filter(({ steps, uploads }) => steps.length > 0 || uploads.length > 0);
}

class Book {
  readonly chains: Chain[] = [];
  readonly #byName = new Map<string, Chain[]>();
  readonly #byHost = new Map<string, Chain[]>();
  readonly #arrivals = new Map<string, Arrival[]>();

  constructor(
    arrivals: readonly Arrival[],
    readonly limits: ChainLimits,
  ) {
    for (const each of arrivals) push(this.#arrivals, key(each.realm, archiveKey(each.path)), each);
  }

  enter(done: Done): void {
    const { act } = done;
    if (act.kind === "upload") this.#upload(done, act);
    else this.#collect(done, act);
  }

  #collect(done: Done, act: Exclude<Act, { kind: "upload" }>): void {
    const from = this.#from(done, act);
    if (act.kind === "copy" && from === undefined && !isCollecting(act)) return;
    const chain = from ?? this.#open(done);
    chain.steps.push(done);
    const target = act.kind === "packing" ? act.archive : act.target;
    if (act.kind === "copy" && !/\.\w{1,5}$/.test(baseName(target))) this.#addFolder(chain, target);
    else if (target !== "") this.#addFile(chain, done, target);
    const remote = remoteHost(target);
    if (remote !== undefined) this.#addHost(chain, remote);
  }

  #upload(done: Done, act: Act & { kind: "upload" }): void {
    const { realm, owner, host, at } = done;
    const fresh = (chain: Chain, most: number) =>
      chain.owner === owner && at - endOf(chain) <= most && at >= startOf(chain);
    const named = act.file === "" ? [] : (this.#byName.get(key(realm, archiveKey(act.file))) ?? []);
    const that = named.findLast(
      (chain) => fresh(chain, this.limits.windowHours * HOUR) && this.#reaches(chain, done, act.file),
    );
    const here = (this.#byHost.get(key(realm, host.toLowerCase())) ?? []).filter(
      (chain) => fresh(chain, this.limits.nearMinutes * MINUTE) && chain.steps.length > 0,
    );
    const folder = folderName(act.file);
    const near = that ?? here.findLast((chain) => folder !== "" && chain.folders.has(folder));
    const account =
      near ??
      here.findLast(
        (chain) =>
          isSame(chain.steps.at(-1)?.account ?? "", done.account) &&
          (act.file === "" || ARCHIVE_FILE.test(act.file)),
      );
    const tie: Tie = that ? "that file" : near ? "same folder" : account ? "same account" : "alone";
    // A program with windows that was started says nothing by itself.
    if (tie === "alone" && (act.way === "started" || act.file === "")) return;
    const chain = account ?? this.#open(done);
    chain.uploads.push({ done, tie });
    if (tie !== "same account") this.#addHost(chain, host.toLowerCase());
  }

  /** The chain whose file this act takes. */
  #from(done: Done, act: Exclude<Act, { kind: "upload" }>): Chain | undefined {
    const { realm, owner, host, at } = done;
    const open = (chain: Chain) =>
      chain.owner === owner &&
      chain.hosts.has(host.toLowerCase()) &&
      at - endOf(chain) <= this.limits.windowHours * HOUR;
    const files = act.kind === "export" ? [] : act.sources;
    const made = act.kind === "packing" ? [act.archive] : [];
    for (const file of [...files, ...made]) {
      const found = (this.#byName.get(key(realm, archiveKey(file))) ?? []).findLast(open);
      if (found !== undefined) return found;
    }
    const here = this.#byHost.get(key(realm, host.toLowerCase())) ?? [];
    return here.findLast(
      (chain) =>
        open(chain) &&
        files.some((file) => chain.folders.has(folderName(file)) || chain.folders.has(trimmed(file))) &&
        chain.steps.some(({ act: { kind } }) => kind !== "packing"),
    );
  }

  /** Whether the file of a chain can be on the host of the upload. */
  #reaches(chain: Chain, { host, account, realm }: Done, file: string): boolean {
    const lower = host.toLowerCase();
    if (chain.hosts.has(lower) || chain.hosts.has(short(lower))) return true;
    const source = remoteHost(file);
    if (source !== undefined && [...chain.hosts].some((each) => short(each) === short(source))) return true;
    const arrived = (this.#arrivals.get(key(realm, archiveKey(file))) ?? []).filter(
      (each) => each.host.toLowerCase() === lower && each.at >= startOf(chain),
    );
    chain.arrivals.push(...arrived.slice(0, 2));
    return arrived.length > 0 || chain.steps.some((step) => isSame(step.account, account));
  }

  #open({ realm, owner, host }: Done): Chain {
    const chain: Chain = {
      realm,
      owner,
      steps: [],
      names: new Set(),
      folders: new Set(),
      hosts: new Set(),
      uploads: [],
      arrivals: [],
    };
    this.chains.push(chain);
    this.#addHost(chain, host.toLowerCase());
    return chain;
  }

  #addHost(chain: Chain, host: string): void {
    if (chain.hosts.has(host)) return;
    chain.hosts.add(host);
    push(this.#byHost, key(chain.realm, host), chain);
  }

  #addFile(chain: Chain, { host, at, realm }: Done, path: string): void {
    const name = archiveKey(path);
    if (!chain.names.has(name)) {
      chain.names.add(name);
      push(this.#byName, key(chain.realm, name), chain);
    }
    if (folderName(path) !== "") chain.folders.add(folderName(path));
    const written = (this.#arrivals.get(key(realm, name)) ?? []).find(
      (each) => each.host.toLowerCase() === host.toLowerCase() && Math.abs(each.at - at) < HOUR,
    );
    if (written === undefined) return;
    chain.arrivals.push(written);
    chain.folders.add(folderName(written.path));
  }

  #addFolder(chain: Chain, path: string): void {
    chain.folders.add(trimmed(path));
  }
}

/** A copy that begins a chain: documents or a share into a place where intruders stage. */
function isCollecting({ sources, target }: Act & { kind: "copy" }): boolean {
  return contentOf(sources).value >= 1 && stagingOf(`${target}\\x`).value >= 0.7;
}

const key = (realm: string, value: string): string => `${realm}\n${value}`;
const trimmed = (path: string): string => path.toLowerCase().replace(/[\\/]+(?:\*(?:\.\*)?)?$/, "");
const short = (host: string): string => host.split(".", 1)[0] ?? host;
const startOf = ({ steps, uploads }: Chain): number => steps[0]?.at ?? uploads[0]?.done.at ?? 0;
const endOf = ({ steps, uploads }: Chain): number =>
  Math.max(steps.at(-1)?.at ?? 0, uploads.at(-1)?.done.at ?? 0);

/** The same person or service; the system's own accounts are everybody's. */
function isSame(a: string, b: string): boolean {
  return (
    a !== "" &&
    a.toLowerCase() === b.toLowerCase() &&
    !/\\(?:system|local service|network service)$|\$$/i.test(a)
  );
}

/** The host of a UNC path, lower case. */
function remoteHost(path: string): string | undefined {
  return /^\\\\([^\\?.][^\\]*)\\/.exec(path)?.[1]?.toLowerCase();
}

function push<Item>(map: Map<string, Item[]>, at: string, item: Item): void {
  const list = map.get(at);
  if (list === undefined) map.set(at, [item]);
  else list.push(item);
}
