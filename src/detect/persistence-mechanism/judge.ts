import { MINUTE, parseTime } from "../../kernel/time.js";
import {
  type ScoreComponent,
  SEVERITIES,
  type Severity,
  severityOf,
  severityRank,
} from "../../model/finding.js";
import { type CommandTraits, commandTraits, posesAsWindows } from "../shared/command-line.js";
import { fileName, placeOf, writableValue } from "../shared/windows-path.js";
import type { Mechanism } from "./mechanisms.js";
import { say } from "./messages.js";

/** How much each trait takes of what is left to doubt: score = 1 − Π(1 − weight × value). */
export const WEIGHT = {
  place: 0.4,
  deed: 0.6,
  mechanism: 0.4,
  pretence: 0.25,
  often: 0.3,
  brief: 0.3,
  maker: 0.2,
  rare: 0.1,
};

/**
 * Least scores for low, medium, high, critical. A place where anybody drops files is medium by itself (0.43 with a rarity that is not known) and so with a name that
 * pretends (0.57); high with a second sign (0.60, often or brief), and so is a command that is hardly ever ordinary (0.62). One mechanism is never critical: who made it is not known.
 */
const LADDER: readonly [number, number, number, number] = [0.3, 0.42, 0.58, 1.1];

export interface Limits {
  oftenMinutes: number;
  briefMinutes: number;
  commonHosts: number;
}

export interface Judged {
  mechanism: Mechanism;
  traits: CommandTraits;
  components: ScoreComponent[];
  score: number;
  severity: Severity;
}

/**
 * @param ownHosts hosts of the same owner and realm that tell of anything
 * @param deleted when the same task was deleted on its first host, in order (milliseconds UTC)
 */
export function judge(
  mechanism: Mechanism,
  ownHosts: number,
  deleted: readonly number[],
  limits: Limits,
): Judged {
  const traits = commandTraits(mechanism.command);
  const share = mechanism.hosts / Math.max(1, ownHosts);
  const isCommon = ownHosts >= 5 && share >= limits.commonHosts;
  const components = componentsOf(mechanism, traits, ownHosts, deleted, limits);
  const doubt = components.reduce((rest, { value, weight }) => rest * (1 - value * weight), 1);
  const score = Math.round((1 - doubt) * 1000) / 1000;
  const reached = severityOf(score, LADDER);
  const severity = isCommon ? commonSeverity(reached, components) : reached;
  return { mechanism, traits, components, score, severity };
}

/** What stands on many hosts is how they are set up, unless what it does or is called speaks for itself: then it is one step lower only. */
function commonSeverity(reached: Severity, components: readonly ScoreComponent[]): Severity {
  const value = (name: keyof typeof WEIGHT) => components.find((each) => each.name === name)?.value ?? 0;
  const speaks = value("deed") >= 0.8 || value("pretence") > 0;
  const most = speaks ? severityRank(reached) - 1 : Math.min(severityRank(reached), severityRank("low"));
  return SEVERITIES[Math.max(0, most)] ?? "informational";
}

function componentsOf(
  mechanism: Mechanism,
  traits: CommandTraits,
  ownHosts: number,
  deleted: readonly number[],
  limits: Limits,
): ScoreComponent[] {
  const component = (name: keyof typeof WEIGHT, value: number, meaning: string): ScoreComponent => ({
    name,
    value: Math.round(value * 1000) / 1000,
    weight: WEIGHT[name],
    meaning,
  });
  const minutes = minutesOf(mechanism.interval);
  const brief = lifetime(mechanism, deleted);
  const pretence = pretenceOf(mechanism, traits);
  const [place, deed] = [placeValue(mechanism, traits), deedValue(mechanism, traits)];
  return [
    component("place", place, placeMeaning(traits)),
    component("deed", deed, deedMeaning(traits)),
    component("mechanism", mechanismValue(mechanism), MECHANISM[mechanism.kind]),
    component(
      "pretence",
      pretence === "" ? 0 : 1,
      pretence || say("persistence-mechanism.its-name-promises-nothing"),
    ),
    component(
      "often",
      place + deed > 0 ? oftenValue(minutes, limits) : 0,
      minutes === undefined
        ? say("persistence-mechanism.how-often-runs-not")
        : say("persistence-mechanism.runs-every-minutes", round(minutes)),
    ),
    component(
      "brief",
      brief !== undefined && brief <= limits.briefMinutes ? 1 : 0,
      brief === undefined
        ? say("persistence-mechanism.not-seen-be-deleted")
        : say("persistence-mechanism.deleted-minutes-after-made", round(brief)),
    ),
    component("maker", makerValue(mechanism), makerMeaning(mechanism)),
    component(
      "rare",
      rarity(mechanism, ownHosts),
      say("persistence-mechanism.hosts", mechanism.hosts, ownHosts),
    ),
  ];
}

const round = (value: number): number => Math.round(value * 10) / 10;

/**
 * A driver that a tool unpacks to load it is in a temporary folder on ordinary machines as well, and an installer goes on from there after a restart. A
 * startup folder is where users can write, so that a link in it says little.
 */
function placeValue({ type, kind, name, command }: Mechanism, { place }: CommandTraits): number {
  if (kind === "startup folder") return /\.(?:lnk|url)$/i.test(command) ? 0.3 : 0.7;
  return /driver/i.test(type) || /^runonce/i.test(name) ? place * 0.6 : place;
}

function placeMeaning({ place, file }: CommandTraits): string {
  if (file === "") return "No event says what it starts.";
  return place === 0
    ? "What it starts lies where only administrators write, or is named without a path."
    : `${file} lies ${place >= 1 ? "where anybody drops files" : place > 0.3 ? "where users can write" : "where software installs itself for one user"}.`;
}

/** A shell is no service: whoever installs one runs a command as the system. */
function deedValue({ kind, type }: Mechanism, { deed, deeds }: CommandTraits): number {
  if (kind === "service" && deeds.length > 0) return Math.max(deed, 0.8);
  return kind === "wmi" && /script/i.test(type) ? Math.max(deed, 0.7) : deed;
}

function deedMeaning({ deeds }: CommandTraits): string {
  return deeds.length === 0 ? "It starts a program, no interpreter." : `The command has ${deeds.join(", ")}.`;
}

/** Windows' own subscription, there on every machine: it writes to the event log. */
const LOG_CONSUMER = /^NTEventLog|^Log File|^Event Log/i;

function mechanismValue({ kind, type }: Mechanism): number {
  if (kind === "wmi") return LOG_CONSUMER.test(type) ? 0 : 1;
  return kind === "startup folder" ? 0.3 : 0;
}

const MECHANISM: Readonly<Record<Mechanism["kind"], string>> = {
  wmi: "Hardly any software subscribes to WMI for good with a command or script.",
  "startup folder":
    "Software starts itself through run keys and tasks; startup folders are for what people put there.",
  service: "Services are how software runs.",
  task: "Tasks are how software runs.",
  "run key": "Run keys are how software starts.",
};

const VENDORS =
  /microsoft|windows|office|google|chrome|edge|adobe|onedrive|java|oracle|intel|nvidia|vmware|firefox|mozilla|defender|kaspersky|symantec|mcafee|trend ?micro/i;

/** What its name promises and its place does not keep; '' where nothing speaks for that. */
function pretenceOf({ name }: Mechanism, { file, program, place }: CommandTraits): string {
  const poser = [file, program].find(posesAsWindows);
  if (poser !== undefined) return `${poser} has the name of a process of Windows.`;
  const vendor = VENDORS.exec(`${name} ${fileName(file)}`)?.[0];
  const isThere =
    vendor !== undefined &&
    file.toLowerCase().slice(0, file.lastIndexOf("\\")).includes(vendor.toLowerCase());
  return vendor !== undefined && place >= 0.7 && !isThere
    ? `It is named after ${vendor} and lies where ${vendor} installs nothing.`
    : "";
}

/** Minutes between runs, of `PT1M`, `P1D`, or `1 minute` of a command line; undefined where there is no repetition. */
export function minutesOf(interval: string): number | undefined {
  const iso = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(interval.toUpperCase());
  if (iso !== null && interval.length > 2) {
    const [, days = "0", hours = "0", minutes = "0", seconds = "0"] = iso;
    const total = Number(days) * 1440 + Number(hours) * 60 + Number(minutes) + Number(seconds) / 60;
    return total > 0 ? total : undefined;
  }
  const words = /^(\d+) (minute|hourly|daily|weekly)$/.exec(interval);
  if (words === null) return undefined;
  return Number(words[1]) * ({ minute: 1, hourly: 60, daily: 1440, weekly: 10_080 }[words[2] as string] ?? 0);
}

function oftenValue(minutes: number | undefined, { oftenMinutes }: Limits): number {
  if (minutes === undefined) return 0;
  if (minutes <= oftenMinutes) return 1;
  return Math.max(0, 1 - Math.log(minutes / oftenMinutes) / Math.log(6));
}

/** Minutes from making to deletion. */
function lifetime({ first, kind }: Mechanism, deleted: readonly number[]): number | undefined {
  if (kind !== "task") return undefined;
  const made = parseTime(first[0]);
  const end = deleted.find((time) => time >= made);
  return end === undefined ? undefined : (end - made) / MINUTE;
}

const SHELLS = new Set([
  "cmd.exe",
  "powershell.exe",
  "pwsh.exe",
  "wscript.exe",
  "cscript.exe",
  "mshta.exe",
  "rundll32.exe",
  "wmiprvse.exe",
  "reg.exe",
]);
const OFFICE = new Set(["winword.exe", "excel.exe", "powerpnt.exe", "outlook.exe"]);

/** What the kernel itself writes for others: files that come over SMB. */
const isNetwork = (maker: string): boolean => maker.toLowerCase() === "system";

function makerValue({ maker }: Mechanism): number {
  const name = fileName(maker);
  if (OFFICE.has(name)) return 1;
  if (isNetwork(maker)) return 0.7;
  if (!maker.includes("\\")) return 0;
  return Math.max(writableValue(maker), SHELLS.has(name) ? 0.6 : 0);
}

function makerMeaning({ maker }: Mechanism): string {
  if (maker === "") return "No event says what made it.";
  if (isNetwork(maker)) return "Written by the system process, so over the network.";
  const place = placeOf(maker);
  return place === "data" || place === "drop"
    ? `Made by ${maker}, which lies where users can write.`
    : `Made by ${maker}.`;
}

function rarity({ hosts }: Mechanism, ownHosts: number): number {
  if (ownHosts < 5) return 0.5;
  return Math.max(0, 1 - Math.log2(Math.max(1, hosts)) / Math.log2(ownHosts));
}
