import { unique } from "../../kernel/group-by.js";
import { parseTime, rfc3339 } from "../../kernel/time.js";
import {
  type Entity,
  type Evidence,
  entityIn,
  type Finding,
  findingId,
  textArgument,
} from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { type EventLine, eventEvidence } from "../shared/event-evidence.js";
import { addressEntities, orgIdOf } from "../shared/host-owners.js";
import { distinct } from "../shared/log-evidence.js";
import { fileName } from "../shared/windows-path.js";
import type { Judged } from "./judge.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import type { Suspect } from "./suspect.js";

const HOSTS_LISTED = 50;

/** What tells one finding of an organisation from another: the program's name. */
export const identityOf = ({ realm, path }: Pick<Suspect, "realm" | "path">): string[] => [
  realm,
  fileName(path),
];

/** Hosts with traces of it: where it was started, and where drives were filled with it. */
export const hostsOf = ({ host, fillers }: Suspect): string[] => [
  host,
  ...fillers.map(({ writings }) => writings[0].host),
];

/** One finding of a program on all hosts of an organisation, gravest first. */
export function findingOf(
  context: Pick<DetectContext, "hosts">,
  group: readonly [Judged, ...Judged[]],
): Finding {
  const [{ suspect, components, signs, score, severity }] = group;
  const all = group.map((each) => each.suspect);
  const { realm, path } = suspect;
  const orgId = orgIdOf(suspect.owner);
  const org = orgId === null ? {} : { org: orgId };
  const hosts = unique(all.flatMap(hostsOf));
  const traces = all.flatMap(({ start, fillers }) => [
    ...(start === undefined ? [] : [start]),
    ...fillers.flatMap(({ writings }) => writings),
  ]);
  const users = unique(traces.flatMap((each) => each.users));
  const times = traces.flatMap(({ first, last }) => [parseTime(first[0]), parseTime(last[0])]);
  const [from, to] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  const [first, last] = [rfc3339(from), rfc3339(to)];
  const files = unique(
    all
      .flatMap(({ acts }) => acts.filter(({ what }) => what === "copy" || what === "library"))
      .map(({ object }) => object),
  );
  const hashes = unique(all.flatMap(({ start }) => start?.hashes ?? []));
  const writers = unique(all.flatMap(({ fillers }) => fillers.map(({ writings }) => writings[0].writer)));
  const entity = entityIn(realm);
  const isRemovable = all.some(({ plug, isNamed }) => plug !== undefined || isNamed);
  return {
    id: findingId(manifest.id, orgId, ...identityOf(suspect)),
    detector: manifest.id,
    title: say(
      "removable-media-worm.like-worm",
      fileName(path),
      suspect.start === undefined
        ? say("removable-media-worm.fills-drives")
        : say("removable-media-worm.came-from-drive"),
      String(hosts[0]),
      hosts.length > 1 ? say("removable-media-worm.more", hosts.length - 1) : "",
    ),
    severity,
    score,
    components,
    first_seen: first,
    last_seen: last,
    org_id: orgId,
    entities: [
      ...hosts.slice(0, HOSTS_LISTED).map((value) => entity("host", value, "victim")),
      ...addressEntities(context, realm, hosts.slice(0, HOSTS_LISTED), from, to),
      ...users.slice(0, 20).map((value) => entity("account", value, "user")),
      ...unique([path, ...writers])
        .slice(0, 20)
        .map((value) => entity("process", value, "program")),
      ...files.slice(0, 20).map((value) => entity("file", value, "library")),
      ...hashes.slice(0, 20).map((value): Entity => ({ kind: "file", value, role: "hash" })),
    ],
    attack: attackOf(group),
    evidence: evidenceOf(all),
    explanation: {
      key: "removable-media-worm.program",
      args: [
        textArgument(path),
        { type: "number", value: hosts.length },
        { type: "list", value: hosts.slice(0, 5), ...org },
        { type: "time", value: first },
        { type: "time", value: last },
        textArgument(
          users.length === 0 ? "As whom it ran no event says." : `It ran as ${users.slice(0, 5).join(", ")}.`,
        ),
        {
          type: "list",
          value: components
            .filter(({ value, name }) => value >= 0.5 && name !== "started")
            .map(({ meaning }) => meaning),
        },
      ],
    },
    caveats: [
      say("removable-media-worm.files-hidden-drive-hidden"),
      ...(isRemovable ? [] : [say("removable-media-worm.no-event-says-drive")]),
      ...(hosts.length > HOSTS_LISTED
        ? [say("removable-media-worm.more-hosts-not-listed", hosts.length - HOSTS_LISTED)]
        : []),
    ],
    facts: {
      program: path,
      signs: [...signs],
      removable: isRemovable,
      plugged_in: all.filter(({ plug }) => plug !== undefined).length,
      starts: all.reduce((sum, { start }) => sum + (start?.events ?? 0), 0),
      hosts: hosts.length,
      hashes: hashes.slice(0, 10),
    },
    tlp: "clear",
  };
}

function attackOf(group: readonly Judged[]): string[] {
  const signs = new Set(group.flatMap((each) => each.signs));
  const acts = new Set(
    group.flatMap(({ suspect }) =>
      [suspect, ...suspect.fillers].flatMap((each) => each.acts.map(({ what }) => what)),
    ),
  );
  return [
    "T1091",
    ...(signs.has("pair") ? ["T1574.001"] : []),
    ...(signs.has("folder") || signs.has("hides") ? ["T1564.001"] : []),
    ...(signs.has("autostart") && acts.has("autostart") ? ["T1547.001"] : []),
    ...(signs.has("autostart") && acts.has("task") ? ["T1053.005"] : []),
  ];
}

const TOLD = new Set(["library", "copy", "hiding", "autostart", "task", "fetch"]);

function evidenceOf(suspects: readonly Suspect[]): Evidence[] {
  const lines = suspects.slice(0, 5).flatMap(({ plug, start, fillers, acts }): [EventLine, string][] => [
    ...(plug === undefined ? [] : [[plug.line, "storage plugged in"] as [EventLine, string]]),
    ...(start === undefined
      ? []
      : [[start.first, `started ${start.command || start.path}`] as [EventLine, string]]),
    ...fillers
      .flatMap(({ writings }) => writings)
      .slice(0, 4)
      .map(({ first, writer, folder, names }): [EventLine, string] => [
        first,
        `${writer} wrote ${folder}\\: ${names.slice(0, 5).join(", ")}`,
      ]),
    ...[...acts, ...fillers.flatMap((filler) => filler.acts)]
      .filter(({ what }) => TOLD.has(what))
      .slice(0, 8)
      .map(({ line, what, object, detail }): [EventLine, string] => [line, `${what} ${object} ${detail}`]),
  ]);
  return distinct(lines.map(([line, what]) => eventEvidence(line, what))).slice(0, 20);
}
