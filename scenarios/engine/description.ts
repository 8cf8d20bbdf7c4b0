import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { packageRoot } from "./package-root.js";

const scenarioSchema = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  case_name: z.string(),
  default_seed: z.number().int(),
  period: z.object({ from: z.iso.date(), to: z.iso.date() }),
  connections: z.number().positive(),
  office: z.object({
    country: z.string(),
    time_zone: z.string(),
    utc_offset_minutes: z.number(),
    holidays: z.array(z.iso.date()),
  }),
  sensors: z.array(
    z.object({ id: z.string(), realm: z.string(), addressing: z.enum(["private", "public"]) }),
  ),
  outage: z.object({
    hours: z.number().int().positive(),
    choices: z.array(z.object({ sensor: z.string(), from: z.iso.datetime() })).min(1),
  }),
  victims: z.number().int(),
  victim_subsectors: z.array(z.string()),
  watched_addresses: z.number().int(),
});

const organisationsSchema = z.object({
  columns: z.array(z.string()),
  rows: z.array(
    z.tuple([z.string(), z.string(), z.string(), z.string(), z.string(), z.string(), z.number()]),
  ),
  scenes: z.object({ research_scanner: z.string() }),
});

const rhythmSchema = z.object({
  calendar: z.string(),
  utc_offset_minutes: z.number(),
  hours: z.tuple([z.number(), z.number()]),
  lunch: z.tuple([z.number(), z.number()]),
  days: z.array(z.number()),
  half_days: z.array(z.number()),
  lull: z.object({ from: z.iso.date(), to: z.iso.date() }),
  days_off: z.array(z.iso.date()),
});

const certificateUse = z.enum(["shared", "domain", "own"]);

const campaignSchema = z.object({
  published: z.object({
    servers: z.array(
      z.object({
        name: z.string(),
        address: z.string(),
        certificate: certificateUse,
        moves_to: z.string().optional(),
        moves_on: z.iso.datetime().optional(),
      }),
    ),
    ports: z.record(z.string(), z.array(z.number())),
  }),
  invented: z.object({
    domains: z.number(),
    addresses: z.number(),
    ideas: z.array(z.string()),
    adjectives: z.array(z.string()),
    nouns: z.array(z.string()),
    tlds: z.array(z.string()),
    labels: z.array(z.string()),
    prefixes: z.array(z.string()),
    ports: z.array(z.number()),
  }),
});

const servicesSchema = z.object({
  pools: z.record(z.string(), z.array(z.string())),
  sites: z.record(z.string(), z.string()),
  agents: z.string(),
  own_servers: z.array(
    z.object({
      org: z.string(),
      name: z.string(),
      port: z.number(),
      when: z.enum(["day", "night"]),
      upload: z.number(),
      certificate: z.enum(["lets-encrypt", "self-signed"]),
    }),
  ),
});

const wordsSchema = z.object({
  first: z.array(z.string()),
  second: z.array(z.string()),
  tlds: z.array(z.string()),
  labels: z.array(z.string()),
  internal_hosts: z.array(z.string()),
  scan_ports: z.array(z.number()),
  user_agents: z.array(z.string()),
});

export type Rhythm = z.infer<typeof rhythmSchema>;
export type CampaignDescription = z.infer<typeof campaignSchema>;
export type ServicesDescription = z.infer<typeof servicesSchema>;
export type Words = z.infer<typeof wordsSchema>;
export interface OrganisationRow {
  id: string;
  name: string;
  sector: string;
  subsector: string;
  sensor: string;
  cidr: string;
  hosts: number;
}
export interface Description extends z.infer<typeof scenarioSchema> {
  organisations: OrganisationRow[];
  researchScanner: string;
  rhythms: Rhythm[];
  campaign: CampaignDescription;
  services: ServicesDescription;
  words: Words;
}

function folderOfScenarios(): string {
  return join(packageRoot(), "scenarios");
}

export function scenarioIds(): string[] {
  const folder = folderOfScenarios();
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "scenario.yaml")))
    .sort();
}

/** What every scenario says of itself, whichever engine it is for. */
const summarySchema = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  engine: z.enum(["sensors", "estate"]).default("sensors"),
});

/** The head of a scenario's description. The caller has made sure that the id is one of `scenarioIds()`. */
export function summaryOf(id: string): z.infer<typeof summarySchema> {
  return summarySchema.parse(parse(readFileSync(join(folderOfScenarios(), id, "scenario.yaml"), "utf8")));
}

/** Reads and checks one scenario's files. The caller has made sure that the id is one of `scenarioIds()`. */
export function loadDescription(id: string): Description {
  const folder = join(folderOfScenarios(), id);
  const read = <T>(file: string, schema: z.ZodType<T>): T => {
    const checked = schema.safeParse(parse(readFileSync(join(folder, file), "utf8")));
    if (!checked.success) throw new Error(`scenario ${id}: ${file}: ${z.prettifyError(checked.error)}`);
    return checked.data;
  };
  const listed = read("organisations.yaml", organisationsSchema);
  return {
    ...read("scenario.yaml", scenarioSchema),
    organisations: listed.rows.map(([orgId, name, sector, subsector, sensor, cidr, hosts]) => {
      return { id: orgId, name, sector, subsector, sensor, cidr, hosts };
    }),
    researchScanner: listed.scenes.research_scanner,
    rhythms: read("rhythms.yaml", z.array(rhythmSchema)),
    campaign: read("campaign.yaml", campaignSchema),
    services: read("services.yaml", servicesSchema),
    words: read("words.yaml", wordsSchema),
  };
}
