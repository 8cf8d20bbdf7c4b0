import { judge } from "../../assess/index.js";
import type { Progress } from "../../kernel/progress.js";
import { silentProgress } from "../../kernel/progress.js";
import { DAY, isoDay, parseTime } from "../../kernel/time.js";
import type { Indicator } from "../../model/indicator.js";
import type { Replay } from "../../model/replay.js";
import type { Case } from "../case.js";
import { type Detected, runDetectors } from "../detect.js";
import { assessmentInput, detectInput } from "../hunt.js";
import type { Settings } from "../settings.js";
import { keepReplay } from "./kept.js";
import { type Look, nextLook, replayed, saidIn } from "./narrow.js";

/**
 * When it could have been known: the case is detected again as it stood at earlier days, with nothing but the records and indicators from before
 * each. The days are chosen by halving the time in which most statuses came up; the answer is kept in the case for the report.
 *
 * Whose addresses are is taken from the whole case, and rules and detectors are today's.
 * @param looks how many detections at most
 */
export async function replayStep(
  openCase: Case,
  settings: Settings,
  detected: Detected,
  looks: number,
  progress: Progress,
): Promise<Replay> {
  const { store, manifest } = openCase;
  const whole = judge(await assessmentInput(openCase, settings, detected, 0));
  const { first, last } = whole.telemetry;
  const { indicators } = settings;
  const replay: Replay = {
    days: [],
    end: last === null ? "" : isoDay(midnightAfter(parseTime(last))),
    indicators: {
      dated: indicators.filter(({ validFrom }) => Number.isFinite(validFrom)).length,
      undated: indicators.filter(({ validFrom }) => !Number.isFinite(validFrom)).length,
    },
    organisations: [],
  };
  if (first !== null && last !== null) {
    const start = midnightAfter(parseTime(first)) - DAY;
    const taken: Look[] = [{ at: midnightAfter(parseTime(last)), said: saidIn(whole, detected.findings) }];
    const input = detectInput(openCase, settings, silentProgress);
    const batches = store.engine === "chdb" ? {} : { batches: manifest.liveBatches() };
    try {
      for (
        let at = nextLook(start, taken);
        at !== undefined && taken.length <= looks;
        at = nextLook(start, taken)
      ) {
        progress.report({
          step: "replay",
          done: taken.length - 1,
          total: looks,
          unit: "steps",
          item: isoDay(at),
        });
        store.setVisible({ ...batches, before: at });
        const known = { ...settings, indicators: knownBy(indicators, at) };
        const then = await runDetectors({ ...input, ...known });
        const said = saidIn(judge(await assessmentInput(openCase, known, then, 0)), then.findings);
        taken.push({ at, said });
        taken.sort((a, b) => a.at - b.at);
      }
    } finally {
      store.setVisible(batches);
    }
    replay.days = taken.slice(0, -1).map(({ at }) => isoDay(at));
    replay.organisations = replayed(whole, taken);
  }
  await keepReplay(store, replay);
  progress.finish("replay", "");
  return replay;
}

/** Indicators that nobody says were unknown then. What ended before stays: the record of a contact is as old. */
function knownBy(indicators: readonly Indicator[], at: number): Indicator[] {
  return indicators.filter(({ validFrom }) => !(validFrom >= at));
}

function midnightAfter(time: number): number {
  return (Math.floor(time / DAY) + 1) * DAY;
}
