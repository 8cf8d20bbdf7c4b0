import type { Assessment } from "../../model/assessment.js";
import type { Finding } from "../../model/finding.js";
import type { HostAlias } from "../../model/host-identity.js";
import type { OrganisationDirectory } from "../../model/organisation.js";
import type { Recommendations } from "../../model/recommendation.js";
import { popularHosts } from "../machines.js";
import { happened } from "./happened.js";
import { harden } from "./harden.js";
import { respond } from "./respond.js";

/** What to do now, and what would have stopped it. Pure; nothing is recommended without a finding behind it. */
export function recommend(
  assessed: Pick<Assessment, "organisations" | "incidents" | "infrastructure" | "telemetry" | "correlation">,
  findings: readonly Finding[],
  { directory, machine }: { directory: Pick<OrganisationDirectory, "resolve">; machine: HostAlias },
  last: number | undefined,
): Recommendations {
  const story = happened(assessed.organisations, assessed.incidents, findings);
  const { outages, classes } = assessed.telemetry;
  return {
    response: respond(story, {
      infrastructure: assessed.infrastructure,
      directory,
      machine,
      popular: assessed.correlation.popular,
      popularHosts: popularHosts(assessed.correlation.popular, machine),
      outages,
      classes,
      last,
    }),
    ...harden(story),
  };
}
