import { unique } from "../../kernel/group-by.js";
import { parseTime, rfc3339 } from "../../kernel/time.js";
import {
  type Entity,
  type Evidence,
  type Finding,
  findingId,
  type ScoreComponent,
  type Severity,
  textArgument,
} from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { eventEvidence } from "../shared/event-evidence.js";
import { addressEntities, orgIdOf } from "../shared/host-owners.js";
import { distinct } from "../shared/log-evidence.js";
import { fileName } from "../shared/windows-path.js";
import type { Candidate } from "./candidate.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { actsOf } from "./score.js";

const HOSTS_LISTED = 50;

export interface Judged {
  candidate: Candidate;
  components: ScoreComponent[];
  score: number;
  severity: Severity;
}

/** One finding for a program and a library of one organisation; `group`: in which folders, gravest first. */
export function findingOf(
  context: Pick<DetectContext, "hosts">,
  group: readonly [Judged, ...Judged[]],
): Finding {
  const [{ candidate, components, score, severity }] = group;
  const { load, kind, known, conduct } = candidate;
  const all = group.map((each) => each.candidate);
  const orgId = orgIdOf(load.owner);
  const org = orgId === null ? {} : { org: orgId };
  const hosts = unique(all.flatMap((each) => each.load.hostNames));
  const times = all.flatMap((each) => [each.load.first, each.load.last]).map(([time]) => parseTime(time));
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const [first, last] = [rfc3339(from), rfc3339(to)];
  const speaking = components.filter(({ value }) => value >= 0.3).map(({ meaning }) => meaning);
  const host = (value: string): Entity => ({ kind: "host", value, realm: load.realm, role: "victim" });
  const users = unique(
    all.flatMap((each) => each.conduct.map(({ user }) => user)).filter((user) => user !== ""),
  );
  const signed =
    candidate.program?.signature === "valid" ? `signed by ${candidate.program.signer}` : "signature not seen";
  const hashes = unique(all.flatMap((each) => each.load.hashes)).filter((hash) => hash !== "");
  return {
    id: findingId(manifest.id, orgId, load.realm, fileName(load.program), fileName(load.module)),
    detector: manifest.id,
    title: titleOf(candidate, hosts),
    severity,
    score,
    components,
    first_seen: first,
    last_seen: last,
    org_id: orgId,
    entities: [
      ...hosts.slice(0, HOSTS_LISTED).map(host),
      ...addressEntities(context, load.realm, hosts.slice(0, HOSTS_LISTED), from, to),
      ...users
        .slice(0, 20)
        .map((value): Entity => ({ kind: "account", value, realm: load.realm, role: "user" })),
      { kind: "process", value: load.program, realm: load.realm, role: "program" },
      { kind: "file", value: load.module, realm: load.realm, role: "library" },
      ...sha256(hashes).map((value): Entity => ({ kind: "file", value, role: "hash" })),
    ],
    attack: [kind === "configuration" ? "T1574.014" : "T1574.001"],
    evidence: evidenceOf(all).slice(0, 20),
    explanation: {
      key: kind === "configuration" ? "dll-sideload.configuration" : "dll-sideload.pair",
      args: [
        textArgument(load.program),
        textArgument(signed),
        textArgument(load.module),
        textArgument(load.signer === "" ? SIGNATURE[load.signature] : `signed by ${load.signer}`),
        { type: "number", value: hosts.length },
        { type: "list", value: hosts.slice(0, 5), ...org },
        { type: "time", value: first },
        { type: "time", value: last },
        textArgument(
          conduct[0]?.parent ? `It was started by ${conduct[0].parent}.` : "What started it is not known.",
        ),
        { type: "list", value: speaking },
      ],
    },
    caveats: caveatsOf(candidate),
    facts: {
      program: load.program,
      module: load.module,
      known: known.why,
      signature: load.signature,
      signer: load.signer,
      loads: all.reduce((sum, each) => sum + each.load.loads, 0),
      hosts: hosts.length,
      hashes: hashes.slice(0, 10),
      acts: actsOf(candidate),
      ...(candidate.drop === undefined ? {} : { seconds_from_drop: candidate.drop.seconds }),
    },
    tlp: "clear",
  };
}

const SIGNATURE = {
  unsigned: "not signed",
  doubtful: "with a signature that does not hold",
  unknown: "signature not checked",
  valid: "signed",
};

function titleOf({ load, kind }: Candidate, hosts: readonly string[]): string {
  const where = `${hosts[0] ?? "a host"}${hosts.length > 1 ? ` and ${hosts.length - 1} more` : ""}`;
  return kind === "configuration"
    ? say("dll-sideload.run-configuration-dropped-beside", fileName(load.program), where)
    : say("dll-sideload.loaded-from-place-does", fileName(load.program), fileName(load.module), where);
}

/** SHA-256 values out of Sysmon's `SHA1=…,MD5=…,SHA256=…`. */
function sha256(hashes: readonly string[]): string[] {
  return unique(hashes.flatMap((text) => /SHA256=([0-9A-F]{64})/i.exec(text)?.[1]?.toLowerCase() ?? []));
}

function evidenceOf(candidates: readonly Candidate[]): Evidence[] {
  const lines = candidates.slice(0, 5).flatMap(({ load, drop, conduct, kind }) => {
    const verb = kind === "configuration" ? "written:" : "loaded";
    const program = kind === "configuration" ? "" : `${load.program} `;
    return [
      ...(drop === undefined || kind === "configuration"
        ? []
        : [eventEvidence(drop.drop.line, `${drop.drop.by} wrote ${load.module}`)]),
      eventEvidence(load.first, `${program}${verb} ${load.module}`),
      ...conduct
        .slice(0, 3)
        .flatMap(({ started, commandLine, acts }) => [
          ...(started === undefined
            ? []
            : [eventEvidence(started, `started: ${commandLine || load.program}`)]),
          ...acts.map(({ what, count, example, line }) =>
            eventEvidence(line, `${what}${count > 1 ? ` (${count})` : ""}: ${example}`),
          ),
        ]),
      eventEvidence(load.last, `${program}${verb} ${load.module}`),
    ];
  });
  return distinct(lines);
}

function caveatsOf({ load, program, kind, known }: Candidate): string[] {
  return [
    say("dll-sideload.side-load-needs-no"),
    ...(program === undefined && kind === "library" ? [say("dll-sideload.program-never-seen-load")] : []),
    ...(load.signature === "unknown" ? [say("dll-sideload.sysmon-did-not-say")] : []),
    ...(load.sameFolder || known.why === "phantom" ? [] : [say("dll-sideload.library-not-beside-program")]),
    ...(kind === "configuration" ? [say("dll-sideload.what-stands-configuration-file")] : []),
  ];
}
