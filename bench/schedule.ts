import { existsSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../src/kernel/package-root.js";
import { coverage, errors, holidayErrors, seedsFrom } from "../test/schedule/calibration.js";
import {
  analyseTeam,
  halfYears,
  ownOverChinese,
  readTeams,
  type TeamResult,
} from "../test/schedule/teams.js";
import { machine, print } from "./measure.js";

/**
 * What the schedule engine says of real teams whose zone and holidays are known, as a whole and for each half-year, and how often it is right and
 * wrong on simulated people. Synthetic people, with shapes of a day that the engine does not assume.
 *
 * @param scale thousands of simulated runs of each kind
 */
export async function benchSchedule(_folder: string, scale: number): Promise<void> {
  process.stdout.write(`${machine()}\n`);
  benchTeams();
  benchCalibration(Math.round(1000 * scale));
}

function benchCalibration(runs: number): void {
  const rate = (count: number, all = runs) => `${((100 * count) / all).toFixed(1)} % (${count} of ${all})`;
  process.stdout.write("\nsimulated, 200 interactive events each\n");
  const { told, covered, withinAnHour, medianWidthHours } = coverage(seedsFrom(100_001, runs));
  print(
    "  offices at UTC+8",
    `an offset is given in ${rate(told)}; the 95 % interval holds it in ${rate(covered, told)}; best estimate within an hour in ${rate(withinAnHour, told)}; median width ${medianWidthHours} h`,
  );
  for (const [index, kind] of (["no schedule", "the victim's schedule"] as const).entries()) {
    const { foreign, holidayEffect, human } = errors(kind, seedsFrom(200_001 + index * 100_000, runs));
    print(
      `  ${kind}`,
      `"a foreign zone" in ${rate(foreign)}, a holiday effect in ${rate(holidayEffect)}; a human rhythm in ${rate(human)}`,
    );
  }
  const { fits, single } = holidayErrors(seedsFrom(400_001, runs));
  print(
    "  people who keep no holidays",
    `"fits" in ${rate(fits)}, "consistent_single_episode" in ${rate(single)}`,
  );
}

function benchTeams(): void {
  const folder = join(process.env.LONGWATCH_CORPUS ?? join(packageRoot, "../shared/corpus"), "schedule");
  if (!existsSync(folder)) throw new Error(`there is no folder ${folder}; set LONGWATCH_CORPUS`);
  const slices: TeamResult[] = [];
  for (const team of readTeams(folder)) {
    process.stdout.write(`\n${team.name}: ${team.timeZone}, holidays of ${team.country}\n`);
    const started = performance.now();
    const whole = analyseTeam(team, team.events);
    const seconds = (performance.now() - started) / 1000;
    print("  whole", `${said(whole)}; ${seconds.toFixed(1)} s`);
    for (const row of [whole.own, whole.chinese].filter((each, at, all) => all.indexOf(each) === at))
      if (row !== undefined)
        print(
          `  calendar ${row.country}`,
          `${effect("holidays", row.holiday)}; ${effect("make-up days", row.makeup)}; ${row.verdict}`,
        );
    const ratio = ownOverChinese(whole);
    if (ratio !== undefined) print("  own over Chinese calendar", `log likelihood ratio ${ratio.toFixed(1)}`);
    const wrong = whole.analysis.calendars.filter(
      ({ country, verdict }) => verdict === "fits" && country !== team.country,
    );
    if (wrong.length > 0) print("  also fit", wrong.map(({ country }) => country).join(", "));
    for (const events of halfYears(team)) {
      const result = analyseTeam(team, events);
      slices.push(result);
      print(`  ${result.from} to ${result.to}`, said(result));
    }
  }
  const told = slices.filter(({ covered }) => covered !== undefined);
  const covered = told.filter((each) => each.covered).length;
  process.stdout.write("\n");
  print(
    "half-years",
    `${slices.length}; an offset is given for ${told.length}, and the interval holds the true one in ${covered}`,
  );
  print("their own calendar", counts(slices.map(({ own }) => own?.verdict ?? "not asked")));
  print(
    "Chinese, of others",
    counts(
      slices
        .filter(({ team }) => team.country !== "CN")
        .map(({ chinese }) => chinese?.verdict ?? "not asked"),
    ),
  );
}

function said({ analysis, events, trueMinutes, covered, widthHours }: TeamResult): string {
  const { offset, verdict, zones } = analysis;
  if (offset === null || widthHours === undefined) return `${events} events: ${verdict}`;
  const [low, high] = offset.interval95;
  return `${events} events: best ${hours(offset.best_minutes)}, 95 % ${hours(low)} to ${hours(high)} (${widthHours} h), true ${hours(trueMinutes)} ${covered ? "inside" : "OUTSIDE"}; ${zones[0]?.zone ?? "no zone"} ${(100 * (zones[0]?.probability ?? 0)).toFixed(0)} %`;
}

const hours = (minutes: number) => `${minutes < 0 ? "−" : "+"}${Math.abs(minutes) / 60}`;

function effect(
  what: string,
  {
    ratio,
    interval95,
    episodes,
  }: { ratio: number | null; interval95: readonly number[] | null; episodes: number },
): string {
  if (ratio === null || interval95 === null) return `${what}: nothing to compare`;
  return `${what} ×${ratio.toFixed(2)} (${interval95.map((each) => each.toFixed(2)).join("–")}, ${episodes} episodes)`;
}

function counts(values: readonly string[]): string {
  const by = new Map<string, number>();
  for (const value of values) by.set(value, (by.get(value) ?? 0) + 1);
  return [...by.entries()].map(([value, n]) => `${value} ${n}`).join(", ");
}
