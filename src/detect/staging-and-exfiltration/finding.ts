import { unique } from "../../kernel/group-by.js";
import { maskSecrets } from "../../kernel/mask.js";
import { rfc3339 } from "../../kernel/time.js";
import { entityIn, type Finding, findingId, textArgument } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { isPrivateAddress, isPublicAddress } from "../shared/endpoint.js";
import { eventEvidence } from "../shared/event-evidence.js";
import { addressEntities, orgIdOf } from "../shared/host-owners.js";
import { distinct } from "../shared/log-evidence.js";
import { folderName } from "./act.js";
import type { Judged } from "./judge.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import type { Done } from "./starts.js";

/** Programs that do nothing else, by the names of their files: an id of ATT&CK, or type and name. Those of Windows itself say nothing. */
const SOFTWARE: ReadonlyMap<string, string> = new Map([
  ["rclone", "S1040"],
  ["rar", "tool:WinRAR"],
  ["winrar", "tool:WinRAR"],
  ["7z", "tool:7-Zip"],
  ["7za", "tool:7-Zip"],
  ["7zr", "tool:7-Zip"],
  ["7zg", "tool:7-Zip"],
  ["winscp", "tool:WinSCP"],
  ["pscp", "tool:PuTTY"],
  ["psftp", "tool:PuTTY"],
  ["azcopy", "tool:AzCopy"],
  ["mega-put", "tool:MEGAcmd"],
  ["megatools", "tool:Megatools"],
  ["megacopy", "tool:Megatools"],
  ["megaput", "tool:Megatools"],
]);
const LONGEST_COMMAND = 200;
const STEPS_TOLD = 10;

/** What tells one finding from another: the host where it began, and the folder in which files were laid down; of a lone upload its server. */
export function identityOf({ chain: { realm, steps, uploads, folders, hosts } }: Judged): string[] {
  const [host = ""] = hosts;
  const [folder] = folders;
  const act = uploads[0]?.done.act;
  const sent = act?.kind === "upload" ? act.server || folderName(act.file) : "";
  return [realm, host, folder ?? (steps.length > 0 ? "" : sent)];
}

/** One finding of the chains of one host and folder, gravest first. */
export function findingOf(
  context: Pick<DetectContext, "hosts">,
  group: readonly [Judged, ...Judged[]],
): Finding {
  const [{ chain, components, score, severity, tie }] = group;
  const { realm } = chain;
  const orgId = orgIdOf(chain.owner);
  const org = orgId === null ? {} : { org: orgId };
  const chains = group.map((each) => each.chain);
  const uploads = chains.flatMap((each) => each.uploads.map(({ done }) => done));
  const acts = [...chains.flatMap(({ steps }) => steps), ...uploads].sort((a, b) => a.at - b.at);
  const arrivals = chains.flatMap((each) => each.arrivals);
  const seen = group.flatMap((each) => each.seen);
  const times = acts.map(({ at }) => at);
  const from = times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const to = times.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const hosts = unique([...acts.map(({ host }) => host), ...arrivals.map(({ host }) => host)]);
  const accounts = unique(acts.flatMap(({ account }) => (account === "" ? [] : [account])));
  const files = unique([
    ...acts.flatMap(({ act }) =>
      act.kind === "packing" ? [act.archive] : act.kind === "upload" ? [act.file] : [],
    ),
    ...arrivals.map(({ path }) => path),
  ]).filter((path) => path !== "");
  const servers = unique([
    ...uploads.flatMap(({ act }) => (act.kind === "upload" && act.server !== "" ? [act.server] : [])),
    ...seen.map(({ server }) => server),
  ]);
  const software = unique(
    acts.flatMap(({ act }) => ("program" in act ? (SOFTWARE.get(act.program) ?? []) : [])),
  );
  const bytes = seen.reduce((sum, each) => sum + each.bytes, 0);
  const entity = entityIn(realm);
  const sent = sentWords(tie, servers, bytes);
  return {
    id: findingId(manifest.id, orgId, ...identityOf(group[0])),
    detector: manifest.id,
    title: `${titleOf(group[0], servers)}: ${hosts[0] ?? "a host"}${hosts.length > 1 ? ` and ${hosts.length - 1} more` : ""}`,
    severity,
    score,
    components,
    first_seen: rfc3339(from),
    last_seen: rfc3339(to),
    org_id: orgId,
    entities: [
      ...hosts.slice(0, 20).map((value) => entity("host", value, "victim")),
      ...addressEntities(context, realm, hosts.slice(0, 20), from, to),
      ...accounts.slice(0, 20).map((value) => entity("account", value, "actor")),
      ...files
        .filter((path) => /^(?:[a-z]:|\\\\|\/)/i.test(path))
        .slice(0, 20)
        .map((value) => entity("file", value, "archive")),
      ...servers.slice(0, 20).map((value) => ({
        kind: isPublicAddress(value) ? ("address" as const) : ("domain" as const),
        value,
        role: "destination",
      })),
    ],
    attack: unique(group.flatMap((each) => each.attack)),
    evidence: distinct([
      ...acts.slice(0, 12).map((done) => eventEvidence(done.line, short(hiddenSecrets(done.command)))),
      ...seen.slice(0, 4).map(({ evidence }) => evidence),
      ...arrivals
        .slice(0, 4)
        .map(({ line, path, program }) => eventEvidence(line, `${program} wrote ${path}`)),
    ]).slice(0, 20),
    explanation: {
      key: `${manifest.id}.chain`,
      args: [
        { type: "list", value: hosts.slice(0, 5), ...org },
        { type: "time", value: rfc3339(from) },
        { type: "time", value: rfc3339(to) },
        textArgument(sent),
        { type: "list", value: acts.slice(0, STEPS_TOLD).map((done) => stepWords(done, hosts.length > 1)) },
        {
          type: "list",
          value: components
            .filter(({ value, name }) => value >= 0.3 && name !== "routine")
            .map(({ meaning }) => meaning),
        },
      ],
    },
    caveats: [
      ...(tie === undefined ? [say("staging-and-exfiltration.no-event-tells-anything")] : []),
      ...(tie === "same account" ? [say("staging-and-exfiltration.what-sent-away-what")] : []),
      ...(tie !== undefined && seen.length === 0
        ? [say("staging-and-exfiltration.no-network-sensor-saw")]
        : []),
      say("staging-and-exfiltration.backups-agreed-deliveries-look"),
      ...(acts.length > STEPS_TOLD
        ? [say("staging-and-exfiltration.more-commands-not-listed", acts.length - STEPS_TOLD)]
        : []),
    ],
    facts: {
      tie: tie ?? "none",
      archives: unique(files).slice(0, 20),
      ...(software.length > 0 && { software }),
      servers: servers.slice(0, 20),
      bytes_out: bytes,
      seen_on_wire: seen.length > 0,
    },
    tlp: "clear",
  };
}

function titleOf({ chain: { steps }, tie }: Judged, servers: readonly string[]): string {
  const what = steps.some(({ act }) => act.kind === "export")
    ? "an export"
    : steps.length > 0
      ? "an archive"
      : "a file";
  if (tie === undefined) return say("staging-and-exfiltration.put-together", what);
  const to = servers[0] === undefined ? "" : ` to ${servers[0]}`;
  return tie === "same account"
    ? say("staging-and-exfiltration.put-together-upload-after", what, to)
    : say(
        "staging-and-exfiltration.sent-away",
        what,
        steps.length > 0 ? say("staging-and-exfiltration.put-together.2") : "",
        to,
      );
}

function sentWords(tie: Judged["tie"], servers: readonly string[], bytes: number): string {
  if (tie === undefined) return "stayed there";
  const volume = bytes > 0 ? `; a network sensor saw ${(bytes / 1e6).toFixed(1)} MB go out` : "";
  return `were sent to ${servers.slice(0, 3).join(", ") || "a server that no event names"}${volume}`;
}

function stepWords({ at, host, command }: Done, withHost: boolean): string {
  return `${rfc3339(at)}${withHost ? ` ${host}` : ""} ${short(hiddenSecrets(command))}`;
}

/** Passwords of archives and of uploads, as these programs take them. */
export function hiddenSecrets(command: string): string {
  return maskSecrets(command)
    .replaceAll(/(\s-(?:pw|P)\s+)\S+/g, "$1***")
    .replaceAll(/(\s-h?p)(?!w\s|ath\b|ort\b)(?:[^\s"]+|"[^"]*")+/g, "$1***")
    .replaceAll(/(\s(?:-u|--user)[ =]\s?["']?[^\s:"']+:)[^\s"']+/g, "$1***");
}

function short(text: string): string {
  return text.length > LONGEST_COMMAND ? `${text.slice(0, LONGEST_COMMAND)}…` : text;
}

/** A server within the organisation's own network: what goes there has not left. */
export function isInside(server: string, host: string): boolean {
  if (server === "") return false;
  if (isPrivateAddress(server)) return true;
  if (!server.includes(".")) return !server.includes(":");
  if (isPublicAddress(server)) return false;
  const domain = host.toLowerCase().split(".").slice(1).join(".");
  return (
    (domain.includes(".") && (server === domain || server.endsWith(`.${domain}`))) ||
    /\.(?:local|lan|corp|internal|localdomain)$|^(?:127\.|::1)/.test(server)
  );
}
