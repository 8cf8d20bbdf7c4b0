import { unique } from "../../kernel/group-by.js";
import { maskSecrets } from "../../kernel/mask.js";
import {
  type ScoreComponent,
  SEVERITIES,
  type Severity,
  severityOf,
  severityRank,
} from "../../model/finding.js";
import { commandTraits } from "../shared/command-line.js";
import { fileName, folderOf, placeOf } from "../shared/windows-path.js";
import { type Filler, namesOnDrive, type Suspect } from "./suspect.js";
import type { Act } from "./traces.js";

/** How much each trait takes of what is left to doubt: score = 1 − Π(1 − weight × value). */
export const WEIGHT = {
  started: 0.15,
  root: 0.15,
  folder: 0.4,
  pair: 0.25,
  copy: 0.45,
  fills: 0.3,
  hides: 0.3,
  autostart: 0.3,
  fed: 0.4,
  fetches: 0.35,
  plugged: 0.1,
  spread: 0.3,
};
type Trait = keyof typeof WEIGHT;

/** What ordinary programs of a drive seldom do. The first are of worms alone: no installer and no portable program needs them. */
const ON_DRIVES: readonly Trait[] = ["folder", "fills", "hides", "fed"];
const SIGNS: readonly Trait[] = [...ON_DRIVES, "pair", "copy", "autostart", "fetches"];
const SIGN = 0.6;

/** Least scores for low, medium, high, critical. Who uses a worm is not known: never critical. */
const LADDER: readonly [number, number, number, number] = [0.5, 0.65, 0.8, 1.1];

/** A program that writes so many files at once installs, makes a copy of a folder, or makes a drive for starting a computer. */
const MANY_FILES = 12;

export interface Judged {
  suspect: Suspect;
  components: ScoreComponent[];
  signs: Trait[];
  score: number;
  severity: Severity;
}

/** @param hosts of the same owner and realm on which a program of this name shows signs, or from which it filled drives */
export function judge(suspect: Suspect, hosts: number): Judged {
  const traits = traitsOf(suspect);
  const value = (name: Trait): number => traits[name]?.[0] ?? 0;
  const signs = SIGNS.filter((name) => value(name) >= SIGN);
  const spread = Math.min(1, (hosts - 1) / 2);
  const all = { ...traits, spread: [spread, `Traces of it on ${hosts} of the owner's hosts.`] as const };
  const components = (Object.keys(WEIGHT) as Trait[]).map((name) => ({
    name,
    value: Math.round((all[name]?.[0] ?? 0) * 1000) / 1000,
    weight: WEIGHT[name],
    meaning: maskSecrets(all[name]?.[1] ?? ""),
  }));
  const doubt = components.reduce((rest, each) => rest * (1 - each.value * each.weight), 1);
  const score = Math.round((1 - doubt) * 1000) / 1000;
  return { suspect, components, signs, score, severity: severityFor(suspect, signs, score) };
}

/** High takes three signs, one of them on drives, and a drive that is known to be removable; two signs of which none is on drives are low. */
function severityFor({ plug, isNamed }: Suspect, signs: readonly Trait[], score: number): Severity {
  const reached = severityRank(severityOf(score, LADDER));
  const isOnDrives = signs.some((name) => ON_DRIVES.includes(name));
  const isRemovable = isNamed || plug !== undefined;
  const most =
    signs.length < 2
      ? "informational"
      : !isOnDrives
        ? "low"
        : signs.length < 3 || !isRemovable
          ? "medium"
          : "high";
  return SEVERITIES[Math.min(reached, severityRank(most))] ?? "informational";
}

type Told = readonly [value: number, meaning: string];

function traitsOf(suspect: Suspect): Readonly<Record<Exclude<Trait, "spread">, Told>> & { spread?: Told } {
  const { start, plug, isNamed } = suspect;
  return {
    started:
      start === undefined ? [0, "It was not seen to be started from a drive."] : [1, startMeaning(start)],
    root:
      start !== undefined && isRoot(folderOf(start.path))
        ? [1, "It lies at the root of the drive."]
        : [0, "It does not lie at the root of a drive."],
    folder: folderTrait(suspect),
    pair: pairTrait(suspect),
    copy: copyTrait(suspect),
    fills: fillsTrait(suspect.fillers),
    hides: hidesTrait(suspect),
    autostart: autostartTrait(suspect),
    fed: fedTrait(suspect),
    fetches: fetchesTrait(suspect),
    plugged:
      plug !== undefined
        ? [1, "Storage was plugged into the host shortly before."]
        : isNamed
          ? [0.5, "An event names the drive as a removable one."]
          : [
              0,
              "No event tells of storage that was plugged in before: whether the drive is removable is not known.",
            ],
  };
}

const startMeaning = ({ path, interpreter }: NonNullable<Suspect["start"]>): string =>
  interpreter === ""
    ? `Started from the drive: ${path}.`
    : `${fileName(interpreter)} was given a file of the drive: ${path}.`;

const isRoot = (folder: string): boolean => /^[a-z]:\\?$/.test(folder);

/**
 * A folder without a letter or digit in its name, one that Explorer shows as something else (https://learn.microsoft.com/windows/win32/shell/namespace-intro), or a recycle
 * bin that is not a user's: people name none so. Where a drive's own files are in such a folder, Explorer shows it nearly empty.
 */
export const isOddFolder = (path: string): boolean =>
  /^[a-z]:.*\\(?:[^\\\p{L}\p{N}]+|[^\\]*\.\{[0-9a-f]{8}-[0-9a-f-]{27}\}|\$?recycle(?:r|d|\.bin)(?!\\s-1-))(?:\\|$)/u.test(
    folderOf(path),
  );

const ofActs = (acts: readonly Act[], what: Act["what"]): Act[] => acts.filter((act) => act.what === what);
const some = (texts: readonly string[]): string => unique(texts).slice(0, 4).join(", ");
const allActs = ({ acts, fillers }: Suspect): Act[] => [...acts, ...fillers.flatMap((filler) => filler.acts)];

function folderTrait({ start, fillers, acts }: Suspect): Told {
  const files = [
    ...(start === undefined ? [] : [start.path]),
    ...ofActs(acts, "library").map(({ object }) => object),
    ...fillers.flatMap(({ writings }) => writings.map(({ folder, names }) => `${folder}\\${names[0]}`)),
  ];
  const odd = files.filter(isOddFolder).map(folderOf);
  return odd.length > 0
    ? [1, `On the drive its files are in a folder whose name hides it: ${some(odd)}.`]
    : [0, "Its folders have ordinary names."];
}

function pairTrait({ start, acts }: Suspect): Told {
  const unsigned = ofActs(acts, "library").filter(({ detail }) => detail === "unsigned");
  const self = ofActs(acts, "self").map(({ detail }) => detail);
  if (unsigned.length === 0) return [0, "It was not seen to load an unsigned library from the drive."];
  const loaded = `loaded from the drive what is not signed: ${some(unsigned.map(({ object }) => object))}.`;
  if (self.includes("valid")) return [1, `The program is signed, and ${loaded}`];
  if (self.includes("unsigned")) return [0, "Neither the program nor its libraries are signed."];
  return (start?.company ?? "") === ""
    ? [0.3, `It ${loaded}`]
    : [0.6, `It says that it is of ${start?.company}, and ${loaded}`];
}

const isTemporary = (path: string): boolean => /\\(?:temp|tmp)\\/.test(path);

function copyTrait(suspect: Suspect): Told {
  const { start, acts } = suspect;
  const copies = unique(ofActs(acts, "copy").map(({ object }) => object));
  if (start === undefined || copies.length + ofActs(acts, "child").length === 0)
    return [0, "It was not seen to copy itself to the host's disk."];
  const names = namesOnDrive(suspect);
  const children = ofActs(acts, "child").filter(
    ({ object, detail }) =>
      object.slice(0, 2) !== start.path.slice(0, 2) && start.hashes.includes(detail.split(" ")[1] ?? ""),
  );
  const same = [
    ...copies.filter((path) => names.has(fileName(path))),
    ...children.map(({ object }) => object),
  ];
  if (same.length === 0)
    return [0, "What it wrote to the host's disk is not on the drive, as far as events tell."];
  const said = `On the host's disk there is the same as on the drive, put there by it: ${some(same)}`;
  if (copies.length >= MANY_FILES) return [0.3, `${said}; with ${copies.length} programs: rather installed.`];
  return same.every(isTemporary) ? [0.5, `${said}; in a temporary folder.`] : [1, `${said}.`];
}

function fillsTrait(fillers: readonly Filler[]): Told {
  const few = fillers.filter(
    ({ writings }) =>
      new Set(writings.flatMap(({ folder, names }) => names.map((name) => `${folder}\\${name}`))).size <
      MANY_FILES,
  );
  const writings = few.flatMap((filler) => filler.writings);
  if (writings.length === 0)
    return fillers.length === 0
      ? [0, "It was not seen to write programs, links or settings onto drives."]
      : [
          0,
          "It wrote many files onto a drive: rather a copy of a folder, or a drive for starting a computer.",
        ];
  const said = (list: typeof writings): string =>
    `A program that users could have put on the host wrote onto a drive: ${some(list.flatMap(({ writer, folder, names }) => names.map((name) => `${fileName(writer)} ${folder}\\${name}`)))}.`;
  const telling = writings.filter(({ folder }) => isRoot(folder) || isOddFolder(`${folder}\\x`));
  return telling.length > 0 ? [1, said(telling)] : [0.3, said(writings)];
}

/** Whether a value written by Sysmon makes Explorer show less. */
const HIDING: Readonly<Record<string, number>> = { hidden: 2, hidefileext: 1, showsuperhidden: 0 };

function hidesTrait(suspect: Suspect): Told {
  const hiding = ofActs(allActs(suspect), "hiding").filter(({ object, detail }) => {
    const number = /0x([0-9a-f]+)/i.exec(detail)?.[1];
    return (
      HIDING[fileName(object)] ===
      (number === undefined ? Number.parseInt(detail, 10) : Number.parseInt(number, 16))
    );
  });
  return hiding.length > 0
    ? [1, `It made Explorer hide files: ${some(hiding.map(({ object }) => fileName(object)))}.`]
    : [0, "It was not seen to change what Explorer hides."];
}

function autostartTrait(suspect: Suspect): Told {
  const acts = allActs(suspect);
  const set = [
    ...ofActs(acts, "autostart").map(({ detail }) => detail),
    ...ofActs(acts, "task").map(
      ({ object }) => /\/tr\s+("[^"]*"|\S+)/i.exec(object)?.[1]?.replaceAll('"', "") ?? object,
    ),
  ];
  if (set.length === 0) return [0, "It was not seen to set an autostart."];
  const writable = set.filter((command) => ["drop", "data"].includes(placeOf(commandTraits(command).file)));
  const isInstalled = unique(ofActs(suspect.acts, "copy").map(({ object }) => object)).length >= MANY_FILES;
  const said = `It set an autostart: ${some(set)}.`;
  return [writable.length === 0 ? 0 : isInstalled ? 0.3 : 1, said];
}

/** The drive's file is what is loaded, not what a library of Windows is to open (Photo Viewer, Open With). */
const isLibraryOf = (command: string): boolean =>
  /(?:rundll32|regsvr32|odbcconf)(?:\.exe)?"?\s+(?:\/\S+\s+)*"?[abd-z]:\\/i.test(command);

function fedTrait({ start }: Suspect): Told {
  if (start === undefined || start.interpreter === "") return [0, "No program of Windows was fed with it."];
  const [program, file] = [fileName(start.interpreter), fileName(start.path)];
  const isFed =
    program === "cmd.exe"
      ? /<\s*\S|\btype\b[^|]*\|\s*(?:\S*\\)?cmd/i.test(start.command)
      : isLibraryOf(start.command) && !/\.(?:dll|ocx|cpl|inf|sct|rsp)$/.test(file);
  return isFed
    ? [1, `${program} was fed with a file that does not look like what it runs: ${start.command}`]
    : [0, `${program} was given a file of its own kind.`];
}

function fetchesTrait({ acts }: Suspect): Told {
  const fetched = ofActs(acts, "fetch").map(({ object }) => object);
  return fetched.length > 0
    ? [1, `It had a program of Windows fetch something: ${some(fetched)}.`]
    : [0, "It was not seen to have anything fetched."];
}
