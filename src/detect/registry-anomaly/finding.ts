import { unique } from "../../kernel/group-by.js";
import { maskSecrets } from "../../kernel/mask.js";
import { parseTime, rfc3339 } from "../../kernel/time.js";
import { entityIn, type Finding, findingId, textArgument } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { eventEvidence } from "../shared/event-evidence.js";
import { addressEntities, orgIdOf } from "../shared/host-owners.js";
import { distinct } from "../shared/log-evidence.js";
import { fileName } from "../shared/windows-path.js";
import { type Judged, SELDOM } from "./judge.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";

const HOSTS_LISTED = 50;
const VALUES_LISTED = 10;
const LONGEST_VALUE = 300;

/**
 * What tells one finding of an organisation from another within a realm: what it is about and the program; where much software writes, also the file that is
 * started, so that a finding holds no two programs.
 */
export function identityOf({ writes, place, traits }: Judged): string[] {
  const isShared = place.kind === "autostart" && place.value < SELDOM;
  return [
    writes.realm,
    place.family,
    fileName(writes.writer),
    isShared ? fileName(traits.file).replace(GUID, "#") : "",
  ];
}

const GUID = /\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?/g;

/** One finding of like writes, gravest first. */
export function findingOf(
  context: Pick<DetectContext, "hosts">,
  group: readonly [Judged, ...Judged[]],
): Finding {
  const [{ writes, place, traits, components, score, severity, history }] = group;
  const all = group.map((each) => each.writes);
  const orgId = orgIdOf(writes.owner);
  const hosts = unique(all.flatMap(({ hostNames }) => hostNames));
  const users = unique(all.flatMap((each) => each.users));
  const writers = unique(all.map(({ writer }) => writer)).filter((writer) => writer !== "");
  const times = all.flatMap(({ first, last }) => [parseTime(first[0]), parseTime(last[0])]);
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const [first, last] = [rfc3339(from), rfc3339(to)];
  const values = unique(all.map(valueText));
  const what = unique(group.map((each) => each.place.what));
  const usual = unique(group.flatMap((each) => (each.place.usual === "" ? [] : [each.place.usual])));
  const org = orgId === null ? {} : { org: orgId };
  const entity = entityIn(writes.realm);
  const said =
    place.kind === "autostart"
      ? `${place.what} was set; what stands there starts by itself`
      : `a setting was weakened: ${what.join("; ")}`;
  const more = hosts.length > 1 ? ` and ${hosts.length - 1} more` : "";
  return {
    id: findingId(manifest.id, orgId, ...identityOf(group[0])),
    detector: manifest.id,
    title: `${titleOf(group)}: ${hosts[0] ?? "a host"}${more}`,
    severity,
    score,
    components,
    first_seen: first,
    last_seen: last,
    org_id: orgId,
    entities: [
      ...hosts.slice(0, HOSTS_LISTED).map((value) => entity("host", value, "victim")),
      ...addressEntities(context, writes.realm, hosts.slice(0, HOSTS_LISTED), from, to),
      ...users.slice(0, 20).map((value) => entity("account", value, "maker")),
      ...(/^(?:[a-z]:)?\\/i.test(traits.file) ? [entity("file", traits.file, "program")] : []),
      ...writers.slice(0, 20).map((value) => entity("process", value, "maker")),
    ],
    attack: unique(group.map((each) => each.place.attack)),
    evidence: distinct(
      all
        .slice(0, 10)
        .flatMap((each) => [
          eventEvidence(each.first, `${each.writer || "somebody"} ${valueText(each)}`),
          eventEvidence(each.last, `${each.writer || "somebody"} ${valueText(each)}`),
        ]),
    ).slice(0, 20),
    explanation: {
      key: "registry-anomaly.written",
      args: [
        { type: "number", value: hosts.length },
        { type: "list", value: hosts.slice(0, 5), ...org },
        textArgument(said),
        { type: "time", value: first },
        { type: "time", value: last },
        textArgument(
          `${writers.slice(0, 5).join(", ") || "a program that no event names"}${users.length === 0 ? "" : `, as ${users.slice(0, 5).join(", ")}`}`,
        ),
        { type: "list", value: values.slice(0, VALUES_LISTED) },
        {
          type: "list",
          value: components
            .filter(({ value, name }) => value >= 0.3 && name !== "rare")
            .map(({ meaning }) => meaning),
        },
      ],
    },
    caveats: [
      usual.length === 0
        ? say("registry-anomaly.administrators-installers-write-registry")
        : say("registry-anomaly.harmless-things-also-write", usual.join("; ")),
      ...(values.length > VALUES_LISTED
        ? [say("registry-anomaly.more-values-not-listed", values.length - VALUES_LISTED)]
        : []),
      ...(hosts.length > HOSTS_LISTED
        ? [say("registry-anomaly.more-hosts-not-listed", hosts.length - HOSTS_LISTED)]
        : []),
    ],
    facts: {
      what: place.kind === "autostart" ? "autostart" : place.family,
      place: what.join("; "),
      writer: writers[0] ?? "",
      values: values.length,
      events: all.reduce((sum, { events }) => sum + events, 0),
      hosts: hosts.length,
      history_hours: Math.round(history),
    },
    tlp: "clear",
  };
}

function titleOf([{ place, traits, writes }, ...others]: readonly [Judged, ...Judged[]]): string {
  const by = writes.writer === "" ? "" : ` by ${fileName(writes.writer)}`;
  if (place.kind === "autostart") {
    const started = traits.file === "" ? "" : ` starts ${fileName(traits.file)}`;
    return say("registry-anomaly.set", capital(place.what), started, by);
  }
  const more = unique(others.map((each) => each.place.what)).filter((what) => what !== place.what).length;
  return say("registry-anomaly.weakened", by, place.what, more > 0 ? ` (and ${more} more)` : "");
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function valueText({ key, data, deleted }: Judged["writes"]): string {
  const value = maskSecrets(data.length > LONGEST_VALUE ? `${data.slice(0, LONGEST_VALUE)}…` : data);
  return deleted ? `deleted ${key}` : `${key} = ${value === "" ? "(nothing, or not in the event)" : value}`;
}
