import { type AssessedOrganisation, likelihoodWord } from "../../model/assessment.js";
import { INDUSTRY_SECTORS } from "../../model/organisation.js";
import { say } from "../catalogue.js";
import { sayStatement } from "../explain.js";
import { formatPercent } from "../format.js";
import { STATUS } from "../words.js";
import { stixLines, stixText } from "./collector.js";
import { CONFIDENCE, type Scene } from "./scene.js";

/** Worse than this nobody was in contact with anything: those organisations are no part of the story. */
const CONTACTED = STATUS.contacted.rank;

/** Organisations in contact with their sectors, the hosts through which, and what is judged of each. */
export function addOrganisations(scene: Scene): void {
  const home = onlyHome(scene);
  const location =
    home === undefined ? undefined : scene.stix.domain("location", [home], { name: home, country: home });
  for (const organisation of scene.input.assessment.organisations) {
    if (STATUS[organisation.status].rank > CONTACTED) continue;
    const id = addOrganisation(scene, organisation);
    scene.organisations.set(organisation.org_id, id);
    scene.stix.relationship(id, "located-at", location, {
      description: "The country in which the watched organisations work, as the configuration says.",
    });
    addHosts(scene, organisation, id);
    addStatus(scene, organisation, id);
  }
}

/** The country of the watched organisations where the configuration names exactly one. */
function onlyHome({ input }: Scene): string | undefined {
  const named = new Set(input.assessment.schedules.flatMap(({ home }) => home));
  const [only] = named;
  return named.size === 1 && only !== undefined && /^[A-Z]{2}$/.test(only) ? only : undefined;
}

function addOrganisation({ stix }: Scene, { org_id, name, sector, subsector }: AssessedOrganisation): string {
  const isKnown = INDUSTRY_SECTORS.includes(sector);
  const other = [isKnown ? "" : sector, subsector].filter((each) => each !== "").join(", ");
  return stix.domain("identity", ["organisation", org_id], {
    name: stixText(name === "" ? org_id : name),
    ...(other !== "" && { description: stixText(`Sector: ${other}`) }),
    identity_class: "organization",
    ...(isKnown && { sectors: [sector] }),
  });
}

/** Private addresses are no observables here: one object would stand for the same address of several networks. */
function addHosts({ stix }: Scene, { org_id, hosts }: AssessedOrganisation, organisation: string): void {
  for (const { address, realm, name, role } of hosts) {
    const id = stix.domain("identity", ["host", org_id, realm, address || name], {
      name: stixText(name === "" || address === "" ? address || name : `${name} (${address})`),
      ...(role !== "" && { roles: [stixText(role)] }),
      identity_class: "system",
    });
    stix.relationship(id, "related-to", organisation, { description: "A host of the organisation." });
  }
}

/** Likelihood and confidence in separate sentences (ICD 203). */
function addStatus({ stix }: Scene, organisation: AssessedOrganisation, id: string): void {
  const { name, status, likelihood, confidence, why, org_id } = organisation;
  const since =
    organisation.first_seen === null || organisation.last_seen === null
      ? ""
      : ` Contact was seen from ${organisation.first_seen} to ${organisation.last_seen}, on ${organisation.active_days} days.`;
  stix.domain(
    "note",
    ["status", org_id],
    {
      abstract: stixText(`${name}: ${say(`status.${status}`)}`),
      content: stixLines([
        `That ${name} is compromised is assessed as ${likelihoodWord(likelihood)} (${formatPercent(likelihood)}).`,
        `Confidence in this is ${confidence}.${since}`,
        ...why,
        ...organisation.judgements
          .filter(({ about }) => about !== "likelihood" && about !== "confidence" && about !== "since")
          .map(({ statement }) => sayStatement(statement)),
      ]),
      object_refs: [id],
    },
    { confidence: CONFIDENCE[confidence] },
  );
}
