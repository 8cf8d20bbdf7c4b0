import { unique } from "../../kernel/group-by.js";
import { maskSecrets } from "../../kernel/mask.js";
import { parseTime, rfc3339 } from "../../kernel/time.js";
import { entityIn, type Finding, findingId, textArgument } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { eventEvidence } from "../shared/event-evidence.js";
import { addressEntities, orgIdOf } from "../shared/host-owners.js";
import { distinct } from "../shared/log-evidence.js";
import { programName } from "../shared/process-name.js";
import { fileName } from "../shared/windows-path.js";
import type { Judged } from "./judge.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";

const HOSTS_LISTED = 50;
const LONGEST_COMMAND = 400;

/** What tells one finding of an organisation from another: the program, its parent, what its command has, and the file that it was given. */
export function identityOf({ runs, shapes, file }: Judged): string[] {
  return [runs.realm, runs.name, programName(runs.parentPath), [...shapes].sort().join("; "), fileName(file)];
}

/** One finding of like runs, gravest first. */
export function findingOf(
  context: Pick<DetectContext, "hosts">,
  group: readonly [Judged, ...Judged[]],
): Finding {
  const [{ runs, shapes, file, components, score, severity }] = group;
  const all = group.map((each) => each.runs);
  const { realm, name, parentPath } = runs;
  const orgId = orgIdOf(runs.owner);
  const org = orgId === null ? {} : { org: orgId };
  const hosts = unique(all.flatMap((each) => each.hostNames));
  const listed = hosts.slice(0, HOSTS_LISTED);
  const times = all.flatMap(({ first, last }) => [parseTime(first[0]), parseTime(last[0])]);
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const command = short(maskSecrets(runs.command));
  const entity = entityIn(realm);
  return {
    id: findingId(manifest.id, orgId, ...identityOf(group[0])),
    detector: manifest.id,
    title: say(
      "script-host-abuse.with",
      name,
      shapes[0] ?? (file === "" ? say("script-host-abuse.odd-parent") : fileName(file)),
      parentPath === "" ? "" : say("script-host-abuse.under", programName(parentPath)),
      hosts[0] ?? say("script-host-abuse.host"),
      hosts.length > 1 ? say("script-host-abuse.more", hosts.length - 1) : "",
    ),
    severity,
    score,
    components,
    first_seen: rfc3339(from),
    last_seen: rfc3339(to),
    org_id: orgId,
    entities: [
      ...listed.map((value) => entity("host", value, "victim")),
      ...addressEntities(context, realm, listed, from, to),
      ...unique(all.flatMap((each) => each.accounts))
        .slice(0, 20)
        .map((value) => entity("account", value, "actor")),
      entity("process", runs.path, "script host"),
      ...(parentPath === "" ? [] : [entity("process", parentPath, "parent")]),
      ...(/^(?:[a-z]:)?\\/i.test(file) ? [entity("file", file, "script")] : []),
    ],
    attack: unique(group.flatMap((each) => each.attack)),
    evidence: distinct(
      all.slice(0, 10).flatMap((each) => {
        const what = `${each.parentPath || "?"} started ${each.command}`;
        return [eventEvidence(each.first, what), eventEvidence(each.last, what)];
      }),
    ).slice(0, 20),
    explanation: {
      key: "script-host-abuse.ran",
      args: [
        textArgument(runs.path),
        { type: "list", value: hosts.slice(0, 5), ...org },
        { type: "time", value: rfc3339(from) },
        { type: "time", value: rfc3339(to) },
        { type: "number", value: all.reduce((sum, each) => sum + each.times, 0) },
        textArgument(command),
        {
          type: "list",
          value: components
            .filter(({ value, name: which }) => value >= 0.3 && which !== "rare")
            .map(({ meaning }) => short(maskSecrets(meaning))),
        },
      ],
    },
    caveats: [
      say("script-host-abuse.administrators-software-use-these"),
      ...(hosts.length > HOSTS_LISTED
        ? [say("script-host-abuse.more-hosts-not-listed", hosts.length - HOSTS_LISTED)]
        : []),
    ],
    facts: { shapes, command, file, parent: parentPath, hosts: hosts.length },
    tlp: "clear",
  };
}

function short(text: string): string {
  return text.length > LONGEST_COMMAND ? `${text.slice(0, LONGEST_COMMAND)}…` : text;
}
