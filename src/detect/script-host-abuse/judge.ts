import { unique } from "../../kernel/group-by.js";
import {
  type ScoreComponent,
  SEVERITIES,
  type Severity,
  severityOf,
  severityRank,
} from "../../model/finding.js";
import { commandTraits } from "../shared/command-line.js";
import { programName } from "../shared/process-name.js";
import { writableValue } from "../shared/windows-path.js";
import type { HostList } from "./list.js";
import { say } from "./messages.js";
import type { Deeds, Runs } from "./runs.js";

/** How much each trait takes of what is left to doubt: score = 1 − Π(1 − weight × value). */
export const WEIGHT = { shape: 0.6, place: 0.4, parent: 0.45, after: 0.35, rare: 0.15 };

/**
 * Least scores for low, medium, high, critical; never critical. What is hardly ever ordinary is medium by itself (0.63 with a rarity that is not known), high with a second sign; a
 * script from where users can write is low alone (0.45).
 */
const LADDER: readonly [number, number, number, number] = [0.4, 0.5, 0.66, 1.1];
const LEAST_HOSTS = 5;
const LONGEST = 8_192;

export interface Judged {
  runs: Runs;
  /** What the command has, in words. */
  shapes: string[];
  /** The file that the program was given, where it lies where users can write. */
  file: string;
  attack: string[];
  components: ScoreComponent[];
  score: number;
  severity: Severity;
}

/** What is encoded in a command of PowerShell (base64 of UTF-16), '' where nothing is. */
export function decoded(command: string): string {
  const text = /\s[-/]e(?:[a-z]{0,20})\s+["']?([A-Za-z0-9+/]{16,}={0,2})/i.exec(command)?.[1];
  return text === undefined ? "" : Buffer.from(text, "base64").toString("utf16le");
}

/** Runs of blanks become one: so no expression can take long over them. */
const plain = (text: string): string =>
  text.slice(0, LONGEST).toLowerCase().replaceAll('"', "").replace(/\s+/g, " ");

/** What these are given they read or write, and do not run. */
const RUN_NO_FILES = new Set(["wmic", "certutil", "bitsadmin", "forfiles"]);

/** @param ownHosts hosts of the same owner and realm @param share of these from which a command is how they are set up */
export function judge(
  runs: Runs,
  list: HostList,
  deeds: readonly Deeds[],
  ownHosts: number,
  common: { share: number; hosts: number },
): Judged {
  const names = unique([runs.name, runs.original]).filter((name) => list.techniqueOf(name) !== undefined);
  const inside = names.some((name) => name === "powershell" || name === "pwsh") ? decoded(runs.command) : "";
  const shapes = [plain(runs.command), plain(inside)].flatMap((text) =>
    text === "" ? [] : list.shapesOf(names, text),
  );
  const whats = unique(shapes.map(({ what }) => what));
  const byWhat = new Map(shapes.map((shape) => [shape.what, shape.value]));
  const shape = 1 - [...byWhat.values()].reduce((rest, value) => rest * (1 - value), 1);
  const { place: given, file } = commandTraits(runs.command);
  const isShared = /^\\\\[^\\]+\\(?:sysvol|netlogon)\\/i.test(file);
  const runsNoFile = names.every((name) => RUN_NO_FILES.has(name));
  const place = isShared || runsNoFile || given <= 0.2 ? 0 : given;
  const parent = list.parentOf(programName(runs.parentPath));
  const parentPlace = runs.parentPath.includes("\\") ? writableValue(runs.parentPath) : 0;
  const parentValue = Math.max(parent?.value ?? 0, parentPlace <= 0.2 ? 0 : parentPlace);
  const connections = unique(deeds.flatMap((each) => each.connections));
  const files = unique(deeds.flatMap((each) => each.files));
  const component = (name: keyof typeof WEIGHT, value: number, meaning: string): ScoreComponent => ({
    name,
    value: Math.round(value * 1000) / 1000,
    weight: WEIGHT[name],
    meaning,
  });
  const components = [
    component(
      "shape",
      shape,
      whats.length === 0
        ? say("script-host-abuse.its-command-has-nothing")
        : say("script-host-abuse.command-has", whats.join(", ")),
    ),
    component(
      "place",
      place,
      place === 0
        ? say("script-host-abuse.what-given-lies-where")
        : say("script-host-abuse.lies-where-users-can", file),
    ),
    component(
      "parent",
      parentValue,
      parentValue === 0
        ? say(
            "script-host-abuse.started-by",
            runs.parentPath || say("script-host-abuse.program-no-event-names"),
          )
        : say(
            "script-host-abuse.started-by.2",
            runs.parentPath,
            parent?.value === parentValue ? parent.what : say("script-host-abuse.which-lies-where-users"),
          ),
    ),
    component(
      "after",
      connections.length + files.length > 0 ? 1 : 0,
      connections.length + files.length === 0
        ? say("script-host-abuse.no-connection-outside-no")
        : say(
            "script-host-abuse.afterwards",
            [
              connections.length > 0 ? say("script-host-abuse.connected", connections.join(", ")) : "",
              files.length > 0 ? say("script-host-abuse.wrote", files.join(", ")) : "",
            ]
              .filter((text) => text !== "")
              .join(" and "),
          ),
    ),
    component(
      "rare",
      rarity(runs, ownHosts),
      say("script-host-abuse.hosts-days", runs.hosts, ownHosts, runs.days),
    ),
  ];
  // By themselves connections, odd parents and rarity are how browsers' helpers and updaters look: the command or what it was given must say something.
  const speaks = shape > 0 || place > 0 || parentValue >= 0.7;
  const score = speaks
    ? Math.round(
        (1 - components.reduce((rest, { value, weight }) => rest * (1 - value * weight), 1)) * 1000,
      ) / 1000
    : 0;
  const isCommon =
    runs.hosts >= common.hosts ||
    (ownHosts >= LEAST_HOSTS && runs.hosts >= Math.max(LEAST_HOSTS, common.share * ownHosts));
  const reached = severityOf(score, LADDER);
  const severity = isCommon
    ? (SEVERITIES[Math.max(0, Math.min(severityRank(reached) - 1, severityRank("low")))] ?? "informational")
    : reached;
  return {
    ...{ runs, components, score, severity },
    shapes: whats,
    file: place > 0 ? file : "",
    attack: unique([
      ...names.flatMap((name) => list.techniqueOf(name) ?? []),
      ...shapes.map(({ attack }) => attack),
      ...(parent === undefined ? [] : [parent.attack]),
    ]),
  };
}

/** 1 on one host and one day, less the more of both. */
function rarity({ hosts, days }: Runs, ownHosts: number): number {
  if (ownHosts < LEAST_HOSTS) return 0.5 / Math.max(1, days);
  return Math.max(0, 1 - Math.log2(Math.max(1, hosts)) / Math.log2(ownHosts)) / Math.max(1, days);
}
