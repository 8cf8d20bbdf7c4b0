/**
 * Access logs in the common and combined formats, as Apache httpd (mod_log_config), nginx (ngx_http_log_module), Tomcat and many others write them:
 * `[vhost[:port]] client ident user [time] "request" status bytes ["referer" "user agent"] …`. What follows is left alone.
 */
import { Checks } from "../checked.js";
import type { Probe, Reader, Shape } from "../port.js";
import { Prelude, sqlHostOfHeader } from "../sql.js";
import { areLinesOf, cutByPattern, PatternReader, partsOf } from "./pattern.js";
import { sqlRequest, sqlUnescaped } from "./request.js";

const VHOST = "(?:([A-Za-z0-9_][A-Za-z0-9_.-]*(?::[0-9]+)?) )?";
/** An address or, where the server looks names up, a name; never the `-` of a missing ident. */
const CLIENT = "([0-9A-Fa-f.:]+|[A-Za-z0-9_][A-Za-z0-9_.-]*)";
const QUOTED = '"((?:[^"\\\\]|\\\\.)*)"';
/** Tomcat writes quotes as they come: where the strict reading does not fit, the request ends where status and bytes follow. */
const REQUEST = '"((?:[^"\\\\]|\\\\.)*|.*?)"';
/** RE2 and JavaScript read it alike. */
const LINE = `^${VHOST}${CLIENT} ([^ ]+) ([^\\[]*?) ?\\[([^\\]]*)\\] ${REQUEST} ([0-9]+|-) ([0-9]+|-)(?: ${QUOTED} ${QUOTED})?(?: .*)?$`;
const GROUPS = {
  vhost: 1,
  client: 2,
  user: 4,
  time: 5,
  request: 6,
  status: 7,
  bytes: 8,
  referrer: 9,
  agent: 10,
};

/** Names of a client that are no address. */
const IS_NAME = "'^[A-Za-z0-9_][A-Za-z0-9_.-]*[A-Za-z][A-Za-z0-9_.-]*$'";

function accessShape(): Shape {
  const prelude = new Prelude();
  const checks = new Checks(prelude);
  const { part, field } = partsOf(GROUPS);
  const said = (name: keyof typeof GROUPS) => `if(${field(name).absent}, '', ${sqlUnescaped(part(name))})`;
  const client = field("client");
  const isName = `match(${client.raw}, ${IS_NAME})`;
  const time = field("time");
  const { method, target, hostname } = sqlRequest(prelude, part("request"));
  const vhost = prelude.define(sqlHostOfHeader(part("vhost")));
  const port = prelude.define(`extract(${part("vhost")}, ':([0-9]+)$')`);
  const columns = {
    product: "'access-log'",
    log_role: "'server'",
    time: checks.instant(
      time,
      `CAST(parseDateTimeOrNull(${time.raw}, '%d/%b/%Y:%H:%i:%s %z', 'UTC') AS Nullable(DateTime64(6, 'UTC')))`,
    ),
    src_endpoint_ip: checks.address({ ...client, absent: isName }, false),
    dst_endpoint_port: checks.port({ name: "vhost", raw: port, absent: `${port} = ''` }),
    url_hostname: `if(${hostname} != '', ${hostname}, ${vhost})`,
    url_path: target,
    http_method: method,
    http_status: checks.status(field("status")),
    user_agent: said("agent"),
    referrer: said("referrer"),
    user_name: said("user"),
    response_length: checks.count(field("bytes")),
  };
  return {
    key: "access-log",
    prelude: cutByPattern(LINE, prelude),
    rejectLine: "if(empty(parts), 'not a line of an access log', '')",
    plans: [{ table: "http_activity", columns, ...checks.verdict }],
  };
}

/** The reader if the file begins with such lines; else why not. */
export function accessLogReader(probe: Probe): Reader | string {
  return areLinesOf(new RegExp(LINE, "s"), probe)
    ? new PatternReader("access-log", "access", accessShape())
    : 'the first lines are not those of an access log (client, user, [time], "request", status)';
}
