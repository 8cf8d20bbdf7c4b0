import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY, isoDay } from "../../../src/kernel/time.js";
import { type Look, nextLook, replayed, type Said, saidIn } from "../../../src/pipeline/replay/narrow.js";
import { finding } from "../../assess/support.js";

const START = Date.UTC(2023, 7, 1);
const at = (day: number) => START + day * DAY;

const said = (level: "suspected" | "compromised", ...detectors: string[]): Said => ({
  suspected: true,
  compromised: level === "compromised",
  detectors: new Set(detectors),
});

/** An organisation as an assessment has it, as far as dating asks. */
function organisation(org_id: string, status: "compromised" | "suspected" | "no_evidence" = "compromised") {
  return { org_id, name: org_id, status, first_seen: "2023-08-03T10:00:00Z", findings: [] } as never;
}

/** Looks as long as there is something to tell apart, at a world in which things come up on given days. */
function narrow(
  days: ReadonlyMap<string, { suspected: number; compromised: number }>,
  last: number,
  most: number,
) {
  const lookAt = (time: number): Look => ({
    at: time,
    said: new Map(
      [...days].flatMap(([id, { suspected, compromised }]) =>
        time >= at(suspected) ? [[id, said(time >= at(compromised) ? "compromised" : "suspected")]] : [],
      ),
    ),
  });
  const looks = [lookAt(at(last))];
  for (
    let next = nextLook(START, looks);
    next !== undefined && looks.length <= most;
    next = nextLook(START, looks)
  ) {
    looks.push(lookAt(next));
    looks.sort((a, b) => a.at - b.at);
  }
  return looks;
}

describe("when it could have been known", () => {
  it("is found to the day by halving", () => {
    const world = new Map([["alpha", { suspected: 17, compromised: 40 }]]);
    const looks = narrow(world, 120, 100);
    expect(looks.length).toBeLessThan(16);
    expect(replayed({ organisations: [organisation("alpha")] }, looks)).toEqual([
      {
        org_id: "alpha",
        name: "alpha",
        status: "compromised",
        first_seen: "2023-08-03T10:00:00Z",
        suspected: { after: isoDay(at(16)), by: isoDay(at(17)) },
        compromised: { after: isoDay(at(39)), by: isoDay(at(40)) },
        days_hidden: 15,
        days_saved: 103,
        detectors: [],
      },
    ]);
  });

  it("lies between two looks, whatever the days and however few the looks", () => {
    const day = fc.integer({ min: 1, max: 90 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(day, day), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 20 }),
        (pairs, most) => {
          const world = new Map(
            pairs.map(([a, b], index) => [
              `org-${index}`,
              { suspected: Math.min(a, b), compromised: Math.max(a, b) },
            ]),
          );
          const looks = narrow(world, 90, most);
          expect(looks.length).toBeLessThanOrEqual(most + 1);
          const result = replayed({ organisations: [...world.keys()].map((id) => organisation(id)) }, looks);
          for (const { org_id, suspected, compromised } of result) {
            const truth = world.get(org_id);
            for (const [moment, day] of [
              [suspected, truth?.suspected ?? 0],
              [compromised, truth?.compromised ?? 0],
            ] as const) {
              expect(moment && moment.by >= isoDay(at(day))).toBe(true);
              expect(moment?.after == null || moment.after < isoDay(at(day))).toBe(true);
            }
          }
        },
      ),
    );
  });

  it("needs no look where nothing came up, or where all came up in a day", () => {
    expect(nextLook(START, [{ at: at(90), said: new Map() }])).toBeUndefined();
    expect(nextLook(START, [{ at: at(1), said: new Map([["alpha", said("suspected")]]) }])).toBeUndefined();
  });

  it("names detectors in the order in which they came up, and leaves out organisations without a verdict", () => {
    const looks: Look[] = [
      { at: at(10), said: new Map([["alpha", said("suspected", "beaconing")]]) },
      { at: at(20), said: new Map([["alpha", said("compromised", "beaconing", "a-later-one")]]) },
    ];
    const organisations = [organisation("alpha"), organisation("beta", "no_evidence")];
    const result = replayed({ organisations }, looks);
    expect(result.map(({ org_id }) => org_id)).toEqual(["alpha"]);
    expect(result[0]?.detectors).toEqual([
      { id: "beaconing", moment: { after: null, by: isoDay(at(10)) } },
      { id: "a-later-one", moment: { after: isoDay(at(10)), by: isoDay(at(20)) } },
    ]);
  });

  it("rests on findings of medium or above", () => {
    const findings = [
      finding("beaconing", { id: "b-1", severity: "medium" }),
      finding("scan", { id: "s-1", severity: "low" }),
    ];
    const organisations = [
      { ...(organisation("alpha") as object), findings: ["b-1", "s-1", "gone"] },
      { ...(organisation("beta", "no_evidence") as object), findings: ["s-1"] },
    ] as never;
    expect(saidIn({ organisations }, findings)).toEqual(
      new Map([["alpha", said("compromised", "beaconing")]]),
    );
  });
});
