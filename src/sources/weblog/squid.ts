/**
 * Squid's native access.log (logformat `squid`): `time elapsed client result/status bytes method URL user hierarchy/peer type`,
 * https://wiki.squid-cache.org/Features/LogFormat. It names no user agent.
 */
import { Checks } from "../checked.js";
import type { Probe, Reader, Shape } from "../port.js";
import { EMPTY_LIST, Prelude } from "../sql.js";
import { areLinesOf, cutByPattern, PatternReader, partsOf } from "./pattern.js";
import { sqlHostOfUrl } from "./request.js";

const LINE =
  "^ *([0-9]{9,10}\\.[0-9]{3}) +(-?[0-9]+) ([^ ]+) ([A-Z_]+)/([0-9]+) ([0-9]+) ([^ ]+) ([^ ].*) ([^ ]+) ([A-Z_]+)/([^ ]+) ([^ ]+)(?: .*)?$";
const GROUPS = {
  time: 1,
  client: 3,
  status: 5,
  bytes: 6,
  method: 7,
  url: 8,
  user: 9,
  hierarchy: 10,
  peer: 11,
  type: 12,
};

function squidShape(): Shape {
  const prelude = new Prelude();
  const checks = new Checks(prelude);
  const { part, field } = partsOf(GROUPS);
  // Only where Squid went to the server itself is the peer the server. A name there was not resolved.
  const peer = prelude.define(
    `if(${part("hierarchy")} IN ('DIRECT', 'HIER_DIRECT', 'ORIGINAL_DST', 'PINNED'), ifNull(toString(toIPv6OrNull(${part("peer")})), ''), '')`,
  );
  const [method, url] = [part("method"), part("url")];
  const port = prelude.define(
    `multiIf(match(${url}, '^https://[^/?]*$|^https://[^/?:]*[/?]'), '443', ${method} = 'CONNECT', extract(${url}, ':([0-9]+)$'), match(${url}, '^[a-z]+://[^/?]*:[0-9]+'), extract(${url}, '^[a-z]+://[^/?]*:([0-9]+)'), startsWith(${url}, 'http://'), '80', '')`,
  );
  const columns = {
    product: "'squid'",
    log_role: "'proxy'",
    time: checks.epochSeconds(field("time")),
    src_endpoint_ip: checks.address(field("client")),
    dst_endpoint_ip: checks.address({ name: "peer", raw: peer, absent: `${peer} = ''` }, false),
    dst_endpoint_port: checks.port({ name: "URL", raw: port, absent: `${port} = ''` }),
    url_hostname: sqlHostOfUrl(prelude, url, method),
    url_path: url,
    http_method: method,
    http_status: checks.status(field("status")),
    user_name: `if(${field("user").absent}, '', ${part("user")})`,
    response_length: checks.count(field("bytes")),
    response_mime_types: `if(${field("type").absent}, ${EMPTY_LIST}, [lower(${part("type")})])`,
    is_proxied: "1",
  };
  return {
    key: "squid-log",
    prelude: cutByPattern(LINE, prelude),
    rejectLine: "if(empty(parts), 'not a line of Squid\\'s access log', '')",
    plans: [{ table: "http_activity", columns, ...checks.verdict }],
  };
}

/** The reader if the file begins with such lines; else why not. */
export function squidReader(probe: Probe): Reader | string {
  return areLinesOf(new RegExp(LINE), probe)
    ? new PatternReader("squid-log", "squid", squidShape())
    : "nor those of Squid's native log";
}
