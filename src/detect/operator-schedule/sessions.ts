import { type MachinePart, separateMachines } from "../../schedule/index.js";

export interface SessionLimits {
  /** Milliseconds; a longer pause ends a session. */
  gap: number;
  /** Milliseconds; nobody works longer without such a pause. */
  longest: number;
}

export interface ToldApart {
  interactive: number[];
  machines: MachinePart[];
}

/**
 * The pace within a session is the tool's (an implant polls every few seconds while somebody is at work); whether a machine or a person opens sessions shows in
 * when they begin. So timers and jobs are looked for among the beginnings, and a session that lasts longer than anybody works is no person's.
 *
 * @param times of one pair, in order, milliseconds; check-ins are out already
 */
export function tellSessionsApart(actor: string, times: readonly number[], limits: SessionLimits): ToldApart {
  const sessions = sessionsOf(times, limits.gap);
  const ofPeople = sessions.filter((session) => lengthOf(session) <= limits.longest);
  const endless = sessions.filter((session) => lengthOf(session) > limits.longest);
  const separated = separateMachines(ofPeople.map(([time]) => ({ time: time as number, actor })));
  const begun = new Set(separated.interactive.map(({ time }) => time));
  const kept = ofPeople.filter(([time]) => begun.has(time as number));
  const contacts = (list: readonly number[][]) => list.reduce((sum, { length }) => sum + length, 0);
  const machines = inContacts(separated.machines, contacts(ofPeople) - contacts(kept));
  return {
    interactive: kept.flat(),
    machines: endless.length === 0 ? machines : [...machines, withoutPause(actor, endless)],
  };
}

/** Parts counted in sessions as parts counted in contacts, of which a session has several; they sum to `taken`. */
function inContacts(parts: readonly MachinePart[], taken: number): MachinePart[] {
  const sessions = parts.reduce((sum, { events }) => sum + events, 0);
  let before = 0;
  let given = 0;
  return parts.map((part) => {
    before += part.events;
    const upTo = Math.round((taken * before) / sessions);
    const events = upTo - given;
    given = upTo;
    return { ...part, events };
  });
}

/** By times alone, where no log says how large a connection was: then check-ins are still among them. */
export function tellTimesApart(actor: string, times: readonly number[]): ToldApart {
  const { interactive, machines } = separateMachines(times.map((time) => ({ time, actor })));
  return { interactive: interactive.map(({ time }) => time), machines };
}

export function sessionsOf(times: readonly number[], gap: number): number[][] {
  const sessions: number[][] = [];
  for (const time of times) {
    const last = sessions.at(-1);
    if (last !== undefined && time - (last.at(-1) as number) <= gap) last.push(time);
    else sessions.push([time]);
  }
  return sessions;
}

const lengthOf = (session: readonly number[]): number => (session.at(-1) ?? 0) - (session[0] ?? 0);

function withoutPause(actor: string, sessions: readonly number[][]): MachinePart {
  const events = sessions.reduce((sum, { length }) => sum + length, 0);
  const spent = sessions.reduce((sum, session) => sum + lengthOf(session), 0);
  return { actor, events, test: "no_pause", seconds: spent / 1000 / Math.max(1, events - sessions.length) };
}
