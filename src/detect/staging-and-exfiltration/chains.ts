import { countWhile } from "../../kernel/sorted.js";
import { HOUR, MINUTE } from "../../kernel/time.js";
import { hostName } from "../shared/logons.js";
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
  /** In which files were laid down, lower case, the first one first. */
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
 * they come from; an upload joins by the name of its file, on a host where the file is or went to; else by folder, else by account and time. Each act looks up a few names: of
 * several chains that go by one, the last that was under way counts.
 */
export function chainsOf(acts: readonly Done[], arrivals: readonly Arrival[], limits: ChainLimits): Chain[] {
  const book = new Book(arrivals, limits);
  for (const done of acts) book.enter(done);
  return book.chains;
}

/** What a chain goes by. `collected` are folders into which something was copied or exported: what is packed from there belongs to it. */
type What = "file" | "folder" | "collected" | "account";

/** Places and names of a chain that new ones are tied to, the latest: what spreads over more is software that is rolled out. */
const MOST_TIED = 64;
/** Names in the book before those of chains that are over are struck out. */
const SWEPT_AT = 100_000;
/** Where every chain is, besides hosts and accounts. */
const ANYWHERE = "";

class Book {
  readonly chains: Chain[] = [];
  /** The last chain that goes by a name at a place (a host, an account or anywhere). */
  readonly #last = new Map<string, Chain>();
  readonly #names = new Map<Chain, { whats: Set<string>; wheres: Set<string>; isCollected: boolean }>();
  readonly #arrivals = new Map<string, Arrival[]>();
  #sweepAt = SWEPT_AT;

  constructor(
    arrivals: readonly Arrival[],
    readonly limits: ChainLimits,
  ) {
    for (const each of arrivals) push(this.#arrivals, arrivalKey(each.realm, each.host, each.path), each);
    for (const list of this.#arrivals.values()) list.sort((a, b) => a.at - b.at);
  }

  enter(done: Done): void {
    const { act } = done;
    if (act.kind === "upload") this.#upload(done, act);
    else this.#collect(done, act);
    if (this.#last.size > this.#sweepAt) this.#sweep(done.at);
  }

  #collect(done: Done, act: Exclude<Act, { kind: "upload" }>): void {
    const from = this.#from(done, act);
    if (act.kind === "copy" && from === undefined && !isCollecting(act)) return;
    const chain = from ?? this.#open(done);
    chain.steps.push(done);
    this.#isAt(chain, hostPlace(done.host));
    const account = personOf(done.account);
    if (account !== undefined) {
      this.#isAt(chain, accountPlace(account));
      this.#goesBy(chain, what("account", account));
    }
    const names = this.#namesOf(chain);
    if (act.kind !== "packing" && !names.isCollected) {
      names.isCollected = true;
      for (const folder of chain.folders) this.#goesBy(chain, what("collected", folder));
    }
    const target = act.kind === "packing" ? act.archive : act.target;
    if (act.kind === "copy" && !/\.\w{1,5}$/.test(baseName(target))) this.#addFolder(chain, trimmed(target));
    else if (target !== "") this.#addFile(chain, done, target);
    const remote = remoteHost(target);
    if (remote === undefined) return;
    chain.hosts.add(remote);
    this.#isAt(chain, hostPlace(remote));
  }

  #upload(done: Done, act: Act & { kind: "upload" }): void {
    const that = act.file === "" ? undefined : this.#withFile(done, act.file);
    const here = (name: string) => {
      const chain = this.#at(done, hostPlace(done.host), name);
      return chain !== undefined && isFresh(chain, done.at, this.limits.nearMinutes * MINUTE)
        ? chain
        : undefined;
    };
    const folder = folderName(act.file);
    const near = that ?? (folder === "" ? undefined : here(what("folder", folder)));
    const person = act.file === "" || ARCHIVE_FILE.test(act.file) ? personOf(done.account) : undefined;
    const account = near ?? (person === undefined ? undefined : here(what("account", person)));
    const tie: Tie = that ? "that file" : near ? "same folder" : account ? "same account" : "alone";
    // A program with windows that was started says nothing by itself.
    if (tie === "alone" && (act.way === "started" || act.file === "")) return;
    const chain = account ?? this.#open(done);
    chain.uploads.push({ done, tie });
    if (tie === "alone" || tie === "same account") return;
    chain.hosts.add(done.host.toLowerCase());
    this.#isAt(chain, hostPlace(done.host));
  }

  /** The chain whose file this act takes. */
  #from(done: Done, act: Exclude<Act, { kind: "upload" }>): Chain | undefined {
    const files = act.kind === "export" ? [] : act.sources;
    const made = act.kind === "packing" ? [act.archive] : [];
    const names = [
      ...[...files, ...made].map((file) => what("file", archiveKey(file))),
      ...files.flatMap((file) => [what("collected", folderName(file)), what("collected", trimmed(file))]),
    ];
    for (const name of names) {
      const chain = this.#at(done, hostPlace(done.host), name);
      if (chain !== undefined && done.at - endOf(chain) <= this.limits.windowHours * HOUR) return chain;
    }
    return undefined;
  }

  /** The chain of a file that can be on the host of its upload: it was made there or went there, is taken from where it was made, is the same account's, or arrived. */
  #withFile(done: Done, file: string): Chain | undefined {
    const { realm, account, host, at } = done;
    const person = personOf(account);
    const remote = remoteHost(file);
    const named = (place: string) => {
      const chain = this.#at(done, place, what("file", archiveKey(file)));
      return chain !== undefined && isFresh(chain, at, this.limits.windowHours * HOUR) ? chain : undefined;
    };
    const known =
      named(hostPlace(host)) ??
      (remote === undefined ? undefined : named(hostPlace(remote))) ??
      (person === undefined ? undefined : named(accountPlace(person)));
    if (known !== undefined) return known;
    const chain = named(ANYWHERE);
    const arrived =
      chain === undefined ? [] : this.#arrived(realm, host, file, startOf(chain), at + SAME_TIME);
    chain?.arrivals.push(...arrived);
    return arrived.length > 0 ? chain : undefined;
  }

  /** The first two files of a name that appeared on a host within a time. */
  #arrived(realm: string, host: string, path: string, from: number, to: number): Arrival[] {
    const list = this.#arrivals.get(arrivalKey(realm, host, path)) ?? [];
    const begin = countWhile(list, ({ at }) => at < from);
    return list.slice(begin, begin + 2).filter(({ at }) => at <= to);
  }

  #open({ realm, owner, host }: Done): Chain {
    const hosts = new Set([host.toLowerCase()]);
    const chain: Chain = { realm, owner, steps: [], folders: new Set(), hosts, uploads: [], arrivals: [] };
    this.chains.push(chain);
    return chain;
  }

  #addFile(chain: Chain, { host, at, realm }: Done, path: string): void {
    this.#goesBy(chain, what("file", archiveKey(path)));
    this.#addFolder(chain, folderName(path));
    const [written] = this.#arrived(realm, host, path, at - HOUR, at + HOUR);
    if (written === undefined) return;
    chain.arrivals.push(written);
    this.#addFolder(chain, folderName(written.path));
  }

  #addFolder(chain: Chain, folder: string): void {
    if (folder === "") return;
    chain.folders.add(folder);
    this.#goesBy(chain, what("folder", folder));
    if (this.#namesOf(chain).isCollected) this.#goesBy(chain, what("collected", folder));
  }

  #at({ realm, owner }: Done, where: string, name: string): Chain | undefined {
    return this.#last.get(key(realm, owner, where, name));
  }

  #namesOf(chain: Chain) {
    const known = this.#names.get(chain) ?? {
      whats: new Set<string>(),
      wheres: new Set([ANYWHERE]),
      isCollected: false,
    };
    this.#names.set(chain, known);
    return known;
  }

  #goesBy(chain: Chain, name: string): void {
    const { whats, wheres } = this.#namesOf(chain);
    addLatest(whats, name);
    for (const where of wheres) this.#last.set(key(chain.realm, chain.owner, where, name), chain);
  }

  #isAt(chain: Chain, where: string): void {
    const { whats, wheres } = this.#namesOf(chain);
    if (wheres.has(where)) return;
    addLatest(wheres, where);
    for (const name of whats) this.#last.set(key(chain.realm, chain.owner, where, name), chain);
  }

  /** Strikes out what nothing can join any more, each time that the book has doubled. */
  #sweep(now: number): void {
    const window = Math.max(this.limits.windowHours * HOUR, this.limits.nearMinutes * MINUTE);
    for (const [name, chain] of this.#last) if (now - endOf(chain) > window) this.#last.delete(name);
    for (const chain of this.#names.keys()) if (now - endOf(chain) > window) this.#names.delete(chain);
    this.#sweepAt = Math.max(SWEPT_AT, 2 * this.#last.size);
  }
}

/** Clocks of two records of one act. */
const SAME_TIME = MINUTE;

/** Adds to a set in order of time that keeps the latest. */
function addLatest(set: Set<string>, value: string): void {
  set.delete(value);
  set.add(value);
  for (const oldest of set) {
    if (set.size <= MOST_TIED) break;
    if (oldest !== ANYWHERE) set.delete(oldest);
  }
}

/** A copy that begins a chain: documents or a share into a place where intruders stage. */
function isCollecting({ sources, target }: Act & { kind: "copy" }): boolean {
  return contentOf(sources).value >= 1 && stagingOf(`${target}\\x`).value >= 0.7;
}

const key = (...parts: string[]): string => parts.join("\n");
const what = (kind: What, name: string): string => `${kind} ${name}`;
const hostPlace = (host: string): string => `host ${hostName(host)}`;
const accountPlace = (account: string): string => `account ${account}`;
const arrivalKey = (realm: string, host: string, path: string): string =>
  key(realm, hostName(host), archiveKey(path));
const trimmed = (path: string): string => path.toLowerCase().replace(/[\\/]+(?:\*(?:\.\*)?)?$/, "");
const startOf = ({ steps, uploads }: Chain): number => steps[0]?.at ?? uploads[0]?.done.at ?? 0;
const endOf = ({ steps, uploads }: Chain): number =>
  Math.max(steps.at(-1)?.at ?? 0, uploads.at(-1)?.done.at ?? 0);

/** Whether an act at a time comes after the chain began, and at most so long after its last act. */
const isFresh = (chain: Chain, at: number, most: number): boolean =>
  at - endOf(chain) <= most && at >= startOf(chain);

/** A person or service, lower case; the system's own accounts are everybody's. */
function personOf(account: string): string | undefined {
  const lower = account.toLowerCase();
  return lower === "" || /\\(?:system|local service|network service)$|\$$/.test(lower) ? undefined : lower;
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
