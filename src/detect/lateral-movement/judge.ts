import { unique } from "../../kernel/group-by.js";
import type { ScoreComponent } from "../../model/finding.js";
import type { FanOut } from "./fan-out.js";
import { CONTROL, MEANS } from "./means.js";
import type { Hop, Movement } from "./movement.js";
import { isOtherAccount } from "./step.js";

const WEIGHT = { control: 1, spread: 0.5, chain: 0.5, change: 0.35, first: 0.3, critical: 0.25, fanOut: 0.5 };
/** Custom remote control is still some. */
const CUSTOM = 0.2;
/** A change that somebody made by giving other credentials on the way (runas), or by working on other hosts as another from one host: administrators with two accounts do so as well. */
const GIVEN = 0.6;
/** A critical host, where the logs are too young to say whether anybody reached it from there before. */
const UNKNOWN = 0.4;

/** Each speaks by itself: 1 − ∏(1 − weight × value). */
export function judge(movement: Movement, fanOut: FanOut | undefined, fanOutHosts: number): ScoreComponent[] {
  const { hops } = movement;
  const telling = hops.filter(({ isTelling }) => isTelling);
  const controlled = unique(hops.filter(({ control }) => control >= CONTROL).map(({ step }) => step.target));
  const best = hops.reduce((most, hop) => (hop.control > most.control ? hop : most), hops[0] as Hop);
  const links = hops.filter(
    ({ before, isTelling, step }) =>
      before?.isTelling === true &&
      step.target !== before.step.source &&
      (isTelling || before.control >= CONTROL),
  );
  const changed = hops.find(
    ({ before, step }) => before?.isTelling === true && isOtherAccount(before.step.account, step.account),
  );
  const given = telling.find(
    ({ step }) => step.actor !== undefined && isOtherAccount(step.actor, step.account),
  );
  const turned = hops.find(
    ({ beside, control, step }) =>
      beside !== undefined &&
      Math.min(control, beside.control) >= CONTROL &&
      isOtherAccount(beside.step.account, step.account),
  );
  const newest = hops.reduce((most, hop) => Math.max(most, hop.step.novelty ?? 0), 0);
  const critical = telling
    .filter((hop) => hop.critical !== undefined && hop.critical.isNew !== false)
    .sort((a, b) => Number(b.critical?.isNew ?? false) - Number(a.critical?.isNew ?? false))[0];
  const spreads = fanOut === undefined ? 0 : 1 - 0.5 ** (fanOut.hosts / fanOutHosts);
  const components: ScoreComponent[] = [
    {
      name: "remote control",
      value: best.control,
      weight: WEIGHT.control,
      meaning:
        best.control > 0
          ? `${inWords(best)} on ${best.step.target}`
          : "nothing was made to run from afar, or it is custom",
    },
    {
      name: "hosts under control",
      value: controlled.length > 1 ? 1 - 0.5 ** (controlled.length - 1) : 0,
      weight: WEIGHT.spread,
      meaning: `${controlled.length === 1 ? "one host was" : `${controlled.length} hosts were`} made to run something, or had it put there`,
    },
    {
      name: "host after host",
      value: links.length > 0 ? 1 - 0.5 ** links.length : 0,
      weight: WEIGHT.chain,
      meaning:
        links.length > 0
          ? `from ${links[0]?.step.source}, which was reached just before, on to ${links[0]?.step.target}`
          : "no host that was reached is where a further step begins",
    },
    {
      name: "change of credentials",
      value: changed !== undefined ? 1 : given !== undefined || turned !== undefined ? GIVEN : 0,
      weight: WEIGHT.change,
      meaning:
        changed !== undefined
          ? `reached ${changed.step.source} as ${changed.before?.step.account.label}, and went on as ${changed.step.account.label}`
          : given !== undefined
            ? `${given.step.actor?.label} gave the credentials of ${given.step.account.label} on ${given.step.source}`
            : turned !== undefined
              ? `${turned.step.source} takes control of one host as ${turned.beside?.step.account.label}, and shortly after of another as ${turned.step.account.label}`
              : "the accounts on the way do not change, as far as the logs say",
    },
    {
      name: "first use of a way",
      value: newest,
      weight: WEIGHT.first,
      meaning:
        newest > 0
          ? "an administrator's account reached a host from one from which it never did; less where it takes new ways all the time"
          : "no way is known to be new to its account",
    },
    {
      name: "critical host",
      value: critical === undefined ? 0 : critical.critical?.isNew === true ? 1 : UNKNOWN,
      weight: WEIGHT.critical,
      meaning:
        critical === undefined
          ? "no mail server, domain controller or database is newly reached"
          : `${critical.step.target}, a ${critical.critical?.role}, is reached from ${critical.step.source || "an unknown host"}, ${critical.critical?.isNew === true ? "from which no administrator ever came" : "and the logs are too young to say whether that is usual"}`,
    },
    {
      name: "fan-out",
      value: fanOut?.isCustom === true ? spreads * CUSTOM : spreads,
      weight: WEIGHT.fanOut,
      meaning:
        fanOut === undefined
          ? "no account reached many hosts within an hour"
          : `${fanOut.label} reached or tried ${fanOut.hosts} hosts from ${fanOut.source} within an hour${fanOut.failedHosts > 0 ? ` and failed on ${fanOut.failedHosts}` : ""}${fanOut.isCustom ? ", which is custom here" : ""}`,
    },
  ];
  return components.map((each) => ({ ...each, value: Math.round(each.value * 1000) / 1000 }));
}

/** Just below high: administrators give a command to a host for the first time as well, and a new way is no second thing that speaks against them. */
const ONE_COMMAND = 0.74;
const OF_ONE_COMMAND: ReadonlySet<string> = new Set(["remote control", "first use of a way"]);

export function scoreOf(components: readonly ScoreComponent[]): number {
  const score = 1 - components.reduce((left, { value, weight }) => left * (1 - value * weight), 1);
  const isOneCommand = components.every(({ name, value }) => value === 0 || OF_ONE_COMMAND.has(name));
  return isOneCommand ? Math.min(score, ONE_COMMAND) : score;
}

/** What was done on the host, the most telling first: `a program copied to a share of the system, a program started over DCOM`. */
export function inWords({ step }: Hop): string {
  const means = [...step.means].sort(([a], [b]) => MEANS[b].strength - MEANS[a].strength);
  const [first] = means;
  if (first === undefined) return MEANS.logon.words;
  // Who writes to a share has opened it: what is said by more is not said again.
  const most = means.filter(([each]) => MEANS[each].strength >= 0.3).slice(0, 3);
  return (most.length > 0 ? most : [first]).map(([each]) => MEANS[each].words).join(", ");
}
