import { createHash } from "node:crypto";
import { DAY, dateOf, SECOND } from "./clock.js";
import { ascii } from "./slab.js";

export interface Certificate {
  /** SHA-256, as Zeek 5 and later write it. */
  fingerprint: string;
  /** What stands in ssl.log: this certificate's fingerprint, then its issuer's. */
  chain: Uint8Array;
  /** The x509.log row after the time. */
  row: Uint8Array;
  issuer: Certificate | undefined;
}

export interface CertificateFacts {
  subject: string;
  issuer: string;
  from: number;
  to: number;
  names: string[];
  authority?: Certificate | undefined;
  isAuthority?: boolean;
}

function digest(...parts: string[]): string {
  return createHash("sha256").update(parts.join("|")).digest("hex");
}

/** A certificate whose numbers follow from its facts and a salt; no key exists. */
export function certificate(salt: string, facts: CertificateFacts): Certificate {
  const { subject, issuer } = facts;
  const fingerprint = digest(salt, subject, issuer, dateOf(facts.from), facts.names.join());
  const serial = digest("serial", fingerprint).slice(0, 34).toUpperCase();
  const elliptic = !facts.isAuthority && Number.parseInt(fingerprint.slice(0, 2), 16) < 90;
  const seconds = (ts: number): string => `${Math.floor(ts / SECOND)}.000000`;
  const fields = [
    fingerprint,
    "3",
    serial,
    subject,
    issuer,
    seconds(facts.from),
    seconds(facts.to),
    elliptic ? "id-ecPublicKey" : "rsaEncryption",
    "sha256WithRSAEncryption",
    elliptic ? "ecdsa" : "rsa",
    elliptic ? "256" : "2048",
    elliptic ? "-" : "65537",
    elliptic ? "prime256v1" : "-",
    facts.names.length > 0 ? facts.names.join(",") : "-",
    "-",
    "-",
    "-",
    facts.isAuthority ? "T" : "F",
    facts.isAuthority ? "0" : "-",
    facts.isAuthority ? "F" : "T",
    "F",
  ];
  const chain = facts.authority ? `${fingerprint},${facts.authority.fingerprint}` : fingerprint;
  return { fingerprint, chain: ascii(chain), row: ascii(fields.join("\t")), issuer: facts.authority };
}

export interface Authority {
  subject: string;
  certificate: Certificate;
  days: number;
}

function authority(subject: string, root: string, days: number, from: string): Authority {
  const start = Date.parse(from) * 1000;
  const facts = { subject, issuer: root, from: start, to: start + 3650 * DAY, names: [], isAuthority: true };
  return { subject, certificate: certificate("authority", facts), days };
}

/** The first is the one that anybody gets for nothing. */
export const AUTHORITIES: readonly Authority[] = [
  authority(
    "CN=R3,O=Let's Encrypt,C=US",
    "CN=ISRG Root X1,O=Internet Security Research Group,C=US",
    90,
    "2020-09-04",
  ),
  authority(
    "CN=GTS CA 1C3,O=Google Trust Services LLC,C=US",
    "CN=GTS Root R1,O=Google Trust Services LLC,C=US",
    84,
    "2020-08-13",
  ),
  authority(
    "CN=DigiCert TLS RSA SHA256 2020 CA1,O=DigiCert Inc,C=US",
    "CN=DigiCert Global Root CA,OU=www.digicert.com,O=DigiCert Inc,C=US",
    398,
    "2021-04-14",
  ),
  authority(
    "CN=Sectigo RSA Domain Validation Secure Server CA,O=Sectigo Limited,L=Salford,ST=Greater Manchester,C=GB",
    "CN=USERTrust RSA Certification Authority,O=The USERTRUST Network,L=Jersey City,ST=New Jersey,C=US",
    365,
    "2018-11-02",
  ),
];

/** A certificate that one of the authorities would issue for these names. */
export function issued(by: Authority, names: string[], from: number): Certificate {
  const [first] = names;
  return certificate("issued", {
    subject: `CN=${first ?? "unnamed"}`,
    issuer: by.subject,
    from,
    to: from + by.days * DAY - SECOND,
    names,
    authority: by.certificate,
  });
}

export function selfSigned(subject: string, from: number, years: number, names: string[]): Certificate {
  return certificate("self", { subject, issuer: subject, from, to: from + years * 365 * DAY, names });
}
