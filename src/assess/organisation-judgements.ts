import { unique } from "../kernel/group-by.js";
import { DAY } from "../kernel/time.js";
import { type AssessedOrganisation, isActive } from "../model/assessment.js";
import { type Confidence, type ExplanationArg, wordArgument } from "../model/finding.js";
import type { OrganisationJudgement, Uploads } from "../model/organisation-judgement.js";
import type { ReachedAsset, WithinReach } from "../model/within-reach.js";
import type { OrgBearing } from "./attribute.js";
import { basisText, isEvidence, type Line } from "./independence.js";
import type { AssessmentInput } from "./input.js";
import { say as reason } from "./reason-messages.js";

/** Assets told in sentences; the others are counted. */
const TOLD = 8;

/** What the sentences are made of. */
export interface Judged {
  organisation: Pick<
    AssessedOrganisation,
    "org_id" | "name" | "likelihood" | "likelihood_word" | "first_seen" | "last_seen" | "hosts"
  > & { confidence: Confidence };
  lines: readonly Line[];
  bearings: readonly OrgBearing[];
  /** Share of the telemetry's time in which its sensors were up, 0..1. */
  coverage: number;
  reach: WithinReach;
  uploads: Uploads;
}

/** What is judged of an organisation with evidence, sentence by sentence: likelihood and confidence never share one (ICD 203), and each has its findings. */
export function organisationJudgements(
  { gathered }: Pick<AssessmentInput, "gathered">,
  judged: Judged,
): OrganisationJudgement[] {
  const { organisation, lines, bearings } = judged;
  const { org_id: org, name, likelihood, likelihood_word: word, confidence } = organisation;
  const evidence = unique(lines.flatMap(({ findings }) => findings.map(({ id }) => id)));
  const all = unique(bearings.filter(isEvidence).map(({ finding }) => finding.id));
  const say = sentence(org);
  return [
    say("likelihood", "organisation.likelihood", evidence, [
      { type: "organisation", value: name },
      wordArgument(`likelihood.${word.replaceAll(" ", "-")}`),
      { type: "percent", value: likelihood },
    ]),
    say("confidence", "organisation.confidence", evidence, [wordArgument(`confidence.${confidence}`)]),
    ...since(say, judged, gathered.last, all),
    say("means", "organisation.means", evidence, [
      list(lines.map((line) => reason("line.with", basisText(line), line.finding.title))),
    ]),
    ...(organisation.hosts.length > 0
      ? [
          say("hosts", "organisation.hosts", unique(organisation.hosts.flatMap(({ findings }) => findings)), [
            list(organisation.hosts.map(({ address, name: own }) => own || address)),
          ]),
        ]
      : []),
    ...reachOf(say, judged.reach, all),
    ...volumeOf(say, judged.uploads),
    ...unknownOf(say, judged, gathered, all),
  ];
}

type Say = (
  about: OrganisationJudgement["about"],
  key: string,
  findings: readonly string[],
  args: readonly ExplanationArg[],
) => OrganisationJudgement;

/** Every argument says whose it is, so that a report for others can leave it out. */
const sentence =
  (org: string): Say =>
  (about, key, findings, args) => ({
    about,
    statement: { key, args: args.map((each) => ({ ...each, org })) },
    findings: [...findings],
  });

const time = (value: string): ExplanationArg => ({ type: "time", value });
const count = (value: number): ExplanationArg => ({ type: "number", value });
const list = (value: string[]): ExplanationArg => ({ type: "list", value });

function since(say: Say, { organisation }: Judged, end: number | undefined, findings: readonly string[]) {
  const { first_seen: first, last_seen: last } = organisation;
  if (first === null || last === null || end === undefined) return [];
  const state = isActive(Date.parse(last), end) ? "organisation.since.active" : "organisation.since.silent";
  return [say("since", state, findings, [time(first), time(last)])];
}

function reachOf(say: Say, { listed, assets }: WithinReach, evidence: readonly string[]) {
  if (!listed) return [say("reach", "organisation.reach.no-list", evidence, [])];
  if (assets.length === 0) return [say("reach", "organisation.reach.none", evidence, [])];
  const more = assets.slice(TOLD);
  const controllers = assets.filter(({ role }) => role === "domain_controller");
  const touched = controllers.filter(({ ways }) => ways.some(({ way }) => way !== "contact"));
  const domain = touched.length > 0 ? touched : controllers;
  return [
    ...assets.slice(0, TOLD).map((asset) => assetSentence(say, asset)),
    ...(more.length > 0
      ? [say("reach", "organisation.reach.more", findingsOf(more), [count(more.length)])]
      : []),
    ...(domain.length > 0
      ? [
          say(
            "reach",
            touched.length > 0 ? "organisation.reach.domain" : "organisation.reach.domain-contact",
            findingsOf(domain),
            [],
          ),
        ]
      : []),
  ];
}

const findingsOf = (assets: readonly ReachedAsset[]) =>
  unique(assets.flatMap(({ ways }) => ways.flatMap(({ findings }) => findings)));

/** By the strongest way alone. */
function assetSentence(say: Say, { name, address, role, ways }: ReachedAsset) {
  const [{ way, hosts, connections, first_seen, last_seen, findings }] = ways as [
    ReachedAsset["ways"][number],
  ];
  const what: ExplanationArg[] = [{ type: "host", value: name || address }, wordArgument(`role.${role}`)];
  const when = [time(first_seen), time(last_seen)];
  if (way === "stepped_to")
    return say("reach", "organisation.reach.stepped", findings, [...what, list([...hosts]), ...when]);
  return way === "contact"
    ? say("reach", "organisation.reach.contact", findings, [
        ...what,
        count(hosts.length),
        count(connections),
        ...when,
      ])
    : say("reach", way === "acted_on" ? "organisation.reach.acted" : "organisation.reach.reached", findings, [
        ...what,
        ...when,
      ]);
}

function volumeOf(say: Say, { at_least: bytes, uploads }: Uploads) {
  const measured = uploads.filter((each) => each.bytes_out > 0);
  const some = measured.length > 0 ? measured : uploads;
  if (some.length === 0) return [];
  const firsts = some.map((each) => each.first_seen).sort();
  const lasts = some.map((each) => each.last_seen).sort();
  const args = [
    time(firsts[0] as string),
    time(lasts.at(-1) as string),
    list(unique(some.flatMap(({ destinations }) => destinations.slice(0, 1)))),
  ];
  const ids = some.map(({ finding }) => finding);
  return measured.length > 0
    ? [say("volume", "organisation.volume", ids, [{ type: "bytes", value: bytes }, ...args])]
    : [say("volume", "organisation.volume.unmeasured", ids, args)];
}

function unknownOf(
  say: Say,
  { organisation, coverage }: Judged,
  gathered: AssessmentInput["gathered"],
  evidence: readonly string[],
) {
  const first = organisation.first_seen === null ? undefined : Date.parse(organisation.first_seen);
  const isAtStart = first !== undefined && gathered.first !== undefined && first - gathered.first < 2 * DAY;
  const isBlind = (gathered.classes.windows_event ?? 0) === 0;
  const down = gathered.sensors.length > 0 ? 1 - coverage : 0;
  return [
    say("unknown", "organisation.unknown.content", evidence, []),
    ...(isAtStart ? [say("unknown", "organisation.unknown.older", evidence, [])] : []),
    ...(isBlind ? [say("unknown", "organisation.unknown.hosts", evidence, [])] : []),
    ...(down >= 0.01
      ? [say("unknown", "organisation.unknown.gaps", evidence, [{ type: "percent", value: down }])]
      : []),
  ];
}
