import { unique } from "../../kernel/group-by.js";
import { countWhile } from "../../kernel/sorted.js";
import { hostKey } from "./critical.js";
import { CONTROL, controlOf } from "./means.js";
import { MOMENT, type Step } from "./step.js";

interface Time {
  from: number;
  to: number;
}

/** When hosts were under somebody's control: from a step that took it until a while after it was seen. Times that overlap are one, so that busy hosts are asked as fast as others. */
export class ControlledHosts {
  readonly #times = new Map<string, Time[]>();

  /** @param after how long control is held after it was last taken, milliseconds */
  constructor(steps: readonly Step[], after: number) {
    const taken = steps.filter(
      ({ means }) =>
        controlOf([...means].flatMap(([each, { isCustom }]) => (isCustom ? [] : [each]))) >= CONTROL,
    );
    const seen = taken.flatMap(({ realm, target, first, last, moments }) =>
      unique([first, ...moments.filter((moment) => moment > first), last]).map((from) => ({
        key: hostKey(realm, target),
        from,
        to: Math.min(from + MOMENT, last) + after,
      })),
    );
    for (const { key, from, to } of seen.sort((a, b) => a.from - b.from)) {
      const times = this.#times.get(key) ?? [];
      this.#times.set(key, times);
      const before = times.at(-1);
      if (before !== undefined && from <= before.to) before.to = Math.max(before.to, to);
      else times.push({ from, to });
    }
  }

  isAt(realm: string, host: string, at: number): boolean {
    const times = this.#times.get(hostKey(realm, host)) ?? [];
    const begun = countWhile(times, ({ from }) => from <= at);
    return at <= (times[begun - 1]?.to ?? Number.NEGATIVE_INFINITY);
  }
}
