import { isIP } from "node:net";
import { unique } from "../../kernel/group-by.js";
import { maskSecrets } from "../../kernel/mask.js";
import { plainAddress } from "../../kernel/plain-address.js";
import { parseTime, rfc3339 } from "../../kernel/time.js";
import {
  type Entity,
  type Evidence,
  type ExplanationArg,
  type Finding,
  findingId,
} from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { eventEvidence } from "../shared/event-evidence.js";
import { addressEntities, orgIdOf } from "../shared/host-owners.js";
import { distinct } from "../shared/log-evidence.js";
import type { Judged } from "./join.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import type { Page, RequestLine } from "./pages.js";

const LONGEST = 200;

export function findingOf(context: Pick<DetectContext, "hosts">, judged: Judged): Finding {
  const { realm, owner, host, pages, script, compiled, commands, components, score, severity } = judged;
  const orgId = orgIdOf(owner);
  const org = orgId === null ? {} : { org: orgId };
  const [page] = pages;
  const where = host || page?.server || "a server";
  const what = page?.page ?? script?.path ?? "";
  const times = [
    ...pages.flatMap(({ first, last }) => [first, last]),
    ...commands.flatMap(({ start, end }) => [start, end]),
    ...(script === undefined ? [] : [parseTime(script.first[0]), parseTime(script.last[0])]),
  ];
  const [from, to] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  const [first, last] = [rfc3339(from), rfc3339(to)];
  const value = (name: string) => components.find((each) => each.name === name)?.value ?? 0;
  const users = unique([...commands.flatMap((each) => each.users), ...(script?.users ?? [])]).slice(0, 20);
  const clients = unique(pages.flatMap(({ clientList }) => clientList)).slice(0, 20);
  const shown = unique(commands.map(({ command }) => short(maskSecrets(command)))).slice(0, 5);
  const text = (said: string): ExplanationArg => ({ type: "text", value: said });
  const entity = (kind: Entity["kind"], of: string, role: string): Entity => ({
    kind,
    value: of,
    realm,
    role,
  });
  const servers = unique(pages.map(({ server }) => server)).filter((server) => isIP(server) !== 0);
  return {
    id: findingId(
      manifest.id,
      orgId,
      realm,
      where.toLowerCase(),
      (page?.page ?? script?.path ?? "").toLowerCase(),
    ),
    detector: manifest.id,
    title:
      what === ""
        ? say("web-shell.web-server-started-shells", where)
        : say("web-shell.looks-like-web-shell", short(what), where),
    severity,
    score,
    components,
    first_seen: first,
    last_seen: last,
    org_id: orgId,
    entities: [
      ...(host !== "" || servers.length === 0 ? [entity("host", where, "victim")] : []),
      ...servers.map((server) => entity("address", server, "victim")),
      ...(host === ""
        ? []
        : addressEntities(context, realm, [host], from, to).filter(
            ({ value: address }) => !servers.includes(address),
          )),
      ...clients.map((client) => entity("address", client, "client")),
      ...users.map((user) => entity("account", user, "user")),
      ...(script === undefined ? [] : [entity("file", script.path, "web shell")]),
      ...unique(commands.map(({ program }) => program))
        .filter((program) => program !== "")
        .slice(0, 10)
        .map((program) => entity("process", program, "mentioned")),
    ],
    attack: [
      "T1505.003",
      ...(value("started") >= 0.5 ? ["T1059"] : []),
      ...(value("tunnel") >= 0.4 ? ["T1572"] : []),
    ],
    evidence: evidenceOf(judged).slice(0, 20),
    explanation: {
      key: "web-shell.found",
      args: [
        text(
          what === ""
            ? "A web server's process started shells or commands"
            : `The page ${short(what)} looks like a web shell`,
        ),
        { type: "host", value: where, ...org },
        { type: "time", value: first },
        { type: "time", value: last },
        text(
          page === undefined
            ? "No log of requests shows who asked for it."
            : `${page.requests} requests came from ${page.clients} addresses (${clients.slice(0, 3).join(", ")}).`,
        ),
        text(shown.length === 0 ? "" : `Started: ${shown.join("; ")}.`),
        { type: "list", value: components.filter((each) => each.value >= 0.3).map(({ meaning }) => meaning) },
      ],
    },
    caveats: caveatsOf(judged),
    facts: {
      page: page?.page ?? "",
      file: script?.path ?? "",
      requests: pages.reduce((sum, { requests }) => sum + requests, 0),
      posts: pages.reduce((sum, { posts }) => sum + posts, 0),
      clients: page?.clients ?? 0,
      commands: shown,
      compiled: compiled !== undefined,
      sides: [
        ...(page ? ["requests"] : []),
        ...(script ? ["file"] : []),
        ...(commands.length > 0 ? ["commands"] : []),
      ],
    },
    tlp: "clear",
  };
}

const short = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

function evidenceOf({ pages, script, compiled, commands }: Judged): Evidence[] {
  return distinct([
    ...(script === undefined ? [] : [eventEvidence(script.first, `${script.by} wrote ${script.path}`)]),
    ...(compiled === undefined ? [] : [eventEvidence(compiled.line, `ASP.NET compiled ${compiled.page}`)]),
    ...pages.flatMap((page: Page) => page.lines.map(requestEvidence)),
    ...commands
      .slice(0, 12)
      .map((each) =>
        eventEvidence(
          each.first,
          `${each.parent || each.users[0] || "a web server"} started: ${each.command}`,
        ),
      ),
  ]);
}

function requestEvidence([time, source_id, line, client, method, path, status]: RequestLine): Evidence {
  return {
    table: "http_activity",
    source_id,
    line: Number(line),
    time: rfc3339(parseTime(time)),
    summary: short(maskSecrets(`${plainAddress(client)} ${method} ${path} (${status})`)),
  };
}

function caveatsOf({ pages, script, commands, host }: Judged): string[] {
  return [
    say("web-shell.interfaces-between-programs-monitoring"),
    ...(pages.length > 0 && commands.length === 0 && script === undefined
      ? [say("web-shell.no-event-host-itself")]
      : []),
    ...(commands.length > 0 && pages.length === 0 && script === undefined
      ? [say("web-shell.which-page-asked-not")]
      : []),
    ...(pages.length > 0 && pages[0]?.clients === 1 ? [say("web-shell.one-address-may-be")] : []),
    ...(pages.length > 0 && script !== undefined && pages[0]?.server !== host
      ? [say("web-shell.page-file-joined-by")]
      : []),
  ];
}
