import { chunks } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import { parseTime } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";
import { firstValuesSql, HELD_OF_MANY } from "./first-values.js";

/** A certificate as one address presented it. Times are milliseconds UTC; NaN where the log has none. */
export interface PresentedCertificate {
  ip: string;
  /** Fingerprint (longest known), or issuer and serial, or subject and issuer: what tells this certificate from others. */
  key: string;
  /** Hex fingerprints, without colons. */
  fingerprints: string[];
  subject: string;
  issuer: string;
  notBefore: number;
  notAfter: number;
  /** DNS names it is for: subject alternative names, else the common name. */
  names: string[];
  /** Server names that clients asked for when it was presented. */
  sni: string[];
  validation: string[];
  first: number;
  last: number;
}

interface TlsRow {
  ip: string;
  fingerprint: string;
  subject: string;
  issuer: string;
  leaves: string[];
  snis: string[];
  validation: string[];
  not_before: string | null;
  not_after: string | null;
  first: string;
  last: string;
}

interface CertificateRow {
  uid: string;
  md5: string;
  sha1: string;
  sha256: string;
  serial: string;
  subject: string;
  issuer: string;
  not_before: string | null;
  not_after: string | null;
  san: string[];
}

const CHUNK = 4_000;
const SELECT_CERTIFICATE = `certificate_uid AS uid, fingerprint_md5 AS md5, fingerprint_sha1 AS sha1, fingerprint_sha256 AS sha256,
  serial, subject, issuer, toString(not_before) AS not_before, toString(not_after) AS not_after, san_dns AS san`;

/** Certificates that these addresses presented. With TLS 1.3 the log often has none: that is silence, not a fact. */
export async function certificatesOf(
  context: DetectContext,
  ips: Iterable<string>,
): Promise<PresentedCertificate[]> {
  const result: PresentedCertificate[] = [];
  for (const part of chunks([...new Set(ips)], CHUNK)) {
    const rows = await context.query<TlsRow>(
      `SELECT toString(dst_endpoint_ip) AS ip, certificate_fingerprint AS fingerprint, certificate_subject AS subject,
              certificate_issuer AS issuer, ${firstValuesSql(20, "certificate_chain[1]", "", HELD_OF_MANY)} AS leaves, ${firstValuesSql(20, "sni", "", HELD_OF_MANY)} AS snis,
              groupUniqArray(5)(validation_status) AS validation, toString(min(certificate_not_before)) AS not_before,
              toString(min(certificate_not_after)) AS not_after, toString(min(time)) AS first, toString(max(time)) AS last
       FROM tls_activity
       WHERE dst_endpoint_ip IN {ips:Array(IPv6)} AND (certificate_fingerprint != '' OR notEmpty(certificate_chain) OR certificate_subject != '')
       GROUP BY ip, fingerprint, subject, issuer
       ORDER BY ip, fingerprint, subject, issuer LIMIT 40 BY ip`,
      { ips: part },
    );
    const known = await certificateRows(
      context,
      rows.flatMap((row) => [row.fingerprint, ...row.leaves]),
    );
    for (const row of rows) result.push(...presented(row, known));
  }
  return merge(result);
}

async function certificateRows(
  context: DetectContext,
  keys: readonly string[],
): Promise<Map<string, CertificateRow>> {
  const byKey = new Map<string, CertificateRow>();
  for (const part of chunks([...new Set(keys.filter((key) => key !== ""))], CHUNK)) {
    const rows = await context.query<CertificateRow>(
      `SELECT DISTINCT ${SELECT_CERTIFICATE} FROM certificate
       WHERE certificate_uid IN {keys:Array(String)} OR fingerprint_sha256 IN {keys:Array(String)} OR fingerprint_sha1 IN {keys:Array(String)}
       LIMIT 20000`,
      { keys: part },
    );
    for (const row of rows)
      for (const key of [row.uid, row.sha256, row.sha1, row.md5]) if (key !== "") byKey.set(key, row);
  }
  return byKey;
}

function presented(row: TlsRow, known: ReadonlyMap<string, CertificateRow>): PresentedCertificate[] {
  const details = new Map<string, CertificateRow | undefined>();
  for (const key of [row.fingerprint, ...row.leaves]) {
    const found = key === "" ? undefined : known.get(key);
    if (found !== undefined)
      details.set(`${found.sha256}${found.sha1}${found.serial}${found.subject}`, found);
  }
  if (details.size === 0) details.set("", undefined);
  return [...details.values()].map((detail) => {
    const subject = detail?.subject || row.subject;
    const issuer = detail?.issuer || row.issuer;
    const chainPrint =
      /^[0-9a-f]{64}$/.test(row.leaves[0] ?? "") && row.leaves.length === 1 ? (row.leaves[0] ?? "") : "";
    const fingerprints = [
      ...new Set([detail?.sha256, detail?.sha1, detail?.md5, row.fingerprint, chainPrint]),
    ].filter((print) => print !== undefined && print !== "") as string[];
    const named = detail?.san ?? [];
    const common = commonName(subject);
    return {
      ip: plainAddress(row.ip),
      key:
        fingerprints[0] ??
        (detail?.serial ? `${issuer}#${detail.serial}` : `${subject}#${issuer}#${row.not_before ?? ""}`),
      fingerprints,
      subject,
      issuer,
      notBefore: timeOf(detail?.not_before ?? row.not_before),
      notAfter: timeOf(detail?.not_after ?? row.not_after),
      names: (named.length > 0 ? named : common.includes(".") ? [common] : []).map((name) =>
        name.toLowerCase(),
      ),
      sni: row.snis.filter((name) => name !== ""),
      validation: row.validation.filter((status) => status !== ""),
      first: parseTime(row.first),
      last: parseTime(row.last),
    };
  });
}

const timeOf = (text: string | null | undefined): number => (text ? parseTime(text) : Number.NaN);

/** One entry for each address and certificate, whatever logs it was put together from. */
function merge(list: readonly PresentedCertificate[]): PresentedCertificate[] {
  const merged = new Map<string, PresentedCertificate>();
  for (const each of list) {
    const id = `${each.ip} ${each.key}`;
    const known = merged.get(id);
    if (known === undefined) merged.set(id, { ...each });
    else {
      known.sni = [...new Set([...known.sni, ...each.sni])];
      known.validation = [...new Set([...known.validation, ...each.validation])];
      known.first = Math.min(known.first, each.first);
      known.last = Math.max(known.last, each.last);
    }
  }
  return [...merged.values()];
}

/** `CN=` of a distinguished name, in either order and with escaped commas; empty where there is none. */
export function commonName(distinguishedName: string): string {
  const found = /(?:^|[,/]\s*)CN\s*=\s*((?:\\.|[^,/\\])*)/i.exec(distinguishedName);
  return (found?.[1] ?? "").replace(/\\(.)/g, "$1").trim().toLowerCase();
}

/** Whether a certificate for `names` covers `host` (RFC 6125: a wildcard stands for exactly one leftmost label). */
export function covers(names: readonly string[], host: string): boolean {
  const parent = host.slice(host.indexOf(".") + 1);
  return names.some((name) => name === host || (name.startsWith("*.") && name.slice(2) === parent));
}

/**
 * Other addresses that presented the same certificates, at most `most + 1` for each, so that a common one is recognised as common.
 * Only certificates with a fingerprint are followed.
 */
export async function addressesPresenting(
  context: DetectContext,
  fingerprints: readonly string[],
  most: number,
): Promise<Map<string, { ip: string; sni: string[] }[]>> {
  const result = new Map<string, { ip: string; sni: string[] }[]>();
  for (const part of chunks([...new Set(fingerprints)], CHUNK)) {
    const rows = await context.query<{ print: string; ip: string; snis: string[] }>(
      `SELECT print, toString(dst) AS ip, ${firstValuesSql(20, "sni", "", HELD_OF_MANY)} AS snis FROM (
         SELECT certificate_fingerprint AS print, dst_endpoint_ip AS dst, sni FROM tls_activity
         WHERE certificate_fingerprint IN {prints:Array(String)}
         UNION ALL
         SELECT certificate_chain[1] AS print, dst_endpoint_ip AS dst, sni FROM tls_activity
         WHERE certificate_chain[1] IN {prints:Array(String)}
         UNION ALL
         SELECT c.print AS print, t.dst_endpoint_ip AS dst, t.sni AS sni FROM tls_activity AS t
         INNER JOIN (
           SELECT DISTINCT certificate_uid, arrayJoin(arrayFilter(p -> p IN {prints:Array(String)}, [fingerprint_sha256, fingerprint_sha1, fingerprint_md5])) AS print
           FROM certificate
           WHERE certificate_uid != '' AND (fingerprint_sha256 IN {prints:Array(String)} OR fingerprint_sha1 IN {prints:Array(String)} OR fingerprint_md5 IN {prints:Array(String)})
         ) AS c ON t.certificate_chain[1] = c.certificate_uid
       )
       GROUP BY print, dst ORDER BY print, dst LIMIT {most:UInt32} BY print`,
      { prints: part, most: most + 1 },
    );
    for (const row of rows) {
      const list = result.get(row.print) ?? [];
      list.push({ ip: plainAddress(row.ip), sni: row.snis.filter((name) => name !== "") });
      result.set(row.print, list);
    }
  }
  return result;
}
