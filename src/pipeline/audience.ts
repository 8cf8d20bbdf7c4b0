import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LongwatchError } from "../kernel/errors.js";
import { type Finding, strictestTlp, TLP_LEVELS, type Tlp } from "../model/finding.js";
import type { OrganisationDirectory } from "../model/organisation.js";
import { type Redaction, type ReportInput, redact } from "../report/index.js";
import type { Case } from "./case.js";
import { requireOrganisation } from "./find.js";
import { loadHostDirectory } from "./host-directory.js";

/** Whom a report is for, where that is not whoever keeps the case. */
export interface Audience {
  /** Id of the organisation that reads it. */
  for?: string | undefined;
  /** It names no organisation at all. */
  anonymise?: boolean | undefined;
  /** The strictest marking that its readers may see. */
  tlp?: Tlp | undefined;
}

/** @throws LW_USAGE, LW_NOT_FOUND before any work begins */
export function requireAudience(
  audience: Audience,
  findings: readonly Finding[],
  directory: OrganisationDirectory,
): void {
  if (audience.for !== undefined && audience.anonymise)
    throw new LongwatchError("LW_USAGE", "--for and --anonymise exclude each other: use one of them");
  if (audience.for !== undefined) requireOrganisation(audience.for, findings, directory);
}

/**
 * The report as its audience may see it.
 * @throws LW_TLP where it is marked more strictly than its audience may see
 */
export async function forAudience(
  opened: Case,
  directory: OrganisationDirectory,
  input: ReportInput,
  audience: Audience,
): Promise<ReportInput> {
  requireMarking(input, audience.tlp);
  if (audience.for === undefined && !audience.anonymise) return input;
  const redaction: Redaction = {
    reader: audience.for ?? null,
    directory,
    hosts: await loadHostDirectory(opened.store),
    key: pseudonymKey(opened.folder),
  };
  return redact(input, redaction);
}

/** Below the folder of the full report, which must stay what it is. */
export function audienceFolder(reportFolder: string, { for: reader, anonymise }: Audience): string {
  if (anonymise) return join(reportFolder, "anonymised");
  // An id comes from an inventory that somebody else may have written.
  return reader === undefined ? reportFolder : join(reportFolder, `for-${encodeURIComponent(reader)}`);
}

function requireMarking({ assessment, findings }: ReportInput, target: Tlp | undefined): void {
  if (target === undefined) return;
  const marking = strictestTlp([assessment.tlp, ...findings.map(({ tlp }) => tlp)]);
  if (TLP_LEVELS.indexOf(marking) <= TLP_LEVELS.indexOf(target)) return;
  const stricter = findings.filter(({ tlp }) => TLP_LEVELS.indexOf(tlp) > TLP_LEVELS.indexOf(target));
  const what =
    stricter.length === 0
      ? "case.tlp in longwatch.yaml says so"
      : `${stricter.length} findings rest on what is marked more strictly, the first of them ${stricter[0]?.id}`;
  throw new LongwatchError(
    "LW_TLP",
    `the report is TLP:${marking.toUpperCase()} and its readers may see TLP:${target.toUpperCase()} at the most (${what}); nothing was written`,
  );
}

/** Secret of the case, made once: pseudonyms are the same in all its reports, and cannot be tried out without it. */
function pseudonymKey(folder: string): string {
  const path = join(folder, "pseudonyms.key");
  try {
    writeFileSync(path, `${randomBytes(32).toString("hex")}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST")
      throw new LongwatchError(
        "LW_CASE_INVALID",
        "the key for pseudonyms cannot be written",
        { file: path },
        error,
      );
  }
  const key = readFileSync(path, "utf8").trim();
  if (!/^[0-9a-f]{64}$/.test(key))
    throw new LongwatchError(
      "LW_CASE_INVALID",
      "this is no key for pseudonyms; delete it, and the next report makes a new one (and new pseudonyms)",
      { file: path },
    );
  return key;
}
