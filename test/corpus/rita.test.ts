import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import {
  bimodalFitScore,
  coefficientOfVariationScore,
  createHistogram,
  frequencyCounts,
  histogramBinEdges,
  histogramScore,
} from "../../src/detect/beaconing/rita/histogram.js";
import {
  beaconScore,
  dataSizeScore,
  durationScore,
  ritaScore,
  timestampScore,
} from "../../src/detect/beaconing/rita/score.js";
import { bucketedScore, severityLabel } from "../../src/detect/beaconing/rita/severity.js";
import {
  bowleySkewness,
  distinctCounts,
  medianAbsoluteDeviation,
  statisticalScore,
} from "../../src/detect/beaconing/rita/statistics.js";
import { packageRoot } from "../../src/kernel/package-root.js";

/** Every case of RITA's own tests, function by function: inputs and what RITA asserts. */
const corpus = process.env.LONGWATCH_CORPUS ?? resolve(packageRoot, "../shared/corpus");
const path = join(corpus, "oracles/rita-beacon-cases.json");
const here = existsSync(path);
if (!here) console.log(`RITA's cases: skipped, there is no ${path} (set LONGWATCH_CORPUS)`);

// biome-ignore lint/suspicious/noExplicitAny: inputs differ by function, and the functions' results say what is wrong with them.
type Input = any;

interface Case {
  name: string;
  input: Input;
  expected: Record<string, unknown> | null;
  expectError: boolean;
  tolerance?: Record<string, number>;
  recomputed?: Record<string, unknown>;
}

const groups = (freqCount: Record<string, number>) =>
  new Map(Object.entries(freqCount).map(([height, bins]) => [Number(height), bins]));
const plain = (counts: { freqCount: Map<number, number> }) => ({
  ...counts,
  freqCount: Object.fromEntries(counts.freqCount),
});

const FUNCTIONS: Record<string, (input: Input) => object> = {
  bowley_skewness: ({ data }) => bowleySkewness(data),
  median_absolute_deviation: ({ data, defaultScore }) => medianAbsoluteDeviation(data, defaultScore),
  distinct_counts: ({ data }) => distinctCounts(data),
  statistical_score: ({ data, defaultMadScore }) => statisticalScore(data, defaultMadScore),
  timestamp_score: ({ timestamps }) => {
    const { distinct, counts, ...rest } = timestampScore(timestamps);
    return { ...rest, intervals: distinct, intervalCounts: counts };
  },
  data_size_score: ({ sizes }) => {
    const { distinct, counts, ...rest } = dataSizeScore(sizes);
    return { ...rest, sizes: distinct, sizeCounts: counts };
  },
  histogram_bin_edges: ({ start, end, bins }) => ({ edges: histogramBinEdges(start, end, bins) }),
  create_histogram: ({ edges, timestamps, modeSensitivity }) =>
    plain(createHistogram(edges, timestamps, modeSensitivity)),
  frequency_counts: ({ histogram, modeSensitivity }) => plain(frequencyCounts(histogram, modeSensitivity)),
  coefficient_of_variation_score: ({ histogram }) => ({ score: coefficientOfVariationScore(histogram) }),
  bimodal_fit_score: ({ freqCount, totalBars, outlierRemoval, minHours }) => ({
    score: bimodalFitScore(groups(freqCount), totalBars, outlierRemoval, minHours),
  }),
  histogram_score: ({ datasetMin, datasetMax, timestamps, ...options }) =>
    plain(histogramScore(datasetMin, datasetMax, timestamps, options)),
  duration_score: ({ datasetMin, datasetMax, ...rest }) =>
    durationScore({ from: datasetMin, to: datasetMax, ...rest }),
  beacon_score: (each) => ({
    score: beaconScore([
      [each.tsScore, each.tsWeight],
      [each.dsScore, each.dsWeight],
      [each.durScore, each.durWeight],
      [each.histScore, each.histWeight],
    ]),
  }),
  bucketed_score: ({ value, ...thresholds }) => ({ score: bucketedScore(value, thresholds) }),
  severity_label: ({ score }) => ({ label: severityLabel(score) }),
};

function agrees(actual: unknown, expected: unknown, tolerance: number | undefined, what: string): void {
  if (Array.isArray(expected)) {
    expect((actual as unknown[]).length, what).toBe(expected.length);
    for (const [at, each] of expected.entries()) agrees((actual as unknown[])[at], each, tolerance, what);
  } else if (typeof expected === "number" && tolerance !== undefined) {
    expect(Math.abs((actual as number) - expected), what).toBeLessThanOrEqual(tolerance + 1e-12);
  } else expect(actual, what).toEqual(expected);
}

describe.skipIf(!here)("RITA's cases", () => {
  const oracle = here
    ? (JSON.parse(readFileSync(path, "utf8")) as {
        functions: Record<string, { tolerance: Record<string, number>; cases: Case[] }>;
      })
    : { functions: {} };

  it("are of functions that are all here", () => {
    expect(Object.keys(oracle.functions).sort()).toEqual(Object.keys(FUNCTIONS).sort());
  });

  for (const [name, { tolerance, cases }] of Object.entries(oracle.functions)) {
    describe(name, () => {
      it.each(cases)("$name", ({ input, expected, expectError, recomputed, ...own }) => {
        const compute = FUNCTIONS[name] as (input: Input) => object;
        if (expectError) {
          expect(() => compute(input)).toThrow(RangeError);
          return;
        }
        const actual = compute(input) as Record<string, unknown>;
        const { scoreGreaterThan, ...fields } = expected as Record<string, unknown>;
        if (scoreGreaterThan !== undefined) expect(actual.score).toBeGreaterThan(scoreGreaterThan as number);
        for (const [field, value] of Object.entries(fields))
          agrees(actual[field], value, { ...tolerance, ...own.tolerance }[field], field);
        // Full precision from an independent implementation: tighter than what RITA itself asserts.
        for (const [field, value] of Object.entries(recomputed ?? {}))
          if (field in actual) agrees(actual[field], value, 1e-9, field);
      });
    });
  }

  it("the planted pair of rita-missing-host: 331 connections, 0.963", () => {
    const pair = JSON.parse(readFileSync(join(corpus, "oracles/rita-missing-host.json"), "utf8"));
    const { tsList, subScores } = pair.recomputed;
    const sizes = subScores.dataSize.sizes.flatMap((size: number, at: number) =>
      new Array<number>(subScores.dataSize.sizeCounts[at]).fill(size),
    );
    expect(tsList).toHaveLength(331);
    expect(ritaScore(tsList, sizes, pair.asserted.windowMin.value, pair.asserted.windowMax.value)).toBe(
      pair.asserted.beaconScore.value,
    );
  });
});
