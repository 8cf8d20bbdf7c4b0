import { unique } from "../../kernel/group-by.js";
import { parseTime } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";
import { ownerKey, ownerParameters } from "../shared/host-owners.js";
import { fileName, folderOf } from "../shared/windows-path.js";
import { type Candidate, displacement, isCandidate, knowledgeOf } from "./candidate.js";
import { Catalogue } from "./catalogue.js";
import { configurations, processesOf } from "./configurations.js";
import { type Load, loadCounts, suspectLoads, windowsLibraries } from "./loads.js";
import { Programs } from "./programs.js";
import { conductOf, type Drop, dropsIn } from "./surroundings.js";

const AROUND = 60 * 60 * 1000;

export interface Gathered {
  candidates: Candidate[];
  /** Loads in the case, and groups of them that were looked at. */
  loads: number;
  groups: number;
  configurations: number;
  hosts: number;
  entries: number;
  unreadable: number;
}

/** Everything that may be a side-load, with what happened around it. Memory is bounded by the number of groups. */
export async function gather(context: DetectContext): Promise<Gathered> {
  const { entries, unreadable } = context.dllHijacks();
  const owners = await ownerParameters(context);
  const counts = await loadCounts(context, owners);
  const catalogue = new Catalogue(entries, await windowsLibraries(context));
  const loads = await suspectLoads(context, owners, catalogue.names, context.parameter("max_groups"));
  const configs = await configurations(context, owners);
  const programs = await Programs.load(
    context,
    [...loads, ...configs].map(({ program }) => fileName(program)),
  );
  const suspects = [
    ...loads.filter((load) => {
      const program = programs.at(load.program);
      return isCandidate(load, knowledgeOf(catalogue, load, program?.originalName ?? ""), program, "");
    }),
    // Where a program never told its signature, its start may tell company and original name.
    ...loads.filter((load) => load.sameFolder && programs.at(load.program) === undefined),
  ];
  const hosts = unique([...suspects, ...configs].flatMap(({ hostNames }) => hostNames));
  const runs = await processesOf(
    context,
    hosts,
    configs.map(({ program }) => program.toLowerCase()),
  );
  const processes = [...suspects.flatMap((load) => load.processes), ...[...runs.values()].flat()];
  const conducts = await conductOf(context, hosts, processes);
  const drops = await dropsIn(
    context,
    hosts,
    unique([...suspects, ...configs].map(({ module }) => folderOf(module))),
  );
  const candidateOf = (
    load: Load,
    kind: Candidate["kind"],
    own: readonly string[],
  ): Candidate | undefined => {
    const program = programs.at(load.program);
    const conduct = own.flatMap((process) => conducts.get(process) ?? []);
    const programOriginal = program?.originalName || named(conduct.map(({ originalName }) => originalName));
    const known = knowledgeOf(catalogue, load, programOriginal);
    const company = named(conduct.map((each) => each.company));
    if (kind === "library" && !isCandidate(load, known, program, company)) return undefined;
    return {
      load,
      kind,
      known,
      program,
      programOriginal,
      displaced: displacement(load, known, program, programs, company),
      ownHosts: counts.hosts.get(ownerKey(load)) ?? 0,
      drop: lastDrop(load, drops),
      conduct,
    };
  };
  const candidates = unique(suspects).flatMap((load) => candidateOf(load, "library", load.processes) ?? []);
  for (const load of configs) {
    const own = runs.get(load.program.toLowerCase()) ?? [];
    const candidate = own.length === 0 ? undefined : candidateOf(load, "configuration", own);
    // A configuration beside its program is ordinary; beside one that belongs elsewhere it is not.
    if (candidate !== undefined && candidate.displaced >= 1) candidates.push(candidate);
  }
  return {
    candidates,
    loads: counts.loads,
    groups: loads.length,
    configurations: configs.length,
    hosts: [...counts.hosts.values()].reduce((sum, each) => sum + each, 0),
    entries: entries.length,
    unreadable,
  };
}

/** The first name that says something: Sysmon writes '-' or '?' where there is none. */
function named(names: readonly string[]): string {
  return names.find((name) => /[a-z0-9]/i.test(name))?.toLowerCase() ?? "";
}

/** The last time that the library was written before it was first loaded, on a host of the group. */
function lastDrop(load: Load, drops: ReadonlyMap<string, Drop[]>): Candidate["drop"] {
  const loaded = parseTime(load.first[0]);
  const path = load.module.toLowerCase();
  const inFolder = drops.get(`${load.first[3]}|${folderOf(path)}`) ?? [];
  const own = inFolder.filter((drop) => drop.path === path && drop.time <= loaded);
  const drop = own.reduce<Drop | undefined>(
    (last, each) => (last && last.time >= each.time ? last : each),
    undefined,
  );
  if (drop === undefined) return undefined;
  const around = inFolder.filter(({ time }) => Math.abs(time - drop.time) <= AROUND);
  return {
    drop,
    seconds: Math.round((loaded - drop.time) / 1000),
    filesAround: new Set(around.map((each) => each.path)).size,
  };
}
