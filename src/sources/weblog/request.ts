import { type Prelude, sqlHostOfHeader } from "../sql.js";

const HEX = "[0-9a-fA-F]{2}";

/**
 * A quoted field as it was before it was written: `\"`, `\\`, `\xHH` and the letters of C (httpd's ap_escape_logitem, nginx's ngx_http_log_escape).
 * Text without a backslash, which is nearly all of it, is passed through.
 */
export function sqlUnescaped(raw: string): string {
  const letters = `transform(substring(piece, 2, 1), ['n', 't', 'r', 'b', 'f', 'v'], ['\\n', '\\t', '\\r', '\\b', '\\f', '\\v'], substring(piece, 2, 1))`;
  const piece = `multiIf(substring(piece, 1, 1) != '\\\\', piece, match(piece, '^\\\\\\\\x${HEX}'), unhex(substring(piece, 3, 2)), ${letters})`;
  const pieces = `extractAll(${raw}, '(?s)\\\\\\\\x${HEX}|\\\\\\\\.|[^\\\\\\\\]+')`;
  return `if(position(${raw}, '\\\\') = 0, ${raw}, arrayStringConcat(arrayMap(piece -> ${piece}, ${pieces})))`;
}

/**
 * Method, target and, where the target names one, host of a request line. What is no request (a handshake of TLS on a plain port, nothing) is target as it
 * stands, without a method.
 */
export function sqlRequest(
  prelude: Prelude,
  raw: string,
): { method: string; target: string; hostname: string } {
  const groups = prelude.define(
    `extractGroups(${raw}, '(?s)^([A-Za-z][A-Za-z_-]{0,31}) (.*?)(?: HTTP/[0-9.]+)?$')`,
  );
  const method = prelude.define(`${groups}[1]`);
  const target = prelude.define(
    sqlUnescaped(`if(empty(${groups}), if(${raw} = '-', '', ${raw}), ${groups}[2])`),
  );
  return { method, target, hostname: prelude.define(sqlHostOfUrl(prelude, target, method)) };
}

/** Host of an absolute URL, or of CONNECT's target; '' where there is none. */
export function sqlHostOfUrl(prelude: Prelude, url: string, method: string): string {
  const authority = `if(${method} = 'CONNECT', ${url}, extract(${url}, '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?@]*@)?([^/?]*)'))`;
  return sqlHostOfHeader(prelude.define(authority));
}
