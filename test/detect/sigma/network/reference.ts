/**
 * The reference for rules on stored rows: the rule model evaluated by the matcher of events on a row read back as JSON. What a field's name stands for comes from
 * the log source; what the columns say is read here anew, without the SQL that is to be tested.
 */
import type { TableSource } from "../../../../src/detect/sigma/logsource/index.js";
import { compile } from "../../../../src/detect/sigma/match/compile.js";
import type { SigmaEvent } from "../../../../src/detect/sigma/match/event.js";
import { EventView } from "../../../../src/detect/sigma/match/view.js";
import type { Condition } from "../../../../src/detect/sigma/rule/model.js";

export type RawRow = Readonly<Record<string, string | number | readonly string[] | null>>;

const ADDRESSES = ["src_endpoint_ip", "dst_endpoint_ip", "device_ip"];
const NONE_IF_ZERO = ["src_endpoint_port", "dst_endpoint_port", "device_port", "http_status"];
const YES_OR_NO = ["rejected", "established", "resumed", "is_ca"];

/** Values of one attribute; none where the row does not say. */
function valuesOf(row: RawRow, attribute: string): string[] {
  const value = row[attribute];
  if (ADDRESSES.includes(attribute))
    return value === "::" ? [] : [String(value).replace(/^::ffff:(?=\d+\.)/, "")];
  if (NONE_IF_ZERO.includes(attribute)) return Number(value) === 0 ? [] : [String(value)];
  if (YES_OR_NO.includes(attribute)) return [Number(value) === 0 ? "false" : "true"];
  if (attribute === "src_is_local" || attribute === "dst_is_local")
    return Number(value) === 0 ? [] : [Number(value) === 1 ? "true" : "false"];
  if (attribute === "time") return [`${String(value).replace(" ", "T")}Z`];
  if (attribute in row) {
    const values = Array.isArray(value) ? (value as string[]) : [String(value ?? "")];
    return values.filter((each) => each !== "");
  }
  return [derived(row, attribute)].filter((each) => each !== "");
}

function derived(row: RawRow, attribute: string): string {
  const text = (name: string): string => String(row[name] ?? "");
  const url = text("url_path");
  const absolute = /^[a-z][a-z0-9+.-]*:\/\//i.test(url);
  const [beforeQuery = "", ...query] = url.split("?");
  const stem = absolute ? beforeQuery.replace(/^[^:]*:\/\/[^/]*/, "") : beforeQuery;
  const fromFirewall = text("product").startsWith("csv:");
  const refused = text("connection_state") === "REJ";
  switch (attribute) {
    case "url_stem":
      return stem;
    case "url_query":
      return query.join("?");
    case "url_extension":
      return /\.([^./;]{1,16})$/.exec(stem)?.[1] ?? "";
    case "url_full":
      if (absolute) return url;
      if (text("url_hostname") === "" || text("http_method") === "CONNECT") return "";
      return `${row.dst_endpoint_port === 443 ? "https" : "http"}://${text("url_hostname")}${url}`;
    case "firewall_action":
      return fromFirewall ? (refused ? "deny" : "accept") : "";
    case "firewall_blocked":
      return fromFirewall ? String(refused) : "";
    case "user_agent_plus":
      return text("user_agent").replaceAll(" ", "+");
    case "user_principal":
      return [text("user_name"), text("user_domain")].filter((each, at) => at === 0 || each !== "").join("/");
    case "file_action":
      return `SMB::${text("operation")}`;
    case "succeeded":
      return { Success: "true", Failure: "false" }[text("status")] ?? "";
    case "rule_group":
      return text("rule_uid").split(":")[0] ?? "";
    case "rule_number":
      return text("rule_uid").split(":")[1] ?? "";
    default:
      throw new Error(`no attribute ${attribute}`);
  }
}

export function referenceEvent({ fields }: TableSource, row: RawRow): SigmaEvent {
  const read = (name: string): string[] => {
    const mapped = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (mapped === undefined) return [];
    if ("value" in mapped) return [mapped.value];
    return [...new Set(mapped.attributes.flatMap((each) => valuesOf(row, each)))];
  };
  const mentioned = Object.values(fields).flatMap((mapped) =>
    "attributes" in mapped ? mapped.attributes : [],
  );
  return {
    channel: "",
    provider: "",
    eventId: -1,
    field(name) {
      const values = read(name);
      return values.length === 0 ? undefined : values;
    },
    texts: () => [...new Set(mentioned)].flatMap((each) => valuesOf(row, each)),
  };
}

export function holds(condition: Condition, event: SigmaEvent): boolean {
  const view = new EventView({});
  const test = compile(condition, view);
  view.load(event);
  return test(view);
}

/** Rows that a log source speaks of. */
export function isOf({ products, where = {} }: TableSource, row: RawRow): boolean {
  return (
    (products === undefined || products.includes(String(row.product).replace("zeek-open", "zeek"))) &&
    Object.entries(where).every(([column, values]) => (values as string[]).includes(String(row[column])))
  );
}
