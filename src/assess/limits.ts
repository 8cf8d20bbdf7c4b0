import { groupBy, unique } from "../kernel/group-by.js";
import { joinItems, namesArgument } from "../kernel/lists.js";
import type { Assessment } from "../model/assessment.js";
import { isUnassigned } from "./attribute.js";
import type { AssessmentInput } from "./input.js";
import type { OrganisationResult } from "./organisations.js";
import { hoursDown, type SensorState } from "./outages.js";
import { say } from "./reason-messages.js";

/** Event classes that detectors read; what stays unseen without them stands in the catalogue. */
const CLASSES = [
  "network_activity",
  "dns_activity",
  "tls_activity",
  "http_activity",
  "certificate",
  "windows_event",
] as const;

/** What this assessment did not look at, and why. */
export function notAssessed(
  input: AssessmentInput,
  results: readonly OrganisationResult[],
  sensors: readonly SensorState[],
): Assessment["not_assessed"] {
  const { gathered } = input;
  const idle = groupBy(
    input.runs.filter((run) => run.status !== "ran"),
    ({ reason }) => reason,
  );
  // One reason often keeps many detectors from running: it is said once.
  const untested = [...idle].map(([why, runs]) => ({
    what: say("not-assessed.detectors", runs.length, joinItems(runs.map(({ id }) => id))),
    why,
  }));
  const missing = CLASSES.filter((name) => (gathered.classes[name] ?? 0) === 0).map((name) => ({
    what: say(`not-assessed.class.${name}`),
    why: say("not-assessed.class", name),
  }));
  const unused = gathered.unused.map((each) => ({
    what: say("not-assessed.lines", each.lines, each.format, each.log),
    why: say("not-assessed.lines.why"),
  }));
  const rejected =
    gathered.rejected > 0
      ? [
          {
            what: say("not-assessed.rejected", gathered.rejected),
            why: say("not-assessed.rejected.why"),
          },
        ]
      : [];
  const blind = results.filter((each) => each.assessed.status === "no_data");
  const unseen =
    blind.length > 0
      ? [
          {
            what: say(
              "not-assessed.organisations",
              blind.length,
              namesArgument(
                "organisation",
                blind.map((each) => each.assessed.name),
              ),
            ),
            why: say("not-assessed.organisations.why"),
          },
        ]
      : [];
  const down = sensors
    .filter((each) => each.outages.length > 0)
    .map((each) => ({
      what: say("not-assessed.hours", hoursDown(each), each.sensorId),
      why: say("not-assessed.hours.why"),
    }));
  // What no hunt of this version looks at, whatever the telemetry.
  const beyond = { what: say("not-assessed.contents"), why: say("not-assessed.contents.why") };
  return [...untested, ...missing, ...unused, ...rejected, ...unseen, ...down, beyond];
}

export function caveatsOf(input: AssessmentInput, results: readonly OrganisationResult[]): string[] {
  const isUnlisted = input.directory.organisations.size === 0;
  const early = input.gathered.earlyTimes;
  return unique([
    ...(input.synthetic ? [say("assessed.caveat.synthetic")] : []),
    ...(isUnlisted ? [say("assessed.caveat.no-inventory")] : []),
    ...(!isUnlisted && results.some((each) => isUnassigned(each.assessed.org_id))
      ? [say("assessed.caveat.unassigned")]
      : []),
    say("assessed.caveat.contact"),
    say("assessed.caveat.likelihoods"),
    ...(early > 0 ? [say("assessed.caveat.early", early)] : []),
    ...input.directory.warnings,
  ]);
}
