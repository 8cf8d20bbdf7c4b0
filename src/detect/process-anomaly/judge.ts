import { groupBy } from "../../kernel/group-by.js";
import {
  type ScoreComponent,
  SEVERITIES,
  type Severity,
  severityOf,
  severityRank,
} from "../../model/finding.js";
import { programName } from "../shared/process-name.js";
import { writableValue } from "../shared/windows-path.js";
import { say } from "./messages.js";
import { rareness, surprise } from "./smoothing.js";
import type { Rare } from "./starts.js";
import type { Touched } from "./touches.js";

/** How much each trait takes of what is left to doubt: score = 1 − Π(1 − weight × value). */
export const RARE_WEIGHT = { child: 0.5, command: 0.35, user: 0.35, place: 0.3, spread: 0.1 };
export const TOUCH_WEIGHT = { source: 0.5, target: 0.35, means: 0.3, rare: 0.2 };

/** Least scores for low, medium, high, critical; never critical. A rare child alone has 0.55, with a rare command 0.71. */
const LADDER: readonly [number, number, number, number] = [0.45, 0.6, 0.75, 1.1];
const LEAST_HOSTS = 5;

interface Judgement {
  components: ScoreComponent[];
  score: number;
  severity: Severity;
}

/** Rare values that meet in the same starts. */
export interface RareStarts extends Judgement {
  rares: [Rare, ...Rare[]];
}

export interface TouchedJudged extends Judgement {
  touched: Touched;
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

function combined(components: ScoreComponent[]): Judgement {
  const score = rounded(1 - components.reduce((rest, { value, weight }) => rest * (1 - value * weight), 1));
  return { components, score, severity: severityOf(score, LADDER) };
}

/** Rare values with the same first start are one. @param hosts of an owner in a realm */
export function judgeStarts(
  rares: readonly Rare[],
  hosts: (of: { realm: string; owner: string }) => number,
): RareStarts[] {
  const groups = groupBy(rares, ({ realm, first: { line } }) => JSON.stringify([realm, line[1], line[2]]));
  return [...groups.values()].map((group) => {
    const [one] = group as [Rare, ...Rare[]];
    return { rares: group as [Rare, ...Rare[]], ...judgeStart(group, hosts(one)) };
  });
}

function judgeStart(group: readonly Rare[], ownHosts: number): Judgement {
  const of = (relation: Rare["relation"]) => group.find((each) => each.relation === relation);
  const relation = (name: Rare["relation"], say: (rare: Rare) => string, usual: string): ScoreComponent => {
    const rare = of(name);
    return {
      name,
      value: rare === undefined ? 0 : rounded(rareness(rare.tail, rare.total)),
      weight: RARE_WEIGHT[name],
      meaning: rare === undefined ? usual : say(rare),
    };
  };
  const [{ first, hosts }] = group as [Rare, ...Rare[]];
  const place = first.path.includes("\\") ? writableValue(first.path) : 0;
  const judged = combined([
    relation(
      "child",
      (rare) =>
        `Of ${rare.total} host-days on which ${named(rare.given)} started anything, ${rare.tail} had so rare a child; surprise ${rounded(surprise({ pair: rare.hostDays, parent: rare.total, children: rare.kinds, parents: rare.givens, pairs: rare.pairs })).toFixed(1)} bits.`,
      "That this program starts that one is not rare, or too little was seen of it.",
    ),
    relation(
      "command",
      (rare) =>
        `Of ${rare.total} host-days of ${named(rare.given)}, ${rare.tail} had so rare a command line.`,
      "Its command line is not rare, or too little was seen of it.",
    ),
    relation(
      "user",
      (rare) =>
        `It ran as ${rare.what}: so rare are ${rare.tail} of ${rare.total} host-days of ${named(rare.given)}.`,
      "The kind of user is not rare.",
    ),
    {
      name: "place",
      value: place <= 0.2 ? 0 : place,
      weight: RARE_WEIGHT.place,
      meaning:
        place <= 0.2
          ? say("process-anomaly.lies-where-only-administrators")
          : say("process-anomaly.lies-where-users-can", first.path),
    },
    {
      name: "spread",
      value: ownHosts < 2 ? 0 : rounded(Math.max(0, 1 - Math.log2(Math.max(1, hosts)) / Math.log2(ownHosts))),
      weight: RARE_WEIGHT.spread,
      meaning: say("process-anomaly.hosts", hosts, ownHosts),
    },
  ]);
  // Rarity of one kind is no more than something to look at.
  const odd = judged.components.filter(({ name, value }) => name !== "spread" && value >= 0.4).length;
  return odd >= 2 ? judged : { ...judged, severity: atMost(judged.severity, "low") };
}

const named = (program: string): string =>
  program.startsWith("~") ? `${program.slice(1)} (where users can write)` : program;

function atMost(severity: Severity, most: Severity): Severity {
  return SEVERITIES[Math.min(severityRank(severity), severityRank(most))] ?? severity;
}

/** Programs of Windows that run what others give them, and those by which people dump memory. */
const LENT = new Map<string, number>([
  ...["powershell", "pwsh", "rundll32", "regsvr32", "wscript", "cscript", "mshta", "cmd", "msbuild"].map(
    (name) => [name, 0.8] as const,
  ),
  ...["installutil", "python", "pythonw", "winword", "excel", "outlook", "powerpnt", "w3wp", "notepad"].map(
    (name) => [name, 0.8] as const,
  ),
  ...["rdrleakdiag", "procdump", "procdump64", "sqldumper", "createdump", "mavinject", "waitfor"].map(
    (name) => [name, 0.9] as const,
  ),
  ["taskmgr", 0.6],
]);
/** What intruders like to hide in or to read, beside lsass. */
const LIKED = new Set([
  ...["explorer", "svchost", "winlogon", "services", "spoolsv", "dllhost", "runtimebroker", "notepad"],
  ...[
    "werfault",
    "waitfor",
    "rundll32",
    "keepass",
    "searchprotocolhost",
    "iexplore",
    "msedge",
    "chrome",
    "firefox",
  ],
]);

export function judgeTouch(touched: Touched, ownHosts: number, commonHosts: number): TouchedJudged {
  const { kind, source, target, means, isUnbacked, hosts } = touched;
  const lent = LENT.get(programName(source)) ?? 0;
  const place = source.includes("\\") ? writableValue(source) : 0;
  const isLsass = programName(target) === "lsass";
  const loads = /loadlibrary|ldrloaddll|queueuserapc/i.test(means);
  const all = kind === "memory" && /^0x1[0-9a-f]f[0-9a-f]{3}$/i.test(means);
  const share = hosts / Math.max(1, ownHosts);
  const judged = combined([
    {
      name: "source",
      value: Math.max(lent, place),
      weight: TOUCH_WEIGHT.source,
      meaning:
        place > lent
          ? say("process-anomaly.lies-where-users-can", source)
          : lent > 0
            ? say("process-anomaly.does-what-others-tell", source)
            : say("process-anomaly.lies-where-only-administrators.2", source),
    },
    {
      name: "target",
      value: isLsass || kind === "image" ? 1 : LIKED.has(programName(target)) ? 0.7 : 0.3,
      weight: TOUCH_WEIGHT.target,
      meaning: isLsass
        ? say("process-anomaly.lsass-keeps-passwords-tickets")
        : kind === "image"
          ? say("process-anomaly.another-program-ran-under")
          : say("process-anomaly.target", target),
    },
    {
      name: "means",
      value: loads ? 1 : isUnbacked ? 0.8 : all ? 0.7 : 0,
      weight: TOUCH_WEIGHT.means,
      meaning: loads
        ? say("process-anomaly.thread-loads-library", means)
        : isUnbacked
          ? say("process-anomaly.code-outside-all-modules")
          : all
            ? say("process-anomaly.asked-all-rights", means)
            : `By ${means === "" ? "means that no event names" : means}.`,
    },
    {
      name: "rare",
      value:
        ownHosts < LEAST_HOSTS
          ? 0.5
          : rounded(Math.max(0, 1 - Math.log2(Math.max(1, hosts)) / Math.log2(ownHosts))),
      weight: TOUCH_WEIGHT.rare,
      meaning: say("process-anomaly.hosts", hosts, ownHosts),
    },
  ]);
  const isCommon = ownHosts >= LEAST_HOSTS && share >= commonHosts;
  return { touched, ...judged, severity: isCommon ? "informational" : judged.severity };
}
