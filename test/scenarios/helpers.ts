import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), "longwatch-scenario-"));
}

export function filesUnder(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();
}

export function digest(folder: string): string {
  const hash = createHash("sha256");
  for (const name of filesUnder(folder)) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest("hex");
}

export interface Log {
  sensor: string;
  date: string;
  path: string;
  fields: string[];
  types: string[];
  rows: string[][];
  /** The lines that start with #. */
  comments: string[];
}

export function readLog(out: string, name: string): Log {
  const lines = gunzipSync(readFileSync(join(out, name)))
    .toString("latin1")
    .trimEnd()
    .split("\n");
  const value = (tag: string): string[] =>
    (lines.find((line) => line.startsWith(tag)) ?? "").split("\t").slice(1);
  const [, sensor = "", date = ""] = name.split("/");
  return {
    sensor,
    date,
    path: value("#path")[0] ?? "",
    fields: value("#fields"),
    types: value("#types"),
    rows: lines.filter((line) => !line.startsWith("#")).map((line) => line.split("\t")),
    comments: lines.filter((line) => line.startsWith("#")),
  };
}

export function logsOf(out: string, path: string): Log[] {
  return filesUnder(out)
    .filter((name) => name.startsWith("logs/") && name.includes(`/${path}.`))
    .map((name) => readLog(out, name));
}

export interface Truth {
  note: string;
  synthetic: boolean;
  victims: { org_id: string; first_contact: string; last_contact: string; hosts: string[] }[];
  clean: string[];
  infrastructure: { value: string; kind: string; role: string }[];
  schedule: { utc_offset_minutes: number; calendar: string; lull: { from: string; to: string } };
  outages: { sensor_id: string; from: string; to: string }[];
  steps: { id: string; org_id: string; time: string }[];
  intrusions: { org_id: string; steps: string[] }[];
}

export function truthOf(out: string): Truth {
  return JSON.parse(readFileSync(join(out, "truth.json"), "utf8")) as Truth;
}

/** Microseconds since 1970. */
export function micros(time: string): number {
  const fraction = /\.(\d{6})Z$/.exec(time)?.[1] ?? "0";
  return Date.parse(time.replace(/\.\d+Z$/, "Z")) * 1000 + Number(fraction);
}
