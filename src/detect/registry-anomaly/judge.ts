import { HOUR, parseTime } from "../../kernel/time.js";
import { type ScoreComponent, SEVERITIES, type Severity, severityOf } from "../../model/finding.js";
import { type CommandTraits, commandTraits } from "../shared/command-line.js";
import { fileName, placeOf, writableValue } from "../shared/windows-path.js";
import { type Place, plainData } from "./list.js";
import { say } from "./messages.js";
import type { Telemetry, Writes } from "./writes.js";

/** How much each trait takes of what is left to doubt: score = 1 − Π(1 − weight × value). */
export const WEIGHT = {
  location: 0.5,
  place: 0.4,
  deed: 0.5,
  writer: 0.35,
  together: 0.25,
  new: 0.15,
  rare: 0.1,
};

/**
 * Least scores for low, medium, high, critical. A place where hardly any software writes is medium by itself (0.48 from a value of 0.9 with a rarity that is not
 * known), high with a shell as the writer (0.62 from 1) or with what lies where users can write. One write is never critical: who asked for it is not known.
 */
const LADDER: readonly [number, number, number, number] = [0.3, 0.45, 0.6, 1.1];

/** Places of at least this value: hardly any software writes there. */
export const SELDOM = 0.5;

export interface Limits {
  historyHours: number;
  commonHosts: number;
}

/** A write to a place of the list. */
export interface Candidate {
  writes: Writes;
  place: Place;
}

/** What is known around a write. Times are milliseconds UTC. */
export interface Surroundings {
  telemetry: Telemetry;
  /** When the registry events of the first host begin. */
  beginning: number;
  /** Days of hosts on which something else was written to the same entry of the list. */
  otherDays: number;
  /** Different values of the same family that the same program changed on these hosts. */
  together: number;
}

export interface Judged extends Candidate {
  traits: CommandTraits;
  components: ScoreComponent[];
  score: number;
  severity: Severity;
  /** Hours of registry events of the first host before the write. */
  history: number;
}

export function judge(candidate: Candidate, around: Surroundings, limits: Limits): Judged {
  const { writes, place } = candidate;
  const traits = worstOf(place.kind === "autostart" ? plainData(writes.data) : "");
  const history = Math.max(0, parseTime(writes.first[0]) - around.beginning) / HOUR;
  const components = componentsOf(candidate, traits, around, history, limits);
  const doubt = components.reduce((rest, { value, weight }) => rest * (1 - value * weight), 1);
  const score = Math.round((1 - doubt) * 1000) / 1000;
  const reached = severityOf(score, LADDER);
  const { hosts } = around.telemetry;
  const isCommon = hosts >= 5 && writes.hosts / hosts >= limits.commonHosts;
  const severity =
    isCommon && SEVERITIES.indexOf(reached) > SEVERITIES.indexOf("low") ? ("low" as const) : reached;
  return { ...candidate, traits, components, score, severity, history };
}

const ITEMS = 50;

/** Of a value that lists several (Userinit, AppInit_DLLs, LSA packages), the item that says most. */
function worstOf(data: string): CommandTraits {
  const items = [data, ...data.split(/[,;\n\0]|\s(?=[a-z]:\\)/i).slice(0, ITEMS)];
  const weight = ({ place, deed }: CommandTraits) => place * WEIGHT.place + deed * WEIGHT.deed;
  return items
    .map((item) => commandTraits(item))
    .reduce((worst, traits) => (weight(traits) > weight(worst) ? traits : worst));
}

function componentsOf(
  { writes, place }: Candidate,
  traits: CommandTraits,
  around: Surroundings,
  history: number,
  limits: Limits,
): ScoreComponent[] {
  const component = (name: keyof typeof WEIGHT, value: number, meaning: string): ScoreComponent => ({
    name,
    value: Math.round(value * 1000) / 1000,
    weight: WEIGHT[name],
    meaning,
  });
  const byPolicy = isPolicy(writes);
  const written = newness(around, history, limits);
  const isOwn = place.value < SELDOM && isItself(traits, writes);
  return [
    component(
      "location",
      place.value * (byPolicy ? 0.4 : 1),
      `${place.kind === "setting" ? `A setting was weakened: ${place.what}` : `Something starts from here by itself: ${place.what}`}${byPolicy ? ", as group policy does" : ""}.`,
    ),
    component("place", traits.place * (isOwn ? 0.5 : 1), placeMeaning(traits)),
    component(
      "deed",
      traits.deed,
      traits.deeds.length === 0
        ? say("registry-anomaly.starts-no-interpreter")
        : say("registry-anomaly.starts", traits.deeds.join(", ")),
    ),
    component("writer", isOwn ? 0 : writerValue(writes.writer), writerMeaning(writes.writer)),
    component(
      "together",
      Math.min(1, (around.together - 1) / 2),
      around.together === 1
        ? say("registry-anomaly.program-changed-no-other")
        : say("registry-anomaly.program-changed-values-kind", around.together),
    ),
    component("new", written.value, written.meaning),
    component(
      "rare",
      rarity(writes, around.telemetry),
      say("registry-anomaly.hosts-tell-registry", writes.hosts, around.telemetry.hosts),
    ),
  ];
}

/** A program that registers itself, as software does: that it lies where users can write is one fact, not two. */
function isItself({ file }: CommandTraits, { writer }: Writes): boolean {
  return writer !== "" && file.toLowerCase() === writer.toLowerCase();
}

/** Group policy is written by the service host and by the system. */
function isPolicy({ path, writer }: Writes): boolean {
  return path.includes("\\policies\\") && fileName(writer) === "svchost.exe" && placeOf(writer) === "windows";
}

function placeMeaning({ place, file }: CommandTraits): string {
  if (place === 0) return "It names nothing that lies where users can write.";
  return `${file} lies ${place >= 1 ? "where anybody drops files" : place > 0.3 ? "where users can write" : "where software installs itself for one user"}.`;
}

/** Programs that do what somebody else tells them. */
const SHELLS = new Set([
  "cmd.exe",
  "powershell.exe",
  "pwsh.exe",
  "wscript.exe",
  "cscript.exe",
  "mshta.exe",
  "rundll32.exe",
  "regsvr32.exe",
  "wmiprvse.exe",
  "reg.exe",
  "regedit.exe",
  "wmic.exe",
]);
const OFFICE = new Set(["winword.exe", "excel.exe", "powerpnt.exe", "outlook.exe"]);

function writerValue(writer: string): number {
  const name = fileName(writer);
  if (OFFICE.has(name)) return 1;
  const place = writer.includes("\\") ? writableValue(writer) : 0;
  return Math.max(place, SHELLS.has(name) ? 0.6 : 0);
}

function writerMeaning(writer: string): string {
  if (writer === "") return "No event says which program wrote it.";
  const name = fileName(writer);
  if (SHELLS.has(name) || OFFICE.has(name)) return `Written by ${name}, which does what it is told.`;
  return writerValue(writer) >= 0.7
    ? `Written by ${writer}, which lies where users can write.`
    : `Written by ${writer}.`;
}

/**
 * How surprising any other write to the place is, by the rule of succession (Laplace) over days of hosts: −log₂ of (days with one + 1)/(days + 2). Nothing for one
 * day in 16 or more, full for one in 1,024 or less: so where there is little history, nothing is new.
 */
function newness(
  { telemetry: { hostDays }, otherDays }: Surroundings,
  history: number,
  { historyHours }: Limits,
): { value: number; meaning: string } {
  if (history < historyHours)
    return {
      value: 0,
      meaning: say("registry-anomaly.registry-events-host-begin", round(history)),
    };
  const bits = Math.log2((hostDays + 2) / (Math.min(otherDays, hostDays) + 1));
  return {
    value: Math.min(1, Math.max(0, (bits - 4) / 6)),
    meaning: say("registry-anomaly.first-seen-after-days", round(history / 24), otherDays, hostDays),
  };
}

const round = (value: number): number => Math.round(value * 10) / 10;

function rarity({ hosts }: Writes, telemetry: Telemetry): number {
  if (telemetry.hosts < 5) return 0.5;
  return Math.max(0, 1 - Math.log2(Math.max(1, hosts)) / Math.log2(telemetry.hosts));
}
