import { groupBy } from "../../kernel/group-by.js";
import { HOUR } from "../../kernel/time.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { clockSigns } from "./clock.js";
import { type LogCopy, loadCopies } from "./copies.js";
import { signsOfEvents } from "./events.js";
import { findingsOf } from "./finding.js";
import { idSigns, withRecords } from "./ids.js";
import { loadMachines } from "./machine.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { hostKey, machinesSetUpAnew, pairsOf, signsOfPair } from "./pairs.js";
import { serviceRestarts } from "./service.js";
import { type Sign, SignBook } from "./sign.js";
import { signsOfBoots, signsOfSilence } from "./silence.js";

export const detector: Detector = { manifest, run };

async function run(context: DetectContext): Promise<DetectorResult> {
  const machineOf = await loadMachines(context);
  const book = new SignBook();
  const looked = await signsOfEvents(context, machineOf, book);
  const hosts = await context.query<{ realm: string; host: string }>(
    "SELECT DISTINCT address_realm AS realm, toString(computer) AS host FROM windows_event WHERE computer != '' ORDER BY realm, host",
  );
  const machines = hosts.map(({ realm, host }) => ({ realm, host, machine: machineOf(realm, host) }));
  book.addAll(serviceRestarts(machines));
  const silence = await signsOfSilence(context);
  book.addAll(silence.signs);
  const boots = await signsOfBoots(context, machines);
  book.addAll(boots.signs);
  const copies = await loadCopies(context);
  const files = await signsOfFiles(context, copies, machineOf, clearings(book.cleared(), copies));
  book.addAll(files.signs);
  const findings = findingsOf(context, book.groups());
  const kept = findings.slice(0, context.parameter("max_findings"));
  return {
    findings: kept,
    evaluated: [
      { what: "hosts", count: hosts.length },
      { what: say("log-tampering.events-about-logs"), count: looked },
      { what: say("log-tampering.logs-hosts-whose-hours"), count: silence.logs },
      { what: say("log-tampering.starts-machines-held-against"), count: boots.boots },
      { what: say("log-tampering.copies-event-log-files"), count: copies.length },
      {
        what: say("log-tampering.copies-exported-logs-whose"),
        count: copies.filter(({ renumbered }) => renumbered).length,
      },
      { what: say("log-tampering.pairs-copies-one-log"), count: files.pairs },
      { what: say("log-tampering.steps-back-time-cannot"), count: files.alone },
      { what: say("log-tampering.findings-not-reported-beyond"), count: findings.length - kept.length },
    ],
  };
}

/** Whether the case has the record of a clearing of a log from one time to another; undefined where it could not have one. */
type Clearings = (copy: LogCopy, from: number, to: number) => boolean | undefined;

/** A clearing stands in the log itself (Security), or in System. */
function clearings(cleared: readonly Sign[], copies: readonly LogCopy[]): Clearings {
  const isOn = (host: { realm: string; host: string }, { realm, host: name }: LogCopy) =>
    host.realm === realm && host.host.toLowerCase() === name.toLowerCase();
  return (copy, from, to) => {
    const own = cleared.some(
      (sign) =>
        isOn(sign, copy) &&
        sign.log.toLowerCase() === copy.channel.toLowerCase() &&
        sign.first >= from &&
        sign.first <= to,
    );
    if (own) return true;
    if (copy.channel === "Security" || copy.channel === "System") return false;
    const system = copies.some(
      (other) =>
        other.channel === "System" && isOn(other, copy) && other.firstTime <= from && other.lastTime >= to,
    );
    return system ? false : undefined;
  };
}

async function signsOfFiles(
  context: DetectContext,
  copies: readonly LogCopy[],
  machineOf: Awaited<ReturnType<typeof loadMachines>>,
  cleared: Clearings,
): Promise<{ signs: Sign[]; pairs: number; alone: number }> {
  const signs: Sign[] = [];
  let alone = 0;
  for (const own of groupBy(copies, hostKey).values()) {
    for (const copy of own) {
      const machine = machineOf(copy.realm, copy.host);
      const siblings = own.filter(({ channel }) => channel !== copy.channel);
      const clock = clockSigns(copy, siblings, machine, context.parameter("clock_minutes"));
      alone += clock.alone;
      const ids = idSigns(copy, (from, to) => cleared(copy, from, to));
      signs.push(...(await withRecords(context, copy, [...ids, ...clock.signs])));
    }
  }
  const pairs = pairsOf(copies);
  const renewed = machinesSetUpAnew(pairs);
  for (const pair of pairs)
    signs.push(
      ...(await signsOfPair(context, pair, renewed.has(hostKey(pair.newer)), (from, to) =>
        cleared(pair.newer, from - HOUR, to + HOUR),
      )),
    );
  return { signs: signs.filter(({ evidence }) => evidence.length > 0), pairs: pairs.length, alone };
}
