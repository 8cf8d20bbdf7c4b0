import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../src/kernel/package-root.js";
import { analyseTeam, halfYears, ownOverChinese, readTeams, type TeamResult } from "../schedule/teams.js";

/** Real people: teams whose zone and holidays are known (`npm run bench -- schedule` prints the table). */
const folder = join(process.env.LONGWATCH_CORPUS ?? join(packageRoot, "../shared/corpus"), "schedule");
const here = existsSync(folder);
if (!here) console.log(`working hours of real teams: skipped, there is no folder ${folder}`);

const teams = here ? readTeams(folder) : [];
const wholes = teams.map((team) => analyseTeam(team, team.events));
const of = (country: string) => wholes.filter(({ team }) => team.country === country);

describe.skipIf(!here)("working hours and holidays of real teams", () => {
  it("there are seven", () => {
    expect(teams).toHaveLength(7);
  });

  it.each(wholes.map((whole) => [`${whole.team.name}, ${whole.team.timeZone}`, whole] as const))(
    "%s: the true offset is in an interval no wider than four hours, the best estimate within one, and its own calendar fits",
    (_, { covered, widthHours, analysis, trueMinutes, own }) => {
      expect(analysis.verdict).toBe("human");
      expect(covered).toBe(true);
      expect(widthHours).toBeLessThanOrEqual(4);
      expect(Math.abs((analysis.offset?.best_minutes ?? Number.NaN) - trueMinutes)).toBeLessThanOrEqual(60);
      expect(own?.verdict).toBe("fits");
      expect(own?.holiday.interval95?.[1]).toBeLessThan(1);
    },
  );

  it("no team fits the calendar of another country", () => {
    for (const { team, analysis } of wholes)
      expect(
        analysis.calendars.filter(({ verdict }) => verdict === "fits").map(({ country }) => country),
      ).toEqual([team.country]);
  });

  it("the Chinese teams show the holidays and the make-up days", () => {
    expect(of("CN")).toHaveLength(2);
    for (const { own } of of("CN")) {
      expect(own?.holiday_p_corrected).toBeLessThan(0.05);
      expect(own?.makeup.interval95?.[0]).toBeGreaterThan(1);
      expect(own?.makeup_p_corrected).toBeLessThan(0.05);
    }
  });

  it("the Singaporean team, of the same zone, is not called Chinese", () => {
    expect(of("SG").map(({ chinese }) => chinese?.verdict)).toEqual(["excluded"]);
  });

  it.each(["KR", "GB", "DE", "SG", "RU"])(
    "the team of %s fits its own calendar better than the Chinese one",
    (country) => {
      const [whole] = of(country);
      expect(ownOverChinese(whole as TeamResult)).toBeGreaterThan(3);
    },
  );

  it("half a year at a time: the interval holds the true offset in 93 of 100, and no other team is called Chinese", () => {
    const slices = teams.flatMap((team) => halfYears(team).map((events) => analyseTeam(team, events)));
    expect(slices.length).toBeGreaterThan(40);
    const told = slices.filter(({ covered }) => covered !== undefined);
    expect(told.length).toBeGreaterThan(0.9 * slices.length);
    expect(told.filter(({ covered }) => covered).length).toBeGreaterThanOrEqual(0.93 * told.length);
    const others = slices.filter(({ team }) => team.country !== "CN");
    for (const { chinese } of others) expect(["undecided", "excluded"]).toContain(chinese?.verdict);
  });
});
