import { rfc3339 } from "../kernel/time.js";
import { loadEvidence } from "../pipeline/evidence.js";
import { filterFindings, findingById, requireOrganisation } from "../pipeline/find.js";
import { hostsStep } from "../pipeline/host-directory.js";
import { renderFindingsTable, renderHosts } from "../pipeline/present.js";
import { settingsOfCase } from "../pipeline/settings.js";
import { explainFinding } from "../pipeline/tell.js";
import { detectedIn } from "./detected-in.js";
import { type LanguageFlags, languageOf, rendered } from "./language.js";
import { printData, printJson, printLine, terminalStyle } from "./output.js";
import { type CaseFlags, withCase } from "./with-case.js";

interface FindingFlags extends CaseFlags, LanguageFlags {
  detector?: string;
  org?: string;
  since?: string;
  json?: boolean;
}

export async function runFindings(flags: FindingFlags): Promise<void> {
  const language = languageOf(flags);
  await withCase(flags, true, async (opened) => {
    const all = (await detectedIn(opened, flags)).findings;
    const findings = filterFindings(all, flags);
    // A slip of the pen must not look like a clean organisation.
    if (flags.org !== undefined && findings.length === 0)
      requireOrganisation(flags.org, all, (await settingsOfCase(opened, undefined)).directory);
    if (flags.json) for (const finding of findings) await printData(`${JSON.stringify(finding)}\n`);
    else printLine(rendered(language, () => renderFindingsTable(findings, terminalStyle())));
  });
}

export async function runExplain(id: string, flags: FindingFlags): Promise<void> {
  const language = languageOf(flags);
  await withCase(flags, true, async (opened) => {
    const finding = findingById((await detectedIn(opened, flags)).findings, id);
    const evidence = await loadEvidence(
      opened.store,
      [finding],
      finding.evidence.length,
      Number.POSITIVE_INFINITY,
    );
    if (flags.json) await printJson({ ...finding, evidence_lines: Object.fromEntries(evidence) });
    else printLine(rendered(language, () => explainFinding(finding, evidence, terminalStyle())));
  });
}

export async function runHosts(
  flags: CaseFlags & { host?: string; address?: string; json?: boolean },
): Promise<void> {
  await withCase(flags, true, async (opened) => {
    const stays = await hostsStep(opened, flags);
    if (!flags.json) printLine(renderHosts(stays, terminalStyle()));
    else
      for (const stay of stays)
        await printData(`${JSON.stringify({ ...stay, from: rfc3339(stay.from), to: rfc3339(stay.to) })}\n`);
  });
}
