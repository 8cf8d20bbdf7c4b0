/**
 * The family of working days that the zone is judged by, and how common each is. Times are local clock hours.
 *
 * A day has an onset (half of the people are there), a lunch dip, an end, an evening, and a share of activity that keeps no hours. The priors
 * are general facts, not fitted to any team: offices begin between 8 and 11, lunch lies between 11:30 and 14, they end between 17 and 22; public
 * offices begin about 8:30, software and technology between 9:30 and 11 and go on in the evening (time-use surveys; Claes et al., ICSE 2018, on the hours of 86 projects).
 */

/** Half-hours of a day. */
export const BINS = 48;
/** Quarter-hours of a day: the grid of local onsets, so that UTC+5:45 has its place. */
export const QUARTERS = 96;

export interface Shape {
  /** Hours from onset to the middle of lunch; 0 where there is no common lunch. */
  lunchAfter: number;
  /** Share of activity that lunch takes away. */
  lunchDepth: number;
  /** Hours from onset to the end. */
  length: number;
  /** Level of the evening against the day. */
  evening: number;
  /** Share of all activity that keeps no hours. */
  noise: number;
}

const LUNCH_AFTER = [2, 2.5, 3, 3.5, 4, 4.5, 5];
const LUNCH_DEPTHS: readonly [depth: number, prior: number][] = [
  [0.35, 0.35],
  [0.75, 0.4],
];
const NO_LUNCH_PRIOR = 0.25;
const LENGTHS = [6.5, 7.5, 8.5, 9.5, 10.5, 12, 13.5];
const EVENINGS: readonly [level: number, prior: number][] = [
  [0, 0.4],
  [0.12, 0.25],
  [0.35, 0.2],
  [0.6, 0.15],
];
const NOISES: readonly [share: number, prior: number][] = [
  [0.02, 0.35],
  [0.08, 0.3],
  [0.2, 0.2],
  [0.45, 0.1],
  [0.75, 0.05],
];

/** Hours over which the day fills and empties. */
const FILL = 0.35;
const EMPTY = 0.45;
/** Half the width of lunch, in hours. */
const LUNCH_HALF = 0.6;
/** Hours after the onset at which also the evening is over (midnight for an onset at nine). */
const EVENING_OVER = 14.5;

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** Activity at `t` hours after the onset, from -5 to 19; 1 in the middle of the day. */
function level(shape: Shape, t: number): number {
  const day = logistic(t / FILL) * logistic((shape.length - t) / EMPTY);
  const lunch =
    shape.lunchDepth === 0 ? 0 : shape.lunchDepth * Math.exp(-(((t - shape.lunchAfter) / LUNCH_HALF) ** 4));
  const over = Math.max(EVENING_OVER, shape.length + 1);
  const evening = shape.evening * logistic((t - shape.length) / EMPTY) * logistic((over - t) / 0.7);
  return day * (1 - lunch) + evening;
}

/** Probability of each half-hour, the first of which begins at the onset, of what does keep hours. */
function profileOf(shape: Shape): Float64Array {
  const profile = new Float64Array(BINS);
  for (let bin = 0; bin < BINS; bin++) {
    for (const part of [1 / 6, 3 / 6, 5 / 6]) {
      const t = (bin + part) / 2;
      profile[bin] = (profile[bin] as number) + level(shape, t < 19 ? t : t - 24);
    }
  }
  const sum = profile.reduce((total, value) => total + value, 0);
  return profile.map((value) => value / sum);
}

function allShapes(): { shape: Shape; prior: number }[] {
  const lunches = [
    { lunchAfter: 0, lunchDepth: 0, prior: NO_LUNCH_PRIOR },
    ...LUNCH_AFTER.flatMap((lunchAfter) =>
      LUNCH_DEPTHS.map(([lunchDepth, prior]) => ({ lunchAfter, lunchDepth, prior })),
    ),
  ];
  return lunches.flatMap(({ lunchAfter, lunchDepth, prior: ofLunch }) =>
    LENGTHS.flatMap((length) =>
      EVENINGS.flatMap(([evening, ofEvening]) =>
        NOISES.map(([noise, ofNoise]) => ({
          shape: { lunchAfter, lunchDepth, length, evening, noise },
          prior: ofLunch * ofEvening * ofNoise,
        })),
      ),
    ),
  );
}

const bell = (x: number, mean: number, sd: number): number => Math.exp(-0.5 * ((x - mean) / sd) ** 2) / sd;

/** How common an onset is: public offices, private ones, technology; and those who begin early or late, whoever they are. */
const ofOnset = (hour: number): number =>
  0.25 * bell(hour, 8.6, 0.5) +
  0.25 * bell(hour, 9.5, 0.6) +
  0.25 * bell(hour, 10.5, 0.8) +
  0.25 * bell(hour, 10, 1.7);
/** Middle of lunch: noon to one in most countries, later in some. */
const ofLunchTime = (hour: number): number => 0.7 * bell(hour, 12.6, 0.5) + 0.3 * bell(hour, 13, 0.9);
const ofEnd = (hour: number): number => 0.6 * bell(hour, 17.8, 0.9) + 0.4 * bell(hour, 19.5, 1.5);

export interface ShapeTable {
  shapes: readonly Shape[];
  /** Log probability of each half-hour after the onset, shape by shape. */
  logProfiles: Float64Array;
  /** Probability of each half-hour without the noise; the shapes that differ in noise alone follow one another, `noises` of them, and share a row. */
  withoutNoise: Float64Array;
  noises: number;
  /** Local quarter-hours at which a day may begin. */
  onsets: readonly number[];
  /** Prior of (onset, shape), in the order of `onsets`, shape by shape; sums to 1. */
  prior: Float64Array;
}

let table: ShapeTable | undefined;

/** Made once, in some ten milliseconds. */
export function shapeTable(): ShapeTable {
  table ??= makeTable();
  return table;
}

function makeTable(): ShapeTable {
  const all = allShapes();
  const withoutNoise = new Float64Array((all.length / NOISES.length) * BINS);
  const logProfiles = new Float64Array(all.length * BINS);
  for (const [index, { shape }] of all.entries()) {
    const profile = profileOf(shape);
    withoutNoise.set(profile, Math.floor(index / NOISES.length) * BINS);
    const { noise } = shape;
    logProfiles.set(
      profile.map((value) => Math.log((1 - noise) * value + noise / BINS)),
      index * BINS,
    );
  }
  const onsets = Array.from({ length: QUARTERS }, (_, quarter) => quarter).filter(
    (quarter) => quarter >= 4 * 6.5 && quarter <= 4 * 13,
  );
  const prior = new Float64Array(onsets.length * all.length);
  for (const [row, quarter] of onsets.entries()) {
    const onset = quarter / 4;
    for (const [index, { shape, prior: ofShape }] of all.entries()) {
      const lunch = shape.lunchDepth === 0 ? 0.8 : ofLunchTime(onset + shape.lunchAfter);
      prior[row * all.length + index] = ofShape * ofOnset(onset) * ofEnd(onset + shape.length) * lunch;
    }
  }
  const sum = prior.reduce((total, value) => total + value, 0);
  return {
    shapes: all.map(({ shape }) => shape),
    logProfiles,
    withoutNoise,
    noises: NOISES.length,
    onsets,
    prior: prior.map((value) => value / sum),
  };
}
