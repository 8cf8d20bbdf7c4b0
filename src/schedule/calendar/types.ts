/** One date on the wall calendar of the zone in question. */
export interface ObservedDay {
  /** `YYYY-MM-DD`, local. */
  date: string;
  /** Events (or sessions) on that day. */
  events: number;
  /** Share of the would-be working time that could be seen, 0..1. */
  exposure: number;
}

export interface CalendarOptions {
  /** Number of calendars that were asked about, where it is more than the ones given (an unknown one was asked too). Count. */
  asked?: number;
  /** Error rate of "a holiday effect" over all calendars asked together. Probability. */
  alpha?: number;
  /** How far away matched ordinary days may lie. Weeks. */
  nearbyWeeks?: number;
  /** Days seen for less than this share of the working time are left out. 0..1. */
  minExposure?: number;
  /** Independent holiday blocks below which no calendar fits. Count. */
  minEpisodes?: number;
  /** Dates from first to last below which no calendar fits, however many blocks lie among them: no season came twice. Count. */
  minDays?: number;
  /** A holiday whose rate lies above this share of an ordinary day's, with its whole interval, was worked. 0..1. */
  workedRatio?: number;
  /** Likelihood ratio from which one calendar is ahead of another. */
  ahead?: number;
}

export type Settings = Required<Omit<CalendarOptions, "asked">>;

export const DEFAULTS: Settings = {
  alpha: 0.05,
  nearbyWeeks: 8,
  minExposure: 0.25,
  minEpisodes: 3,
  minDays: 150,
  workedRatio: 0.75,
  ahead: 10,
};

/** A rate against matched ordinary days. */
export interface Rate {
  /** 1 is "as on ordinary days"; null where nothing could be compared. */
  ratio: number | null;
  interval95: [from: number, to: number] | null;
  /** Blocks (holidays), runs (make-up days) or weeks (weekends) that could be compared. */
  episodes: number;
  events: number;
  /** What the matched ordinary days let expect. */
  expected: number;
}

export interface Effect extends Rate {
  /** One-sided, by permutation of whole episodes over the matched weeks around them. */
  p: number | null;
}

/** A calendar against one rival, on the days on which they differ. */
export interface RivalComparison {
  country: string;
  /** The holidays that the rival does not have. */
  own: Rate;
  /** Natural logarithm of the likelihood ratio, this calendar over the rival, from the days on which they differ. */
  logLikelihoodRatio: number;
}

export type CalendarVerdict = "fits" | "consistent_single_episode" | "excluded" | "undecided" | "unknown";

export interface CalendarJudgement {
  country: string;
  holiday: Effect;
  /** `holiday.p` after Holm's correction for the calendars asked. */
  holidayPHolm: number | null;
  /** Days of the weekend that are worked in exchange, against ordinary days of the weekend. */
  makeup: Effect;
  makeupPHolm: number | null;
  /** The ordinary weekend against the ordinary weekdays of the same week. */
  weekend: Effect;
  /** Independent holiday blocks that were seen. */
  episodes: number;
  /** Holidays that were worked as usual, year after year. */
  contradicted: string[];
  rivals: RivalComparison[];
  /** Days of the series that the calendar covers. Count. */
  coveredDays: number;
  verdict: CalendarVerdict;
  /** Why, as a sentence. */
  reason: string;
}
