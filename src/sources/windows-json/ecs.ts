import type { Fields } from "../host-event.js";
import { addValue, isObject, type Json, objectIn, own, textIn, textOf } from "./event.js";

/** Where Winlogbeat's modules moved a field to: the name in the event, the path in ECS. */
type Moved = readonly (readonly [string, string])[];

const PROCESS: Moved = [
  ["ProcessGuid", "process.entity_id"],
  ["ProcessId", "process.pid"],
  ["Image", "process.executable"],
];
const FILE: Moved = [...PROCESS, ["TargetFilename", "file.path"]];
const REGISTRY: Moved = [...PROCESS, ["TargetObject", "registry.path"], ["Details", "registry.data.strings"]];
const SOURCE_PROCESS: Moved = [
  ["SourceProcessGUID", "process.entity_id"],
  ["SourceProcessId", "process.pid"],
  ["SourceThreadId", "process.thread.id"],
  ["SourceImage", "process.executable"],
];
const PIPE: Moved = [...PROCESS, ["PipeName", "file.name"]];
const STARTED: Moved = [
  ["CommandLine", "process.command_line"],
  ["CurrentDirectory", "process.working_directory"],
];
const PARENT: Moved = [
  ["ParentProcessGuid", "process.parent.entity_id"],
  ["ParentProcessId", "process.parent.pid"],
  ["ParentImage", "process.parent.executable"],
  ["ParentCommandLine", "process.parent.command_line"],
];
const PRODUCT = (of: string): Moved => [
  ["OriginalFileName", `${of}.pe.original_file_name`],
  ["Company", `${of}.pe.company`],
  ["Description", `${of}.pe.description`],
  ["FileVersion", `${of}.pe.file_version`],
  ["Product", `${of}.pe.product`],
];
const SIGNATURE = (of: string): Moved => [
  ["ImageLoaded", `${of}.path`],
  ["Signed", `${of}.code_signature.signed`],
  ["Signature", `${of}.code_signature.subject_name`],
  ["SignatureStatus", `${of}.code_signature.status`],
];

/** Sysmon's events by id. Source: the ingest pipelines and scripts of Winlogbeat's module "sysmon", versions 7 and 8. */
const SYSMON: Readonly<Record<number, Moved>> = {
  1: [...PROCESS, ...STARTED, ...PARENT, ...PRODUCT("process")],
  2: FILE,
  3: [
    ...PROCESS,
    ["Protocol", "network.transport"],
    ["SourceIp", "source.ip"],
    ["SourceHostname", "source.domain"],
    ["SourcePort", "source.port"],
    ["DestinationIp", "destination.ip"],
    ["DestinationHostname", "destination.domain"],
    ["DestinationPort", "destination.port"],
  ],
  5: PROCESS,
  6: SIGNATURE("file"),
  7: [...PROCESS, ...SIGNATURE("dll"), ...SIGNATURE("file"), ...PRODUCT("dll"), ...PRODUCT("file")],
  8: SOURCE_PROCESS,
  9: PROCESS,
  10: SOURCE_PROCESS,
  11: FILE,
  12: REGISTRY,
  13: REGISTRY,
  14: REGISTRY,
  15: FILE,
  17: PIPE,
  18: PIPE,
  22: [...PROCESS, ["QueryName", "dns.question.name"], ["QueryStatus", "sysmon.dns.status"]],
  23: FILE,
  25: PROCESS,
  26: FILE,
  27: FILE,
  28: FILE,
  29: FILE,
};
const SECURITY: Readonly<Record<number, Moved>> = {
  4688: [
    ["NewProcessId", "process.pid"],
    ["NewProcessName", "process.executable"],
    ["CommandLine", "process.command_line"],
    ["ParentProcessName", "process.parent.executable"],
  ],
};
/** Hashes in Sysmon's order. */
const HASHES = ["sha1", "md5", "sha256", "imphash"];

/**
 * Puts back under its own name what Winlogbeat's modules moved out of `winlog.event_data` into ECS. What the event still has is left as it is.
 */
export function addEcs(data: Fields, object: Json, system: Fields): void {
  const [provider, channel] = [
    String(system.get("Provider_Name") ?? ""),
    String(system.get("Channel") ?? ""),
  ];
  const eventId = Number(system.get("EventID"));
  const isSysmon = provider.toLowerCase() === "microsoft-windows-sysmon";
  const moved = isSysmon
    ? SYSMON[eventId]
    : channel.toLowerCase() === "security"
      ? SECURITY[eventId]
      : undefined;
  if (moved === undefined) return;
  for (const [name, path] of moved) {
    const value = at(object, path);
    if (value !== undefined && !data.has(name)) addValue(data, name, value);
  }
  if (!isSysmon) return;
  const user = objectIn(object, "user");
  const [domain, account] = [textIn(user, "domain"), textIn(user, "name")];
  if (account !== "" && !data.has("User"))
    data.set("User", domain === "" ? account : `${domain}\\${account}`);
  if (eventId === 3) addDirection(data, textIn(objectIn(object, "network"), "direction"));
  if (!data.has("Hashes")) addHashes(data, object);
}

function addDirection(data: Fields, direction: string): void {
  if (data.has("Initiated")) return;
  if (["egress", "outbound"].includes(direction)) data.set("Initiated", "true");
  else if (["ingress", "inbound"].includes(direction)) data.set("Initiated", "false");
}

function addHashes(data: Fields, object: Json): void {
  for (const of of ["dll", "file", "process"]) {
    const holder = objectIn(object, of);
    const [hash, pe] = [objectIn(holder, "hash"), objectIn(holder, "pe")];
    const texts = HASHES.map((kind) => [kind, textIn(hash, kind) || textIn(pe, kind)] as const)
      .filter(([, text]) => text !== "")
      .map(([kind, text]) => `${kind.toUpperCase()}=${text.toUpperCase()}`);
    if (texts.length === 0) continue;
    data.set("Hashes", texts.join(","));
    return;
  }
}

function at(object: Json, path: string): unknown {
  let value: unknown = object;
  for (const key of path.split(".")) value = isObject(value) ? own(value, key) : undefined;
  // An empty text is no value that was moved.
  return textOf(value) === "" ? undefined : value;
}
