import { unique } from "../../kernel/group-by.js";
import { plural } from "../../kernel/plural.js";
import { rfc3339 } from "../../kernel/time.js";
import {
  type Entity,
  type Evidence,
  entityIn,
  type Finding,
  findingId,
  strictestTlp,
  type Tlp,
  textArgument,
} from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { distinct } from "../shared/log-evidence.js";
import type { Judged } from "./judge.js";
import { manifest } from "./manifest.js";
import type { Form } from "./transfers.js";

/** Groups of like transfers that one finding cites lines of. */
const CITED = 10;

const WHAT: Readonly<Record<Form, string>> = {
  program: "a program",
  script: "a script",
  archive: "an archive",
  "named program": "what is called a program",
  "named archive": "what is called an archive",
  unknown: "a file of unknown kind",
};

/** Of one host, one server and one way, the gravest first. */
export type Group = readonly [Judged, ...Judged[]];

/** One finding of all transfers one way between a host and a server, told by the gravest of them. */
export function findingOf(
  context: Pick<DetectContext, "directory">,
  group: Group,
  tlp: ReadonlyMap<string, Tlp>,
): Finding {
  const [{ transfers, circumstances, components, signs, score, severity }] = group;
  const { realm, client, server, address, bare, inside, way, form, port, example } = transfers;
  const all = group.map((each) => each.transfers);
  const first = all.reduce((least, each) => Math.min(least, each.first), Number.POSITIVE_INFINITY);
  const last = all.reduce((most, each) => Math.max(most, each.last), 0);
  const requests = all.reduce((sum, each) => sum + each.requests, 0);
  const org = context.directory.resolve(realm, client, first)?.orgId ?? null;
  const tag = org === null ? {} : { org };
  const entity = entityIn(realm);
  const evidence = evidenceOf(group);
  const hash = circumstances.file?.hash ?? "";
  const speaking = components.filter(({ name, value }) => value > 0 && name !== "routine");
  return {
    id: findingId(manifest.id, org, realm, client, server, way),
    detector: manifest.id,
    title:
      way === "fetch"
        ? `${client} fetched ${WHAT[form]} from ${server}`
        : `${client} sent ${WHAT[form]} to ${server}`,
    severity,
    score,
    components,
    first_seen: rfc3339(first),
    last_seen: rfc3339(last),
    org_id: org,
    entities: [
      entity("host", client, "victim"),
      bare ? serverAddress(server, inside, entity) : { kind: "domain", value: server, role: "server" },
      ...(hash === "" ? [] : [{ kind: "file" as const, value: hash, role: "hash" }]),
    ],
    attack: attackOf(group),
    evidence,
    explanation: {
      key: `tool-transfer.${way}`,
      args: [
        { type: "host", value: client, ...tag },
        textArgument(WHAT[form]),
        bare ? { type: "address", value: server, ...(inside ? tag : {}) } : { type: "domain", value: server },
        textArgument(`${port}`),
        textArgument(plural(requests, "request")),
        { type: "time", value: rfc3339(first) },
        { type: "time", value: rfc3339(last) },
        textArgument(`${example.method} ${example.path}`),
        textArgument(speaking.map(({ meaning }) => meaning).join(" ")),
      ],
    },
    caveats: caveatsOf(group),
    facts: {
      way,
      form,
      server,
      ...(address !== "" && { address }),
      server_inside: inside,
      port,
      paths: unique(all.map((each) => each.example.path)).slice(0, CITED),
      user_agent: example.agent,
      signs,
      requests,
      bytes: all.reduce((sum, each) => sum + each.bytes, 0),
      days: all.reduce((most, each) => Math.max(most, each.days), 0),
      clients_of_server: circumstances.server.clients,
      ...(hash !== "" && { hash }),
    },
    tlp: strictestTlp(evidence.map(({ source_id }) => tlp.get(source_id) ?? "clear")),
  };
}

/** Outside, an address is the same for everybody. */
function serverAddress(server: string, inside: boolean, entity: ReturnType<typeof entityIn>): Entity {
  return inside ? entity("address", server, "server") : { kind: "address", value: server, role: "server" };
}

/** How it went, what it was, and whether its name lied. Whether the connection also commands the host is not known, so it is not T1041. */
function attackOf(group: Group): string[] {
  const [{ transfers }] = group;
  const isFalse = group.some(
    ({ components, severity }) =>
      severity !== "informational" && components.some(({ name, value }) => name === "name" && value === 1),
  );
  return [
    transfers.way === "fetch" ? "T1105" : "T1048.003",
    ...(transfers.way === "fetch" ? ["T1071.001"] : []),
    ...(isFalse ? ["T1036.008"] : []),
  ];
}

export function evidenceOf(group: Group): Evidence[] {
  const lines = distinct(
    group.slice(0, CITED).flatMap(({ transfers, circumstances: { file } }): Evidence[] => {
      const { client, server, port, example, requests, agent } = transfers;
      const told =
        agent === "unknown"
          ? ""
          : `, ${example.agent === "" ? "no user agent" : example.agent.slice(0, 120)}`;
      const times = requests > 1 ? `first of ${requests}: ` : "";
      return [
        {
          table: "http_activity",
          source_id: example.source_id,
          line: example.line,
          time: rfc3339(example.at),
          summary: `${times}${client} to ${server} port ${port}: ${example.method} ${example.path.slice(0, 120)}${told}`,
        },
        ...(file === undefined
          ? []
          : [
              {
                table: "file_activity",
                source_id: file.source_id,
                line: file.line,
                time: rfc3339(file.at),
                summary: `${file.mime}, ${file.size} bytes${file.name === "" ? "" : `, ${file.name.slice(0, 120)}`}${file.hash === "" ? "" : `, ${file.hash}`}`,
              },
            ]),
      ];
    }),
  );
  return lines.sort((a, b) => a.time.localeCompare(b.time));
}

function caveatsOf(group: Group): string[] {
  const [{ transfers, circumstances }] = group;
  return [
    transfers.way === "fetch"
      ? "That a program came is not that it ran: look for the file and what the host did next."
      : "Whether the archive held anything of note no log of the network says: ask what was packed.",
    ...(transfers.inside
      ? ["The server is one of our own network: an administrator's or a developer's server looks the same."]
      : []),
    ...(transfers.form.startsWith("named")
      ? ["No log says what the file is: its name alone does, and whoever named it may have chosen."]
      : []),
    ...(transfers.form === "unknown"
      ? [
          "No log says what the file is: it may be data, or a program that is encrypted or that the sensor does not type.",
        ]
      : []),
    ...(circumstances.hosts < 20
      ? ["With so few hosts, that hardly any other uses the server says little."]
      : []),
    ...(group.length > CITED ? [`${group.length - CITED} more kinds of transfer are not listed.`] : []),
  ];
}
