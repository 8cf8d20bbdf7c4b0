import { z } from "zod";
import { CONFIDENCES, statementsSchema } from "./finding.js";

/** `schedule --json` (design, section 9). Only ever gains fields. */
export const SCHEDULE_VERSION = 1;

const probability = z.number().min(0).max(1);

/** Rate against matched ordinary days; null where nothing could be compared. */
export const calendarEffectSchema = z.object({
  ratio: z.number().nullable(),
  interval95: z.tuple([z.number(), z.number()]).nullable(),
  p: probability.nullable(),
  /** Blocks, runs or weeks that could be compared. */
  episodes: z.number().int(),
  events: z.number(),
  /** What matched ordinary days let expect. */
  expected: z.number(),
});

export const calendarVerdictSchema = z.object({
  country: z.string(),
  holiday: calendarEffectSchema,
  makeup: calendarEffectSchema,
  weekend: calendarEffectSchema,
  /** Corrected (Holm) for the number of calendars asked. */
  holiday_p_corrected: probability.nullable(),
  makeup_p_corrected: probability.nullable(),
  episodes: z.number().int(),
  verdict: z.enum(["fits", "consistent_single_episode", "excluded", "undecided", "unknown"]),
  reason: z.string(),
  /** Against each rival on the days on which the two differ: natural logarithm of the likelihood ratio, this over the rival. */
  rivals: z.array(z.object({ country: z.string(), log_likelihood_ratio: z.number() })),
});

export const scheduleDaySchema = z.object({
  /** Local date in the inferred zone. */
  date: z.string(),
  /** Interactive units: actors times half-hours. */
  units: z.number().int(),
  /** Share of the working time that could be seen. */
  exposure: probability,
  /** Holidays and make-up days, `CN: National Day`. */
  marks: z.array(z.string()),
});

/** How much of a lull a calendar accounts for: `whole` if every weekday in it is a holiday there. */
const lullCalendarSchema = z.object({
  country: z.string(),
  explains: z.enum(["whole", "in_part", "not", "unknown"]),
  /** Dates of the lull by what they are in that calendar; days of the weekend that are holidays count as holidays. */
  holidays: z.number().int(),
  working_days: z.number().int(),
  /** Of the working days: days of the weekend on which offices work in exchange. */
  makeup_days: z.number().int(),
});

/** Consecutive days that are far quieter than the weeks around them, where the sensor could see. */
export const scheduleLullSchema = z.object({
  /** Local dates in the inferred zone, both inclusive. */
  from: z.string(),
  to: z.string(),
  days: z.number().int(),
  /** Days in it that could not be seen, and count for nothing. */
  unseen_days: z.number().int(),
  units: z.number().int(),
  /** What the weeks around let expect. */
  expected: z.number(),
  /** Corrected for the number of stretches that were looked at. */
  p: probability,
  /** Activity of the watched place on these dates, 1 as usual; null where it is not known. */
  watched_activity: z.number().nullable(),
  calendars: z.array(lullCalendarSchema),
});

export const scheduleSchema = z.object({
  version: z.literal(SCHEDULE_VERSION),
  events: z.number().int(),
  /** Events that no timer or scheduled job explains. */
  interactive_events: z.number().int(),
  /** Half-hours in which an actor was interactively active: what is counted. */
  units: z.number().int(),
  /** Independent observations that they are worth. */
  effective_units: z.number(),
  active_days: z.number().int(),
  first: z.string().nullable(),
  last: z.string().nullable(),
  verdict: z.enum(["human", "machine", "insufficient"]),
  reason: z.string(),
  /** Activity that a machine explains: at most the 20 largest. */
  machines: z.array(
    z.object({
      actor: z.string(),
      events: z.number().int(),
      /** By its times (the first three); by connections that are alike in size; by lasting longer without a pause than anybody works; as a service's, task's or computer's own logon. */
      test: z.enum([
        "scheduled_job",
        "local_variation",
        "tight_pause",
        "same_size",
        "no_pause",
        "machine_logon",
      ]),
      interval_seconds: z.number(),
    }),
  ),
  /** What made the interactive activity; null where there is too little of it. Sums to 1. */
  hypotheses: z
    .object({ human: probability, no_rhythm: probability, daily_job: probability, victim: probability })
    .nullable(),
  /** Null unless the verdict is human. */
  offset: z
    .object({
      best_minutes: z.number().int(),
      /** Minutes; from ≤ best ≤ to, so that beside the date line an end can lie beyond UTC-12 or UTC+14. */
      interval95: z.tuple([z.number().int(), z.number().int()]),
      posterior: z.array(z.object({ offset_minutes: z.number().int(), probability })),
    })
    .nullable(),
  /** Zones that keep the same clock over the span share an entry, under the name of the first. */
  zones: z.array(
    z.object({
      zone: z.string(),
      probability,
      same_clock: z.array(z.string()),
      daylight_saving: z.boolean(),
    }),
  ),
  /** Whether the zone is another than that of the place that is watched; null where that place's rhythm was not given. */
  foreign: z.enum(["yes", "no", "undecided"]).nullable(),
  /** Whether people move with the clocks of a zone with daylight saving; null where the span has no change of clocks. */
  daylight_saving: z.object({ probability, shift_minutes: z.number() }).nullable(),
  calendars: z.array(calendarVerdictSchema),
  /** Stretches of silence where speech was possible, in order of time. */
  lulls: z.array(scheduleLullSchema),
  /** Local hours by weekday, Monday first: units, and hours that could be seen. */
  heatmap: z
    .object({
      offset_minutes: z.number().int(),
      zone: z.string().nullable(),
      units: z.array(z.array(z.number())).length(7),
      exposure: z.array(z.array(z.number())).length(7),
    })
    .nullable(),
  days: z.array(scheduleDaySchema),
  words: z.object({
    likelihood: z.string(),
    confidence: z.string(),
    confidence_level: z.enum(CONFIDENCES),
    paragraph: z.string(),
  }),
  caveats: z.array(z.string()),
  statements: statementsSchema,
});

/** What `longwatch schedule` prints: the analysis, and what of the file went into it. */
export const scheduleReportSchema = scheduleSchema.extend({
  input: z.object({
    /** As it was named; `-` is standard input. */
    file: z.string(),
    /** Records below the header. Each was read or rejected. */
    records: z.number().int(),
    read: z.number().int(),
    rejected: z.number().int(),
    /** The first of the rejected, by line. */
    rejects: z.array(z.object({ line: z.number().int(), reason: z.string() })),
    /** Times without an offset from UTC, which were taken for UTC. */
    without_offset: z.number().int(),
    /** Why the file could not be read to its end, e.g. a truncated archive; null where it was. */
    problem: z.string().nullable(),
    /** Set where there were more events than are held at once: of each actor, one event in so many seconds was kept, and this share of the actors. */
    thinned: z.object({ one_per_seconds: z.number(), actor_share: probability }).nullable(),
  }),
});

export type ScheduleReport = z.infer<typeof scheduleReportSchema>;
export type ScheduleAnalysis = z.infer<typeof scheduleSchema>;
export type ScheduleDay = z.infer<typeof scheduleDaySchema>;
export type ScheduleLull = z.infer<typeof scheduleLullSchema>;
export type CalendarVerdictRow = z.infer<typeof calendarVerdictSchema>;
