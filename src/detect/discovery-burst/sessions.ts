import { MINUTE } from "../../kernel/time.js";
import { programName } from "../shared/process-name.js";
import type { CommandList, Question } from "./commands.js";
import type { Launch } from "./launches.js";

/** A command that asked something. */
export interface Asked {
  launch: Launch;
  questions: Question[];
}

/** What one account asked on one host under one starter, without a long pause. */
export interface Session {
  realm: string;
  owner: string;
  host: string;
  account: string;
  /** The program behind the shells; '' where no event says. */
  starter: string;
  asked: Asked[];
  /** Commands beyond those kept. */
  more: number;
}

export interface Pauses {
  /** A longer pause ends a session, and so does its whole length. Minutes. */
  pauseMinutes: number;
  sessionMinutes: number;
}

/** Sophos' SPADE takes two hours; more commands than this are a script's, and its first say what it asks. */
const KEPT = 200;
const DEEPEST = 12;
const MOST_PROCESSES = 20_000;

/**
 * Cuts starts, host by host in order of time, into sessions. A shell's commands belong to whoever started the shell, as far as its own start was logged: the commands of a
 * process tree are together, however many shells it took for them.
 */
export async function* sessions(
  launches: AsyncIterable<Launch>,
  list: CommandList,
  isHabit: (launch: Launch, starter: string) => boolean,
  { pauseMinutes, sessionMinutes }: Pauses,
): AsyncIterable<Session> {
  let place = "";
  let carriers = new Map<number, Launch>();
  let open = new Map<string, { session: Session; first: number; last: number }>();
  for await (const launch of launches) {
    const here = JSON.stringify([launch.realm, launch.host]);
    if (here !== place) {
      for (const { session } of open.values()) yield session;
      place = here;
      carriers = new Map();
      open = new Map();
    }
    const { path: starter, pid } = starterOf(launch, carriers, list);
    if (launch.names.some((name) => list.carriers.has(name))) {
      carriers.delete(launch.pid);
      carriers.set(launch.pid, launch);
      if (carriers.size > MOST_PROCESSES) carriers.delete(carriers.keys().next().value as number);
    }
    const questions = list.questionsOf(launch.names, launch.command);
    if (questions.length === 0 || isHabit(launch, starter)) continue;
    const key = JSON.stringify([launch.account.toLowerCase(), pid, programName(starter)]);
    const known = open.get(key);
    const isOver =
      known !== undefined &&
      (launch.at - known.last > pauseMinutes * MINUTE || launch.at - known.first > sessionMinutes * MINUTE);
    if (isOver) yield known.session;
    if (known === undefined || isOver) {
      const { realm, owner, host, account } = launch;
      const session = { realm, owner, host, account, starter, asked: [{ launch, questions }], more: 0 };
      open.delete(key);
      open.set(key, { session, first: launch.at, last: launch.at });
    } else {
      known.last = launch.at;
      if (known.session.asked.length < KEPT) known.session.asked.push({ launch, questions });
      else known.session.more += 1;
    }
    for (const [each, { session, last }] of open) {
      if (launch.at - last <= pauseMinutes * MINUTE || each === key) break;
      open.delete(each);
      yield session;
    }
  }
  for (const { session } of open.values()) yield session;
}

/** The first program up the tree that does not only hand commands on. */
function starterOf(
  launch: Launch,
  carriers: ReadonlyMap<number, Launch>,
  list: CommandList,
): { path: string; pid: number } {
  let at = launch;
  for (let depth = 0; depth < DEEPEST; depth++) {
    const parent = carriers.get(at.parentPid);
    const path = at.parentPath === "" || at.parentPath === "-" ? (parent?.path ?? "") : at.parentPath;
    const handsOn = path === "" || list.carriers.has(programName(path));
    if (!handsOn || parent === undefined || parent === at) return { path, pid: at.parentPid };
    at = parent;
  }
  return { path: at.path, pid: at.pid };
}
