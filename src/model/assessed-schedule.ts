import { z } from "zod";
import { scheduleSchema } from "./schedule.js";

/** Whose activity was analysed: servers by the contact with them, accounts that findings call hijacked by their logons. */
export const scheduleSubjectSchema = z.object({
  kind: z.enum(["cluster", "server", "account"]),
  /** How a reader refers to it: the servers' names where they have any, else addresses; the account's name with its domain. */
  name: z.string(),
  /** Addresses of the servers; none of an account. */
  servers: z.array(z.string()),
  /** Host names of the servers. */
  names: z.array(z.string()),
  /** Organisations whose hosts kept up contact, those that came once or twice are not among them; or to which the account's hosts belong. */
  organisations: z.array(z.string()),
  /** Inside hosts, and pairs of a host and a server, that kept up contact; hosts whose logs show the account's logons, and pairs of such a host and a source of logons. */
  hosts: z.number().int(),
  pairs: z.number().int(),
  /** Sensors that saw this contact. */
  sensors: z.array(z.string()),
  /** Id of the cluster that the server belongs to; null for a cluster, and for a server by itself. */
  part_of: z.string().nullable(),
});

/** Connections, or logons, of the subject by what became of them; they sum to `connections`. */
export const scheduleContactsSchema = z.object({
  connections: z.number().int(),
  /** Never answered, or without a byte of payload; logons that failed. */
  empty: z.number().int(),
  /** From hosts that came on fewer days than are needed to call it a relation; logons from elsewhere than the findings hold against the account, where they name sources. */
  visits: z.number().int(),
  /** Of the same size as many others of the same pair and port: check-ins. */
  routine: z.number().int(),
  /** On a timer, on a schedule, or without a pause for longer than a person works; logons of services and scheduled tasks. */
  automated: z.number().int(),
  /** In the same half-hour as twelve others of the pair or account, which say as much. */
  folded: z.number().int(),
  /** Left: what a person at work may have caused. */
  interactive: z.number().int(),
});

/** An entry of `assessment.schedules[]`: the analysis (design, section 9), and what it is about. */
export const assessedScheduleSchema = scheduleSchema.extend({
  id: z.string(),
  subject: scheduleSubjectSchema,
  contacts: scheduleContactsSchema,
  /** What people in these organisations do themselves by hour of the UTC week (Monday 00:00 first), largest 1; null where that is not known. */
  watched_week: z.array(z.number()).length(168).nullable(),
  /** Countries in which the watched organisations work, as the configuration says. */
  home: z.array(z.string()),
});

export type AssessedSchedule = z.infer<typeof assessedScheduleSchema>;
export type ScheduleSubject = z.infer<typeof scheduleSubjectSchema>;
export type ScheduleContacts = z.infer<typeof scheduleContactsSchema>;
