import { unique } from "../kernel/group-by.js";
import type { Attribution } from "../model/attribution.js";
import { type Finding, severityRank } from "../model/finding.js";
import { explainText } from "./explain.js";
import type { ReportInput } from "./port.js";
import { type NamedProgram, softwareOf } from "./software-names.js";

/** Why a program is thought to have been used. Never says who used it. */
export interface ProgramUse {
  software: NamedProgram;
  /** Tells one reason of a subject, or of a finding, from another. */
  key: string[];
  said: string;
  /** A trace or a command of its own; low where somebody only gave it that name. */
  confidence: "low" | "moderate";
  findings: readonly string[];
}

/** Programs that a trace of theirs, or the title of a rule, speaks for. */
export function programsOfAttribution(
  { evidence }: Attribution,
  messages: ReportInput["messages"],
): ProgramUse[] {
  return evidence.flatMap(({ software, what, findings }) =>
    software === undefined
      ? []
      : [
          {
            software,
            key: [what.key, String(what.args[0]?.value ?? "")],
            said: explainText(what, messages),
            confidence: what.key === "attribution.artefact.named" ? "low" : "moderate",
            findings,
          },
        ],
  );
}

/** Programs that a finding of medium severity or above names itself (`facts.software`): by a tag of a rule, in a command line, or on a list of servers. */
export function programsOfFinding(finding: Finding): ProgramUse[] {
  const { software } = finding.facts;
  if (!Array.isArray(software) || severityRank(finding.severity) < severityRank("medium")) return [];
  return unique(software.map(String)).flatMap((named) => {
    const known = softwareOf(named);
    return known === undefined
      ? []
      : [{ software: known, key: [], ...sourceOf(finding), findings: [finding.id] }];
  });
}

/** Whose words they are. A command names what was run; a rule's author and a list's say what they hold it to be. */
function sourceOf({ detector, title, facts }: Finding): Pick<ProgramUse, "said" | "confidence"> {
  switch (detector) {
    case "sigma":
      return { said: `The Sigma rule "${facts.rule_title}" names it by a tag.`, confidence: "low" };
    case "infrastructure-contact":
      return {
        said: `A list of servers names it: ${[facts.sources].flat().join(", ")}.`,
        confidence: "low",
      };
    default:
      return { said: `A command names it: ${title}.`, confidence: "moderate" };
  }
}

/** Programs of a case by name, and by id in ATT&CK: what a rule calls S1228 and a list PUBLOAD is the program that the knowledge base has both words for. */
export class Programs {
  readonly #byWord = new Map<string, NamedProgram>();

  /** The program that is meant: the words are of who came first and knows whether it is malware. */
  same(given: NamedProgram): NamedProgram {
    const known = this.#byWord.get(given.name.toLowerCase());
    const program = known === undefined || (known.type === null && given.type !== null) ? given : known;
    for (const word of [program.name, program.attack ?? program.name])
      this.#byWord.set(word.toLowerCase(), program);
    return program;
  }
}
