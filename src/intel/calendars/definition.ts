import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { LongwatchError } from "../../kernel/errors.js";
import { packageRoot } from "../../kernel/package-root.js";
import { readYaml } from "../yaml-file.js";

const FOLDER = join(packageRoot, "src", "intel", "calendars", "data");

const date = z.iso.date();
const dates = z.record(date, z.string().min(1)).default({});

const definitionSchema = z
  .strictObject({
    country: z.string().regex(/^[A-Z]{2}$/),
    title: z.string().min(1),
    /** Where the days come from; what stands below corrects them. */
    base: z.enum(["none", "chinese-days", "date-holidays"]),
    /** A region of date-holidays whose days stand for the country. */
    region: z.string().optional(),
    /** Left out where the base knows its own years. */
    coverage: z.strictObject({ from: date, to: date }).optional(),
    knows_makeup: z.boolean(),
    weekend: z.array(z.number().int().min(0).max(6)).default([0, 6]),
    source: z.string().min(1),
    /** What was compared with which notice; for people. */
    checked: z.array(z.string()),
    holidays: dates,
    /** Days of the base that were no holiday. */
    remove: z.array(date).default([]),
    /** Days of the weekend that were worked. */
    worked: z.array(date).default([]),
    partial: dates,
    partial_ranges: z.array(z.strictObject({ from: date, to: date, name: z.string().min(1) })).default([]),
  })
  .refine(({ base, coverage }) => (base === "chinese-days") === (coverage === undefined), {
    error: "only chinese-days knows its own years: give coverage for every other base, and none for it",
  });

/** One file of `data/`. */
export type CalendarDefinition = z.infer<typeof definitionSchema>;

/** Countries that have a file of their own. */
export function definedCountries(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => basename(name, ".yaml"))
    .sort();
}

/** @throws LongwatchError LW_CONFIG where the file does not have the shape above: a defect of ours, found by the tests. */
export function readDefinition(country: string): CalendarDefinition {
  const file = join(FOLDER, `${country}.yaml`);
  const parsed = definitionSchema.safeParse(readYaml(file, "LW_CONFIG").value);
  if (!parsed.success)
    throw new LongwatchError("LW_CONFIG", `is not a calendar: ${z.prettifyError(parsed.error)}`, {
      file,
    });
  return parsed.data;
}
