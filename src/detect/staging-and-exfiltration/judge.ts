import {
  type ScoreComponent,
  SEVERITIES,
  type Severity,
  severityOf,
  severityRank,
} from "../../model/finding.js";
import { isPublicAddress } from "../shared/endpoint.js";
import { providerList } from "../shared/providers.js";
import { writableValue } from "../shared/windows-path.js";
import type { Chain, Tie } from "./chains.js";
import { ARCHIVE_FILE } from "./packing.js";
import { contentOf, stagingOf, starterOf, type Worth } from "./places.js";
import type { Done } from "./starts.js";
import type { Seen } from "./wire.js";

/** How much each trait takes of what is left to doubt: score = (1 − Π(1 − weight × value)) × (1 − 0.8 × routine). */
export const WEIGHT = {
  collection: 0.15,
  secrecy: 0.2,
  content: 0.15,
  place: 0.2,
  tool: 0.2,
  starter: 0.15,
  upload: 0.55,
  way: 0.25,
  wire: 0.25,
  routine: 0.8,
};

/**
 * Least scores for low, medium, high, critical. An upload of the file that was packed to a server that is no known provider's is 0.67 with nothing else, and high with a second
 * sign (0.72 and more) of {@link isTelling}. Never critical: who gave the commands is not known.
 */
const LADDER: readonly [number, number, number, number] = [0.3, 0.5, 0.7, 1.1];

const TIES: Readonly<Record<Tie, number>> = {
  "that file": 1,
  "same folder": 0.7,
  "same account": 0.4,
  alone: 0.3,
};

/** The tie of an upload with what was collected on the same host: an archive sent away of which no event tells how it was made says more than another file. */
const LONE_ARCHIVE = 0.6;

export interface JudgeLimits {
  routineWeeks: number;
  commonHosts: number;
}

export interface Judged {
  chain: Chain;
  components: ScoreComponent[];
  score: number;
  severity: Severity;
  seen: Seen[];
  /** Techniques, in the order of the acts. */
  attack: string[];
  /** The strongest tie of an upload; undefined where nothing was sent. */
  tie: Tie | undefined;
}

/** @param ownHosts hosts of the same owner and realm that tell of started programs */
export function judge(
  chain: Chain,
  ownHosts: number,
  wire: ReadonlyMap<Done, Seen>,
  limits: JudgeLimits,
): Judged {
  const seen = chain.uploads.flatMap(({ done }) => wire.get(done) ?? []);
  const routine = routineOf(chain, ownHosts, limits);
  const components = componentsOf(chain, seen, routine);
  const of = (name: keyof typeof WEIGHT) => components.find((each) => each.name === name)?.value ?? 0;
  const doubt = components
    .filter(({ name }) => name !== "routine")
    .reduce((rest, { value, weight }) => rest * (1 - value * weight), 1);
  const score = Math.round((1 - doubt) * (1 - WEIGHT.routine * of("routine")) * 1000) / 1000;
  const isHidden = of("tool") >= 0.7 && of("place") >= 0.7;
  const tie = strongest(chain);
  // What is packed and stays is everyday work, unless the tool and the place are an intruder's; an upload that only the account and the time tie to it is a guess.
  const most: Severity =
    tie === "that file" || tie === "same folder"
      ? isTelling(of)
        ? "high"
        : "medium"
      : tie === "alone" || isHidden
        ? "medium"
        : "low";
  const reached = severityRank(severityOf(score, LADDER));
  return {
    ...{ chain, components, score, seen, tie },
    severity: SEVERITIES[Math.min(reached, severityRank(most))] ?? "informational",
    attack: attackOf(chain),
  };
}

/**
 * Whether it is more than that a file was packed where programs keep theirs and sent to a server with a name, as support and diagnosis do: it is locked or cut up, of note, laid down where
 * nobody keeps files, sent to an address without a name, or the archiver or its starter is odd.
 */
function isTelling(of: (name: keyof typeof WEIGHT) => number): boolean {
  return (
    of("secrecy") > 0 ||
    of("content") > 0 ||
    of("place") >= 1 ||
    of("way") >= 1 ||
    of("tool") > 0 ||
    of("starter") > 0
  );
}

function strongest({ uploads }: Chain): Tie | undefined {
  return [...uploads].sort((a, b) => TIES[b.tie] - TIES[a.tie])[0]?.tie;
}

function componentsOf(chain: Chain, seen: readonly Seen[], routine: Worth): ScoreComponent[] {
  const { steps, uploads } = chain;
  const component = (name: keyof typeof WEIGHT, { value, words }: Worth): ScoreComponent => ({
    name,
    value: Math.round(value * 1000) / 1000,
    weight: WEIGHT[name],
    meaning: words,
  });
  return [
    component("collection", {
      value: steps.length > 0 ? 1 : 0,
      words: steps.length > 0 ? "Files were put together." : "No event tells of the file's making.",
    }),
    component("secrecy", secrecyOf(steps)),
    component(
      "content",
      best(
        steps.map(({ act }) => contentOfAct(act)),
        "What was collected is nothing of note, or not known.",
        "Collected were",
      ),
    ),
    component(
      "place",
      best(
        placesOf(chain).map(stagingOf),
        "It lies where people keep their files, or no event says where.",
        "It was laid down in",
      ),
    ),
    component("tool", toolOf(steps)),
    component(
      "starter",
      best(
        [...steps, ...uploads.map(({ done }) => done)].map(({ parent }) => starterOf(parent)),
        "Started by nothing unusual, or by what no event names.",
        "Commanded by",
      ),
    ),
    component("upload", uploadOf(chain)),
    component(
      "way",
      best(
        uploads.map(({ done }) => wayOf(done)),
        "Nothing is known of where it went.",
        "It went to",
      ),
    ),
    component("wire", wireOf(seen)),
    component("routine", routine),
  ];
}

function best(worths: readonly Worth[], none: string, before: string): Worth {
  const [most] = [...worths].sort((a, b) => b.value - a.value);
  return most === undefined || most.value === 0
    ? { value: 0, words: none }
    : { value: most.value, words: `${before} ${most.words}.` };
}

function secrecyOf(steps: readonly Done[]): Worth {
  const packings = steps.flatMap(({ act }) => (act.kind === "packing" ? [act] : []));
  if (packings.some(({ secret }) => secret === "hidden names"))
    return { value: 1, words: "Locked with a password, the names of its files as well." };
  if (packings.some(({ secret }) => secret === "password"))
    return { value: 0.9, words: "Locked with a password." };
  return packings.some(({ volumes }) => volumes)
    ? { value: 0.5, words: "Cut into volumes." }
    : { value: 0, words: "Not locked, as far as the commands say." };
}

function contentOfAct(act: Done["act"]): Worth {
  if (act.kind === "upload") return { value: 0, words: "" };
  return act.kind === "export" ? { value: 1, words: act.what } : contentOf(act.sources);
}

function placesOf({ steps, uploads, arrivals }: Chain): string[] {
  return [
    ...steps.flatMap(({ act }) =>
      act.kind === "packing" ? [act.archive] : act.kind === "upload" ? [] : [act.target],
    ),
    ...uploads.flatMap(({ done: { act }, tie }) =>
      act.kind === "upload" && tie !== "same account" ? [act.file] : [],
    ),
    ...arrivals.map(({ path }) => path),
  ];
}

function toolOf(steps: readonly Done[]): Worth {
  if (steps.some(({ act }) => act.kind === "packing" && act.disguised))
    return { value: 1, words: "The archiver goes by another name, or the archive was written anew as text." };
  const packer = steps.find(
    ({ act, program }) => act.kind === "packing" && program.includes("\\") && writableValue(program) >= 0.7,
  );
  return packer === undefined
    ? { value: 0, words: "By a program in its usual place, or one that no event names." }
    : { value: 0.8, words: `The archiver ${packer.program} lies where users can write.` };
}

function uploadOf(chain: Chain): Worth {
  const tie = strongest(chain);
  if (tie === undefined) return { value: 0, words: "No event tells that it was sent away." };
  if (tie !== "alone") {
    const words = {
      "that file": "That file was sent away.",
      "same folder": "A file of the same folder was sent away.",
      "same account": "The same account sent something away shortly after.",
    };
    return { value: TIES[tie], words: words[tie] };
  }
  const isArchive = chain.uploads.some(
    ({ done: { act } }) => act.kind === "upload" && ARCHIVE_FILE.test(act.file),
  );
  return {
    value: isArchive ? LONE_ARCHIVE : TIES.alone,
    words: isArchive ? "An archive was sent away." : "A file was sent away.",
  };
}

/** Servers of the organisation's own network are not asked here: nothing left. */
function wayOf({ act }: Done): Worth {
  if (act.kind !== "upload") return { value: 0, words: "" };
  if (act.server === "")
    return act.way === "cloud"
      ? { value: 0.7, words: "cloud storage" }
      : { value: 0.3, words: "a server that the command does not name" };
  if (isPublicAddress(act.server)) return { value: 1, words: `${act.server}, an address without a name` };
  const provider = providerList().of(act.server);
  return provider === undefined
    ? { value: 0.6, words: act.server }
    : { value: 0.7, words: `${act.server} (${provider.name})` };
}

function wireOf(seen: readonly Seen[]): Worth {
  const bytes = seen.reduce((sum, each) => sum + each.bytes, 0);
  if (bytes === 0) return { value: 0, words: "No network sensor saw the connection." };
  return {
    value: bytes >= 1e6 ? 1 : 0.6,
    words: `A network sensor saw ${(bytes / 1e6).toFixed(1)} MB go out.`,
  };
}

/**
 * A chain is as routine as its least routine act: the habit of packing says nothing of an upload that was never made before. Where the tool is disguised, or a file from a staging place
 * goes to an address without a name, habit counts half: intruders who come every week have one as well.
 */
function routineOf(chain: Chain, ownHosts: number, limits: JudgeLimits): Worth {
  const acts = [...chain.steps, ...chain.uploads.map(({ done }) => done)];
  const values = acts.map(({ weeks, hosts }) => {
    const isCommon = ownHosts >= 5 && hosts / ownHosts >= limits.commonHosts;
    return isCommon ? 1 : Math.min(1, (weeks - 1) / Math.max(1, limits.routineWeeks - 1));
  });
  const value = leastOf(values);
  const isOdd =
    toolOf(chain.steps).value >= 1 ||
    (chain.uploads.some(({ done }) => wayOf(done).value >= 1) &&
      best(placesOf(chain).map(stagingOf), "", "").value >= 0.7);
  const least = leastOf(acts.map(({ weeks }) => weeks));
  const words =
    value === 0
      ? "This host does not do so from week to week."
      : `The same commands in ${least} weeks, or on many hosts.`;
  return { value: isOdd ? value / 2 : value, words };
}

/** Of a list that may be longer than what a function takes. */
const leastOf = (values: readonly number[]): number =>
  values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);

function attackOf(chain: Chain): string[] {
  const found = new Set<string>();
  for (const { act } of chain.steps) {
    if (act.kind === "upload") continue;
    const content = act.kind === "export" ? EXPORTS[act.what] : contentOf(act.sources).attack;
    if (content !== "") found.add(content);
    if (act.kind === "packing") found.add("T1560.001");
  }
  if (
    chain.steps.length > 0 &&
    (chain.hosts.size > 1 || placesOf(chain).some((path) => path.startsWith("\\\\")))
  )
    found.add("T1074.002");
  else if (chain.steps.length > 0 && placesOf(chain).some((path) => stagingOf(path).value >= 0.7))
    found.add("T1074.001");
  for (const {
    done: { act },
  } of chain.uploads)
    if (act.kind === "upload" && act.way !== "started") found.add(uploadTechnique(act));
  // An upload of which no event tells more is one all the same.
  if (found.size === 0) found.add(chain.uploads.length > 0 ? "T1048.003" : "T1074.001");
  return [...found];
}

const EXPORTS = {
  mailboxes: "T1114.002",
  "a database": "T1005",
  "the directory's credentials": "T1003.003",
} as const;

/** Of what cloud storage serves T1567.002; else by whether the way is encrypted (T1048.002) or not (T1048.003). */
function uploadTechnique({
  server,
  way,
  isPlain,
}: {
  server: string;
  way: string;
  isPlain: boolean;
}): string {
  if (way === "cloud" || (server !== "" && providerList().of(server) !== undefined)) return "T1567.002";
  return isPlain ? "T1048.003" : "T1048.002";
}
