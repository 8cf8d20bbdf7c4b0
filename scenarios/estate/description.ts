import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { packageRoot } from "../engine/package-root.js";

const text = z.string();
const texts = z.array(text).min(1);

const scenarioSchema = z.object({
  id: text,
  title: text,
  description: text,
  case_name: text,
  period: z.object({ from: z.iso.date(), to: z.iso.date() }),
  office: z.object({
    country: text,
    time_zone: text,
    utc_offset_minutes: z.number(),
    holidays: z.array(z.iso.date()),
  }),
  workstations: z.number().int().positive(),
  fewest_workstations: z.number().int().positive(),
  organisations: z.array(z.object({ id: text, name: text, domain: text, netbios: text })).min(1),
  workstation_names: texts,
  departments: texts,
  servers: z.array(z.tuple([text, text, z.number(), z.number()])),
  linux_servers: z.array(z.tuple([text, text, z.number(), z.number()])),
  given_names: texts,
  family_names: texts,
});

const softwareSchema = z.object({
  programs: z.record(text, z.tuple([text, text, text, text])),
  desk: z.array(z.tuple([text, z.number()])),
  libraries: z.record(text, texts),
  in_house: texts,
  documents: texts,
  sites: z.array(z.tuple([text, z.number()])),
  portal_pages: texts,
  agents: texts,
  help_desk: texts,
  inventory: texts,
  sticks: z.object({
    models: z.array(z.tuple([text, text])).min(1),
    portable: z.array(z.tuple([text, text, text])).min(1),
    installers: z.array(z.tuple([text, text, text])).min(1),
    tools: z.array(z.tuple([text, text])).min(1),
  }),
});

const intrusionsSchema = z.object({
  pairs: z.array(z.tuple([text, text, text])),
  products: texts,
  task_names: texts,
  services: z.array(z.tuple([text, text])),
  domain_words: texts,
  tlds: texts,
  address_prefixes: texts,
  lures: texts,
  usb_names: texts,
  usb_folders: texts,
  web_shells: texts,
  linux_tools: texts,
  remote_tools: z.array(z.tuple([text, text])),
  discovery: z.array(texts),
  clusters: z.array(z.object({ id: text, chain: z.array(z.union([text, texts])) })),
});

export type Software = z.infer<typeof softwareSchema>;
export type Pools = z.infer<typeof intrusionsSchema>;
export interface EstateDescription extends z.infer<typeof scenarioSchema> {
  software: Software;
  intrusions: Pools;
}

/** Reads and checks the files of one scenario of hosts. */
export function loadEstate(id: string): EstateDescription {
  const read = <T>(file: string, schema: z.ZodType<T>): T => {
    const path = join(packageRoot(), "scenarios", id, file);
    const checked = schema.safeParse(parse(readFileSync(path, "utf8")));
    if (!checked.success) throw new Error(`scenario ${id}: ${file}: ${z.prettifyError(checked.error)}`);
    return checked.data;
  };
  return {
    ...read("scenario.yaml", scenarioSchema),
    software: read("software.yaml", softwareSchema),
    intrusions: read("intrusions.yaml", intrusionsSchema),
  };
}
