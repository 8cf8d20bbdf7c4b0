import { groupBy } from "../../kernel/group-by.js";
import type { Recommendations, Response } from "../../model/recommendation.js";
import type { Audience } from "./audience.js";
import { Retelling } from "./retelling.js";
import { scrubbed } from "./scrub.js";

/** Measures name no organisation, only findings; what is to be done now names hosts and accounts, whose order would tell which is which. */
export function redactRecommendations(recommendations: Recommendations, audience: Audience): Recommendations {
  const ids = (list: readonly string[]) => list.map((id) => audience.id(id));
  return {
    ...recommendations,
    response: byPseudonym(
      recommendations.response.map((each) => redactResponse(each, audience, ids(each.findings))),
    ),
    hardening: recommendations.hardening.map((each) => ({ ...each, findings: ids(each.findings) })),
  };
}

function redactResponse(response: Response, audience: Audience, findings: string[]): Response {
  const { org_id: orgId } = response;
  if (audience.isReaders(orgId))
    return { ...response, targets: scrubbed(response.targets, new Retelling(undefined, audience)), findings };
  const targets = response.targets.map((each) => audience.entity(each));
  return {
    ...response,
    id: audience.pseudonyms.of("finding", response.id),
    org_id: orgId === null ? null : audience.org(orgId),
    // Infrastructure is outside and stays as it was listed.
    targets:
      orgId === null ? targets : targets.sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0)),
    findings,
  };
}

/** In the order of doing; organisations, which stood in the order of the assessment and so at last of their ids, by their pseudonyms. */
function byPseudonym(responses: readonly Response[]): Response[] {
  const runs = groupBy(responses, ({ action, active }) => `${action} ${active}`);
  const name = ({ org_id }: Response) => org_id ?? "";
  return [...runs.values()].flatMap((run) => run.sort((a, b) => (name(a) < name(b) ? -1 : 1)));
}
