import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";

export interface Stix {
  type: string;
  id: string;
  [property: string]: unknown;
}

/** Every `…_ref` and `…_refs`. */
function refsOf(object: Stix): string[] {
  return Object.entries(object).flatMap(([name, value]) =>
    name.endsWith("_ref") ? [String(value)] : name.endsWith("_refs") ? (value as string[]) : [],
  );
}

/** What our relationships say, by the types of their ends (STIX 2.1, appendix B); `related-to` is for all. */
const RELATIONSHIPS: Readonly<Record<string, RegExp>> = {
  "attributed-to": /^campaign intrusion-set$/,
  "based-on": /^indicator observed-data$/,
  "consists-of": /^infrastructure (domain-name|ipv4-addr|ipv6-addr|x509-certificate)$/,
  indicates: /^indicator (infrastructure|campaign)$/,
  "located-at": /^identity location$/,
  "related-to": /^/,
  "resolves-to": /^domain-name (ipv4-addr|ipv6-addr)$/,
  targets: /^campaign identity$/,
  uses: /^campaign (attack-pattern|infrastructure|malware|tool)$/,
};

/** TLP 2.0 as OASIS published it, least to most restrictive. */
const TLP = [
  "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
  "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
  "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
  "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
  "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
];
const OWN_ID = /^[a-z0-9-]+--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * What a bundle of ours must be beyond the schemas, which see one object at a time: ids by what things are, each once; references and relationships that lead
 * somewhere and make sense; a marking on everything; programs with what they are and by what. Returns its objects.
 *
 * @param tlp the case's marking, by its place among the five: nothing is freer
 */
export function checkBundle(text: string, tlp = 0): Stix[] {
  const { type, id, objects } = JSON.parse(text) as Stix & { objects: Stix[] };
  expect([type, OWN_ID.test(id)]).toEqual(["bundle", true]);
  const byId = new Map(objects.map((object) => [object.id, object]));
  expect(byId.size).toBe(objects.length);
  // Lists of what is wrong: a large bundle has a hundred thousand references.
  const wrong = (problem: (object: Stix) => boolean) => objects.filter(problem).map((object) => object.id);
  expect(objects.flatMap((object) => refsOf(object).filter((ref) => !byId.has(ref)))).toEqual([]);
  expect(wrong((object) => !isWellNamed(object))).toEqual([]);
  expect(wrong((object) => !isMarked(object, tlp))).toEqual([]);
  expect(wrong((object) => object.type === "relationship" && !isMeant(object, byId))).toEqual([]);
  for (const object of objects)
    if (object.type === "malware" || object.type === "tool") checkProgram(object, objects);
  return objects;
}

function isWellNamed({ type, id }: Stix): boolean {
  return type === "marking-definition" ? TLP.includes(id) : OWN_ID.test(id) && id.startsWith(`${type}--`);
}

function isMarked({ type, object_marking_refs }: Stix, tlp: number): boolean {
  if (type === "marking-definition") return true;
  const [marking = "", ...others] = object_marking_refs as string[];
  return others.length === 0 && TLP.indexOf(marking) >= tlp;
}

function isMeant(
  { relationship_type, source_ref, target_ref }: Stix,
  byId: ReadonlyMap<string, Stix>,
): boolean {
  const ends = [source_ref, target_ref].map((ref) => byId.get(String(ref))?.type).join(" ");
  return RELATIONSHIPS[String(relationship_type)]?.test(ends) === true;
}

/** A program without what speaks for it would be a claim of nobody. */
function checkProgram(object: Stix, objects: readonly Stix[]): void {
  expect(object.name).toMatch(/\S/);
  if (object.type === "malware") expect(object.is_family).toBe(true);
  const notes = objects.filter(
    ({ type, object_refs }) => type === "note" && (object_refs as string[]).includes(object.id),
  );
  expect([object.name, notes.length > 0]).toEqual([object.name, true]);
  for (const { content, confidence, object_refs } of notes) {
    expect(content).toMatch(/\S/);
    expect((object_refs as string[]).length).toBeGreaterThan(1);
    expect([15, 50]).toContain(confidence);
  }
}

/** OASIS' validator (PyPI: stix2-validator, 3.x) with its own copies of the official JSON schemas. */
const VALIDATOR = process.env.LONGWATCH_STIX_VALIDATOR ?? "stix2_validator";
export const hasValidator = spawnSync(VALIDATOR, ["--help"], { stdio: "ignore" }).status === 0;
export const whySkipped = hasValidator
  ? ""
  : ` (skipped: there is no ${VALIDATOR}; pip install stix2-validator)`;

/** What the validator warns of and we mean: ids of version 5, because equal cases must give equal ids (uuid-check asks for version 4). */
const MEANT = "uuid-check";

/** Asks the validator for every bundle: no error, and no warning that is not meant. */
export function expectValid(bundles: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), "longwatch-stix-"));
  try {
    for (const [index, text] of bundles.entries()) writeFileSync(join(folder, `${index}.json`), text);
    const run = spawnSync(VALIDATOR, ["--version", "2.1", "--disable", MEANT, "-r", folder], {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    expect(run.stdout.match(/STIX JSON: Valid/g) ?? [], run.stdout + run.stderr).toHaveLength(bundles.length);
    expect(run.stdout).not.toMatch(/Warning|Invalid|\[X\]/);
    expect(run.status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
