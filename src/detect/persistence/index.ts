import { groupBy, unique } from "../../kernel/group-by.js";
import type { Finding } from "../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { watchedDays } from "../shared/cadence.js";
import { EvidenceIndex } from "../shared/evidence.js";
import { knowsInside, NO_INSIDE } from "../shared/inside.js";
import { loadSensorHours, type SensorHours } from "../shared/sensor-hours.js";
import { Suspicions } from "../shared/suspicion.js";
import { candidatesOf } from "./candidates.js";
import { contactsOf, type Part } from "./contacts.js";
import { type Destination, destinationsOf, type Kin } from "./destinations.js";
import { evidencePairs, makeFinding, type Relation } from "./finding.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { courseOf } from "./relation.js";
import { scoreOf } from "./score.js";
import { readUsual } from "./usual.js";

export const detector: Detector = { manifest, run };

async function run(context: DetectContext): Promise<DetectorResult> {
  if (!(await knowsInside(context))) return { findings: [], evaluated: [], notTested: NO_INSIDE };
  const sensors = await loadSensorHours(context);
  const watched = watchedDays(
    sensors.up(sensors.sensors, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
  ).length;
  const least = context.parameter("least_days");
  if (watched < least) {
    const notTested = say(
      "persistence.telemetry-covers-contact-lasts",
      watched === 1 ? say("persistence.one-day") : say("persistence.days", watched),
      least,
    );
    return {
      findings: [],
      evaluated: [{ what: say("persistence.days-sensors-watched"), count: watched }],
      notTested,
    };
  }
  const candidates = await candidatesOf(context);
  const destinations = await destinationsOf(context, candidates, suspectedIn(context.findings));
  const parts = await contactsOf(context, destinations);
  const all = await relationsOf(context, destinations, parts, sensors);
  const suspected = all.filter(({ facts }) => facts.suspected.length > 0);
  const others = all
    .filter(({ facts }) => facts.suspected.length === 0)
    .sort((a, b) => b.score.score - a.score.score || b.facts.course.days.length - a.facts.course.days.length);
  const reported = [...suspected, ...others.slice(0, context.parameter("max_findings"))];
  const index = await EvidenceIndex.load(context, reported.flatMap(evidencePairs));
  return {
    findings: reported.map((relation) => makeFinding(context, relation, index)),
    evaluated: [
      { what: say("persistence.days-sensors-watched"), count: watched },
      { what: say("persistence.addresses-few-users-many"), count: candidates.addresses.length },
      { what: say("persistence.names-few-users-many"), count: candidates.names.length },
      {
        what: say("persistence.certificates-came-back-at"),
        count: candidates.certificates.length,
      },
      { what: say("persistence.all-these-not-looked"), count: candidates.beyond },
      { what: "destinations", count: destinations.length },
      { what: say("persistence.lasting-relations"), count: all.length },
      { what: say("persistence.lasting-relations-not-reported"), count: all.length - reported.length },
    ],
  };
}

/** Servers that others suspect, and which of them they say belong together. Watched servers need not belong together. */
function suspectedIn(findings: readonly Finding[]): {
  addresses: string[];
  domains: string[];
  kin: Kin[];
} {
  const suspicions = new Suspicions(findings);
  const servers = suspicions.findings.map(({ detector, entities }) => ({
    detector,
    addresses: entities.flatMap(({ kind, role, value }) =>
      role === "server" && kind === "address" ? [value] : [],
    ),
    domains: entities.flatMap(({ kind, role, value }) =>
      role === "server" && kind === "domain" ? [value] : [],
    ),
  }));
  return {
    addresses: unique(servers.flatMap((each) => each.addresses)),
    domains: unique(servers.flatMap((each) => each.domains)),
    kin: servers
      .filter((each) => each.detector !== "infrastructure-contact")
      .map((each) => [...each.domains, ...each.addresses]),
  };
}

/** Relations that last, with everything that is said of them. */
async function relationsOf(
  context: DetectContext,
  destinations: readonly Destination[],
  parts: readonly Part[][],
  sensors: SensorHours,
): Promise<Relation[]> {
  const suspicions = new Suspicions(context.findings);
  const usual = await readUsual(context);
  const inside = await insideHosts(context);
  const rareHosts = context.parameter("rare_hosts");
  const ownerOf = ({ realm, host, first }: Part) => context.directory.resolve(realm, host, first)?.orgId;
  // Hosts that nobody owns are one organisation in each address realm, as far as anybody knows.
  const organisationOf = (part: Part) => ownerOf(part) ?? `\n${part.realm}`;
  return destinations.flatMap((destination, at) => {
    const own = parts[at] ?? [];
    const hosts = unique(own.map(({ realm, host }) => `${realm}|${host}`)).length;
    const suspected = suspicions.about([...destination.keys, ...destination.addresses.keys()]);
    if (suspected.length === 0 && hosts > rareHosts) return [];
    const byOwner = groupBy(own, (part) => ownerOf(part) ?? `\n${part.realm}|${part.host}`);
    return [...byOwner].flatMap(([owner, list]) => {
      const course = courseOf(list, sensors);
      if (!lasts(context, course)) return [];
      const facts = {
        course,
        hosts,
        organisations: unique(own.map(organisationOf)).length,
        usual: (destination.names.length > 0 ? usual.names : usual.addresses).share(
          hosts,
          course.days.length,
        ),
        rarityKnown: inside >= context.parameter("known_hosts"),
        suspected,
        rareHosts,
      };
      const orgId = owner.startsWith("\n") ? null : owner;
      return [{ orgId, destination, parts: list, facts, score: scoreOf(facts) }];
    });
  });
}

function lasts(context: DetectContext, { days, weeks, spanDays }: Relation["facts"]["course"]): boolean {
  return (
    days.length >= context.parameter("active_days") &&
    weeks >= context.parameter("active_weeks") &&
    spanDays >= context.parameter("least_days")
  );
}

/** Inside hosts that contacted anything. */
async function insideHosts(context: DetectContext): Promise<number> {
  const [row] = await context.query<{ hosts: number | string }>(
    `SELECT uniqCombined(12)(address_realm, src_ip) AS hosts FROM contact_hourly
     WHERE connections > 0 AND (address_realm, src_ip) IN (SELECT address_realm, ip FROM internal_host)`,
  );
  return Number(row?.hosts ?? 0);
}
