import type { Finding } from "../model/finding.js";
import type { OrganisationDirectory } from "../model/organisation.js";
import { attribute } from "./attribute.js";
import { gatherContacts } from "./gather-contacts.js";
import { independentLines } from "./independence.js";
import type { Query } from "./input.js";

/** Findings, and the organisation of which it is asked what they alone say. */
export interface Question {
  orgId: string;
  findings: readonly Finding[];
}

/** Whether an organisation of which nothing else was known would be suspected, or worse, for these findings: the rule of `status`, asked many times at once. */
export async function wouldBeSuspected(
  query: Query,
  questions: readonly Question[],
  directory: OrganisationDirectory,
): Promise<boolean[]> {
  const contacts = await gatherContacts(
    query,
    questions.flatMap(({ findings }) => findings),
  );
  return questions.map(({ orgId, findings }) => {
    const ends = new Set(findings.flatMap(({ entities }) => entities.map(({ value }) => value)));
    const own = contacts.filter(({ server, name }) => ends.has(server) || ends.has(name));
    const bearings = attribute(findings, own, directory).filter((each) => each.orgId === orgId);
    return independentLines(bearings).length > 0;
  });
}
