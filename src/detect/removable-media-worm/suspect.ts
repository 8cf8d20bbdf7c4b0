import { groupBy, unique } from "../../kernel/group-by.js";
import { fileName } from "../shared/windows-path.js";
import type { Plug } from "./drives.js";
import type { Act, Start, Writing } from "./traces.js";

/** What one program wrote onto drives of one host. */
export interface Filler {
  writings: readonly [Writing, ...Writing[]];
  acts: readonly Act[];
}

/** A program of a drive on one host, or one that fills drives, with all that belongs to it. */
export interface Suspect {
  realm: string;
  owner: string;
  host: string;
  /** Where it was started from, or who wrote onto drives; lower case. */
  path: string;
  start: Start | undefined;
  /** Programs that wrote this file, or are copies of it, and write onto drives; on any host of the owner. */
  fillers: readonly Filler[];
  /** Of its processes, of those that it started from the drive, and of its copies. */
  acts: readonly Act[];
  /** Storage that was plugged in before its first trace, the nearest; undefined where no event says so. */
  plug: Plug | undefined;
  /** An event names this letter as that of a removable drive. */
  isNamed: boolean;
}

export const fillerKey = ({ realm, owner, host, writer }: Writing): string =>
  JSON.stringify([realm, owner, host, writer]);

const withoutDrive = (path: string): string => path.slice(2);

/** All writings of one program on one host together. */
export function fillersOf(writings: readonly Writing[], acts: ReadonlyMap<string, readonly Act[]>): Filler[] {
  return [...groupBy(writings, fillerKey).values()].map((group) => ({
    writings: group as [Writing, ...Writing[]],
    acts: unique(group.flatMap(({ processes }) => processes)).flatMap((process) => acts.get(process) ?? []),
  }));
}

/** Names of programs that are on the drive, as far as events tell, lower case. */
export function namesOnDrive({
  start,
  fillers,
  acts,
}: Pick<Suspect, "start" | "fillers" | "acts">): Set<string> {
  return new Set([
    ...(start === undefined ? [] : [fileName(start.path)]),
    ...acts.filter(({ what }) => what === "library").map(({ object }) => fileName(object)),
    ...fillers.flatMap(({ writings }) => writings.flatMap(({ names }) => names)),
  ]);
}

/** GUIDs of what these acts started: from the drive, as a copy, or out of a file that was written before. */
export function offspringOf(start: Start, acts: readonly Act[]): string[] {
  const written = new Set(acts.filter(({ what }) => what === "copy").map(({ object }) => object));
  return acts.flatMap(({ what, object, detail }) => {
    if (what !== "child") return [];
    const [guid = "", hash = ""] = detail.split(" ");
    const isOwn =
      written.has(object) || object.slice(0, 2) === start.path.slice(0, 2) || start.hashes.includes(hash);
    return isOwn && guid !== "" ? [guid] : [];
  });
}

/** Starts with the programs that filled the drives which they came from, and those that fill drives and were not seen to come from one. */
export function suspectsOf(
  starts: readonly Start[],
  fillers: readonly Filler[],
  actsOfStart: (start: Start) => readonly Act[],
): Omit<Suspect, "plug" | "isNamed">[] {
  const owned = ({ realm, owner }: Pick<Start, "realm" | "owner">, rest: string): string =>
    JSON.stringify([realm, owner, rest]);
  const byFile = groupBy(
    fillers.flatMap((filler) =>
      filler.writings.flatMap((writing) =>
        writing.names.map((name) => ({
          key: owned(writing, withoutDrive(`${writing.folder}\\${name}`)),
          filler,
        })),
      ),
    ),
    ({ key }) => key,
  );
  const byWriter = new Map(fillers.map((filler) => [fillerKey(filler.writings[0]), filler]));
  const taken = new Set<Filler>();
  const suspects = starts.map((start) => {
    const acts = actsOfStart(start);
    const copies = [start.path, ...acts.filter(({ what }) => what === "copy").map(({ object }) => object)];
    const own = unique([
      ...(byFile.get(owned(start, withoutDrive(start.path))) ?? []).map(({ filler }) => filler),
      ...copies.flatMap(
        (writer) => byWriter.get(JSON.stringify([start.realm, start.owner, start.host, writer])) ?? [],
      ),
    ]);
    for (const filler of own) taken.add(filler);
    const { realm, owner, host, path } = start;
    return { realm, owner, host, path, start, fillers: own, acts };
  });
  const others = fillers
    .filter((filler) => !taken.has(filler))
    .map((filler) => {
      const [{ realm, owner, host, writer }] = filler.writings;
      return { realm, owner, host, path: writer, start: undefined, fillers: [filler], acts: filler.acts };
    });
  return [...suspects, ...others];
}
