import { attributeSubjects, type Setting, type Subject } from "../assess/index.js";
import { DETECTORS } from "../detect/registry.js";
import { rivalClusters } from "../intel/knowledge/index.js";
import { groupBy, unique } from "../kernel/group-by.js";
import type { AssessedSchedule } from "../model/assessed-schedule.js";
import type { Attribution } from "../model/attribution.js";
import type { Finding } from "../model/finding.js";
import type { Correlation } from "../model/incident.js";
import type { OrganisationDirectory } from "../model/organisation.js";
import type { Store } from "../store/port.js";
import type { Detected } from "./detect.js";
import { loadKnowledge } from "./knowledge/load.js";
import type { Settings } from "./settings.js";

/**
 * Who could be behind the incidents and campaigns of a case, after our own knowledge base and the folders of `knowledge:`. Computed whenever it is
 * read, as incidents are (decision 0005).
 * @throws LW_KNOWLEDGE
 */
export async function attributeStep(
  store: Store,
  { config, directory }: Pick<Settings, "config" | "directory">,
  { findings, runs, schedules }: Pick<Detected, "findings" | "runs" | "schedules">,
  correlation: Correlation,
): Promise<Attribution[]> {
  if (correlation.incidents.length === 0) return [];
  const rivals = rivalClusters(await loadKnowledge(config.knowledge));
  const ran = new Set(runs.filter(({ status }) => status === "ran").map(({ id }) => id));
  const testable = new Set(
    DETECTORS.filter(({ manifest }) => ran.has(manifest.id)).flatMap(({ manifest }) =>
      manifest.attack.map((id) => rivals.currentTechnique(id)),
    ),
  );
  const telemetry = await telemetryOf(store);
  const byId = new Map(findings.map((finding) => [finding.id, finding]));
  const subject = (
    kind: Subject["kind"],
    { id, org_ids }: { id: string; org_ids: readonly string[] },
    ids: readonly string[],
  ): Subject => {
    const own = unique(ids).flatMap((each) => byId.get(each) ?? []);
    return {
      id,
      kind,
      orgIds: org_ids,
      findings: own,
      sectors: sectorsOf(org_ids, directory),
      countries: config.home.countries,
      calendars: calendarsOf(own, schedules),
      testable,
      ...telemetry,
    };
  };
  const incidents = new Map(correlation.incidents.map((incident) => [incident.id, incident]));
  return attributeSubjects(
    [
      ...correlation.campaigns.map((campaign) =>
        subject("campaign", campaign, [
          ...campaign.incidents.flatMap((id) => incidents.get(id)?.findings ?? []),
          ...campaign.findings,
        ]),
      ),
      ...correlation.incidents.map((incident) => subject("incident", incident, incident.findings)),
    ],
    rivals,
  );
}

async function telemetryOf(store: Store): Promise<Pick<Subject, "hasHosts" | "hasNetwork">> {
  const [row] = await store.query<{ hosts: number; network: number }>(
    "SELECT (SELECT count() FROM windows_event) AS hosts, (SELECT count() FROM internal_host) AS network",
  );
  return { hasHosts: Number(row?.hosts ?? 0) > 0, hasNetwork: Number(row?.network ?? 0) > 0 };
}

function sectorsOf(orgIds: readonly string[], { organisations }: OrganisationDirectory): Setting["sectors"] {
  const known = orgIds.flatMap((id) => organisations.get(id) ?? []).filter(({ sector }) => sector !== "");
  return [...groupBy(known, ({ sector }) => sector)]
    .map(([value, some]) => ({ value, orgs: some.map(({ orgId }) => orgId).sort() }))
    .sort((a, b) => (a.value < b.value ? -1 : 1));
}

/** What the working hours of servers and accounts that the findings name say of holidays; each country once, what fits before what does not. */
function calendarsOf(
  findings: readonly Finding[],
  schedules: readonly AssessedSchedule[],
): Setting["calendars"] {
  const named = new Set(findings.flatMap(({ entities }) => entities.map(({ value }) => value)));
  const own = schedules.filter(({ subject: { name, names, servers } }) =>
    [name, ...names, ...servers].some((value) => named.has(value)),
  );
  const said = own.flatMap(({ subject, calendars }) =>
    calendars.flatMap(({ country, verdict }) =>
      verdict === "fits" || verdict === "consistent_single_episode" || verdict === "excluded"
        ? [{ country, fits: verdict !== "excluded", subject: subject.name }]
        : [],
    ),
  );
  return [...groupBy(said, ({ country }) => country).values()]
    .flatMap((some) => some.find(({ fits }) => fits) ?? some[0] ?? [])
    .sort((a, b) => (a.country < b.country ? -1 : 1));
}
