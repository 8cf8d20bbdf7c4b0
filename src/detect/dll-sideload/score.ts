import { DAY, MINUTE } from "../../kernel/time.js";
import type { ScoreComponent, Severity } from "../../model/finding.js";
import { severityOf } from "../../model/finding.js";
import { fileName, placeOf, stem } from "../shared/windows-path.js";
import { type Candidate, folderValue } from "./candidate.js";
import type { Known } from "./catalogue.js";
import type { Act } from "./surroundings.js";

export const WEIGHT = {
  known: 0.25,
  signature: 0.2,
  displaced: 0.15,
  folder: 0.1,
  dropped: 0.1,
  followed: 0.1,
  renamed: 0.05,
  rare: 0.05,
};

/** Least scores for low, medium, high, critical. One pair is never critical: who uses it is not known. */
const LADDER: readonly [number, number, number, number] = [0.3, 0.45, 0.65, 1.1];

export interface Limits {
  dropMinutes: number;
  installerFiles: number;
  rareHosts: number;
}

export function componentsOf(candidate: Candidate, limits: Limits): ScoreComponent[] {
  const component = (name: keyof typeof WEIGHT, value: number, meaning: string): ScoreComponent => ({
    name,
    value: Math.round(value * 1000) / 1000,
    weight: WEIGHT[name],
    meaning,
  });
  const { known } = candidate;
  return [
    component("known", known.value, KNOWN[known.why]),
    component("signature", signatureValue(candidate), signatureMeaning(candidate)),
    component("displaced", candidate.displaced, displacedMeaning(candidate)),
    component("folder", folderValue(candidate), folderMeaning(candidate)),
    component("dropped", droppedValue(candidate, limits), dropMeaning(candidate, limits)),
    component("followed", followedValue(candidate), followedMeaning(candidate)),
    component("renamed", renamedFiles(candidate).length > 0 ? 1 : 0, renamedMeaning(candidate)),
    component("rare", rarity(candidate, limits), rareMeaning(candidate, limits)),
  ];
}

export function scoreOf(components: readonly ScoreComponent[]): number {
  return Math.round(components.reduce((sum, { value, weight }) => sum + value * weight, 0) * 1000) / 1000;
}

/**
 * A pair that nobody knows stays below high, and at low where nothing but its signature and folder speaks: portable software and software for one
 * user have these as well.
 */
export function severityFor(candidate: Candidate, components: readonly ScoreComponent[]): Severity {
  const reached = severityOf(scoreOf(components), LADDER);
  const value = (name: string) => components.find((each) => each.name === name)?.value ?? 0;
  const followed = candidate.known.value > 0 ? value("followed") / 2 : 0;
  const own = value("displaced") + value("dropped") + value("renamed") + followed;
  if (candidate.known.value >= 0.8) return reached;
  if (own < 1) return reached === "informational" ? reached : "low";
  return reached === "high" ? "medium" : reached;
}

const KNOWN: Readonly<Record<Known["why"], string>> = {
  pair: "The catalogue has this program and this library, and the library is not where it belongs.",
  phantom: "Windows looks for a library of this name and does not have it.",
  "windows name": "It has the name of one of Windows' own libraries and lies elsewhere.",
  library: "The catalogue has a library of this name, with other programs.",
  "": "Neither the catalogue nor the case knows a reason for this name.",
};

function signatureValue({ load, kind }: Candidate): number {
  if (kind === "configuration") return 0.5;
  if (load.signature === "unsigned") return 1;
  if (load.signature === "doubtful") return 0.7;
  if (load.signature === "unknown") return 0.3;
  return 0.5;
}

function signatureMeaning({ load, program, kind }: Candidate): string {
  if (kind === "configuration") return "A configuration file cannot be signed.";
  const own =
    program?.signature === "valid"
      ? `The program is signed by ${program.signer}; `
      : "The program's own signature is not known; ";
  if (load.signature === "valid") return `${own}the library by ${load.signer}.`;
  const state = {
    unsigned: "is not signed",
    doubtful: "has a signature that does not hold",
    unknown: "was not checked",
  };
  return `${own}the library ${state[load.signature]}.`;
}

function displacedMeaning({ displaced }: Candidate): string {
  if (displaced >= 1) return "The program belongs elsewhere than where it was started from.";
  return displaced > 0
    ? "The program was started from where users can write; where it belongs is not known."
    : "The program stands where such programs stand.";
}

function folderMeaning({ load }: Candidate): string {
  const place = placeOf(load.module);
  const where = {
    windows: "below Windows",
    programs: "below Program Files",
    "user-programs": "where well-known software installs itself for one user",
    data: "where users can write",
    drop: "where anybody drops files",
  }[place];
  return `The library lies ${where}${load.sameFolder ? ", beside the program" : ", not beside the program"}.`;
}

function isInstalled({ drop }: Candidate, { installerFiles }: Limits): boolean {
  return drop !== undefined && drop.filesAround >= installerFiles;
}

function droppedValue(candidate: Candidate, limits: Limits): number {
  const { drop } = candidate;
  if (drop === undefined || isInstalled(candidate, limits)) return 0;
  const span = limits.dropMinutes * MINUTE;
  const after = drop.seconds * 1000;
  if (after <= span) return 1;
  return Math.max(0, 1 - Math.log(after / span) / Math.log(Math.max(DAY / span, 1.001)));
}

function dropMeaning(candidate: Candidate, limits: Limits): string {
  const { drop } = candidate;
  if (drop === undefined) return "No event says when it was written.";
  const written = `Written ${drop.seconds} s before it was loaded`;
  return isInstalled(candidate, limits)
    ? `${written}, with ${drop.filesAround} files of its folder: rather installed.`
    : `${written}, by ${fileName(drop.drop.by)}.`;
}

const ACT_VALUE: Readonly<Record<Act, number>> = { injection: 1, autostart: 1, connection: 0.7, child: 0.5 };

/** What a process of Windows itself does is not what a library in it does: services share one. */
function followedValue({ conduct, load }: Candidate): number {
  if (placeOf(load.program) === "windows") return 0;
  const acts = new Set(conduct.flatMap(({ acts: done }) => done.map(({ what }) => what)));
  return Math.min(
    1,
    [...acts].reduce((sum, act) => sum + ACT_VALUE[act], 0),
  );
}

const ACT_TEXT: Readonly<Record<Act, string>> = {
  injection: "injected into another process",
  autostart: "wrote an autostart value",
  connection: "opened connections",
  child: "started other programs",
};

export function actsOf({ conduct }: Candidate): string[] {
  return [...new Set(conduct.flatMap(({ acts }) => acts.map(({ what }) => ACT_TEXT[what])))].sort();
}

function followedMeaning(candidate: Candidate): string {
  if (placeOf(candidate.load.program) === "windows")
    return "Not judged: a process of Windows does more than what one library makes it do.";
  const acts = actsOf(candidate);
  return acts.length === 0 ? "Nothing is known of what the process did." : `The process ${acts.join(", ")}.`;
}

/** Files whose version information has another name than they bear. */
export function renamedFiles({ load, programOriginal }: Candidate): string[] {
  const differs = (path: string, original: string) =>
    original !== "" && stem(fileName(path)) !== stem(original).replace(/\.(?:exe|dll)$/, "");
  return [
    ...(differs(load.program, programOriginal) ? [`${fileName(load.program)} (${programOriginal})`] : []),
    ...(differs(load.module, load.originalName) ? [`${fileName(load.module)} (${load.originalName})`] : []),
  ];
}

function renamedMeaning(candidate: Candidate): string {
  const files = renamedFiles(candidate);
  return files.length === 0
    ? "No file bears another name than its version information has, as far as that is known."
    : `Names differ from those in the version information: ${files.join(", ")}.`;
}

function rarity({ load, ownHosts }: Candidate, { rareHosts }: Limits): number {
  if (ownHosts < rareHosts) return 0.5;
  return Math.max(0, 1 - Math.log2(Math.max(1, load.hosts)) / Math.log2(Math.max(2, ownHosts)));
}

function rareMeaning({ load, ownHosts }: Candidate, { rareHosts }: Limits): string {
  return ownHosts < rareHosts
    ? `Only ${ownHosts} hosts tell of loads: too few to say what is rare.`
    : `On ${load.hosts} of ${ownHosts} hosts that tell of loads.`;
}
