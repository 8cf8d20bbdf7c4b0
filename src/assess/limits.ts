import { groupBy, unique } from "../kernel/group-by.js";
import { plural } from "../kernel/plural.js";
import type { Assessment } from "../model/assessment.js";
import { isUnassigned } from "./attribute.js";
import type { AssessmentInput } from "./input.js";
import type { OrganisationResult } from "./organisations.js";
import { hoursDown, type SensorState } from "./outages.js";
import { nameList } from "./words.js";

/** Event classes that detectors read, and what stays unseen without them. */
const CLASSES: Readonly<Record<string, string>> = {
  network_activity: "volumes, durations and unanswered attempts",
  dns_activity: "names that were looked up, and the addresses behind them over time",
  tls_activity: "server names, certificates and client fingerprints of encrypted connections",
  http_activity: "names of web servers in plain requests",
  certificate: "certificates of servers",
  windows_event: "what happened on the hosts themselves: programs, logons, services, files",
};

/** What no hunt of this version looks at, whatever the telemetry. */
const BEYOND: Assessment["not_assessed"] = [
  {
    what: "What was sent within encrypted connections, and names looked up over HTTPS or TLS",
    why: "logs hold sizes, times, names and certificates, not contents",
  },
];

/** What this assessment did not look at, and why. */
export function notAssessed(
  input: AssessmentInput,
  results: readonly OrganisationResult[],
  sensors: readonly SensorState[],
): Assessment["not_assessed"] {
  const { gathered } = input;
  const idle = groupBy(
    input.runs.filter((run) => run.status !== "ran"),
    (run) => run.reason || "switched off in the configuration",
  );
  // One reason often keeps many detectors from running: it is said once.
  const untested = [...idle].map(([why, runs]) => ({
    what: `${runs.length === 1 ? "Detector" : "Detectors"} ${runs.map(({ id }) => id).join(", ")}`,
    why,
  }));
  const missing = Object.entries(CLASSES)
    .filter(([name]) => (gathered.classes[name] ?? 0) === 0)
    .map(([name, what]) => ({ what, why: `there is no ${name} in this telemetry` }));
  const unused = gathered.unused.map((each) => ({
    what: `${plural(each.lines, "line")} of ${each.format} ${each.log}`,
    why: "recognised, and no detector uses them",
  }));
  const rejected =
    gathered.rejected > 0
      ? [
          {
            what: plural(gathered.rejected, "line"),
            why: "could not be read; each stands in rejected_record with its reason",
          },
        ]
      : [];
  const blind = results.filter((each) => each.assessed.status === "no_data");
  const unseen =
    blind.length > 0
      ? [
          {
            what: `${plural(blind.length, "organisation")} (${nameList(blind.map((each) => each.assessed.name))})`,
            why: "no record of the telemetry involves their addresses",
          },
        ]
      : [];
  const down = sensors
    .filter((each) => each.outages.length > 0)
    .map((each) => ({
      what: `${plural(hoursDown(each), "hour")} of sensor ${each.sensorId}`,
      why: "the sensor was down",
    }));
  return [...untested, ...missing, ...unused, ...rejected, ...unseen, ...down, ...BEYOND];
}

export function caveatsOf(input: AssessmentInput, results: readonly OrganisationResult[]): string[] {
  const caveats: string[] = [];
  if (input.synthetic) {
    caveats.push(
      "The telemetry is simulated: this shows that the pipeline works and says nothing about detection quality.",
    );
  }
  if (input.directory.organisations.size === 0) {
    caveats.push(
      "There is no organisation inventory: hosts are grouped by address realm, and sectors are unknown.",
    );
  } else if (results.some((each) => isUnassigned(each.assessed.org_id))) {
    caveats.push(
      "Some hosts with findings lie in no range of the inventory; they stand together as hosts without an organisation.",
    );
  }
  caveats.push(
    "Contact shows that a host talked to a server, not what was done there; a compromise must be confirmed on the host.",
    "Likelihoods follow the stated rule (docs/assessment.md) and are no measured frequencies: nobody knows how often organisations with such findings turn out to be compromised.",
  );
  if (input.gathered.earlyTimes > 0) {
    caveats.push(
      `Records with times before 1971, of a clock that was not set: ${input.gathered.earlyTimes}. They count for contact, and not for when sensors were up.`,
    );
  }
  return unique([...caveats, ...input.directory.warnings]);
}
