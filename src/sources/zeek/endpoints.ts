import type { Checks } from "../checked.js";
import type { ZeekFields } from "./fields.js";

/** Time, identifier and both ends of a connection, which most of Zeek's logs have. */
export function endpoints(fields: ZeekFields, checks: Checks): Record<string, string> {
  return {
    time: fields.time(checks, "ts"),
    connection_uid: fields.word("uid"),
    src_endpoint_ip: checks.address(fields.field("id.orig_h")),
    src_endpoint_port: checks.port(fields.field("id.orig_p"), true),
    dst_endpoint_ip: checks.address(fields.field("id.resp_h")),
    dst_endpoint_port: checks.port(fields.field("id.resp_p"), true),
  };
}
