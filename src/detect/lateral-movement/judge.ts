import { unique } from "../../kernel/group-by.js";
import type { ScoreComponent } from "../../model/finding.js";
import type { FanOut } from "./fan-out.js";
import { CONTROL, MEANS } from "./means.js";
import { say } from "./messages.js";
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
          ? say("lateral-movement.on", inWords(best), best.step.target)
          : say("lateral-movement.nothing-made-run-from"),
    },
    {
      name: "hosts under control",
      value: controlled.length > 1 ? 1 - 0.5 ** (controlled.length - 1) : 0,
      weight: WEIGHT.spread,
      meaning: say(
        "lateral-movement.made-run-something-or",
        controlled.length === 1
          ? say("lateral-movement.one-host")
          : say("lateral-movement.hosts", controlled.length),
      ),
    },
    {
      name: "host after host",
      value: links.length > 0 ? 1 - 0.5 ** links.length : 0,
      weight: WEIGHT.chain,
      meaning:
        links.length > 0
          ? say(
              "lateral-movement.from-which-reached-just",
              String(links[0]?.step.source),
              String(links[0]?.step.target),
            )
          : say("lateral-movement.no-host-reached-where"),
    },
    {
      name: "change of credentials",
      value: changed !== undefined ? 1 : given !== undefined || turned !== undefined ? GIVEN : 0,
      weight: WEIGHT.change,
      meaning:
        changed !== undefined
          ? say(
              "lateral-movement.reached-as-went-as",
              changed.step.source,
              String(changed.before?.step.account.label),
              changed.step.account.label,
            )
          : given !== undefined
            ? say(
                "lateral-movement.gave-credentials",
                String(given.step.actor?.label),
                given.step.account.label,
                given.step.source,
              )
            : turned !== undefined
              ? say(
                  "lateral-movement.takes-control-one-host",
                  turned.step.source,
                  String(turned.beside?.step.account.label),
                  turned.step.account.label,
                )
              : say("lateral-movement.accounts-way-do-not"),
    },
    {
      name: "first use of a way",
      value: newest,
      weight: WEIGHT.first,
      meaning:
        newest > 0
          ? say("lateral-movement.administrator-account-reached-host")
          : say("lateral-movement.no-way-known-be"),
    },
    {
      name: "critical host",
      value: critical === undefined ? 0 : critical.critical?.isNew === true ? 1 : UNKNOWN,
      weight: WEIGHT.critical,
      meaning:
        critical === undefined
          ? say("lateral-movement.no-mail-server-domain")
          : say(
              "lateral-movement.reached-from",
              critical.step.target,
              String(critical.critical?.role),
              critical.step.source || say("lateral-movement.unknown-host"),
              critical.critical?.isNew === true
                ? say("lateral-movement.from-which-no-administrator")
                : say("lateral-movement.logs-too-young-say"),
            ),
    },
    {
      name: "fan-out",
      value: fanOut?.isCustom === true ? spreads * CUSTOM : spreads,
      weight: WEIGHT.fanOut,
      meaning:
        fanOut === undefined
          ? say("lateral-movement.no-account-reached-many")
          : say(
              "lateral-movement.reached-or-tried-hosts",
              fanOut.label,
              fanOut.hosts,
              fanOut.source,
              fanOut.failedHosts > 0 ? say("lateral-movement.failed", fanOut.failedHosts) : "",
              fanOut.isCustom ? say("lateral-movement.which-custom-here") : "",
            ),
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
