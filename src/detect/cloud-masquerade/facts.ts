import type { LabelKinship } from "../shared/label-sets.js";
import type { Lookalike } from "./lookalike.js";
import type { NameEvidence } from "./name-evidence.js";

/** Everything the score is made of, gathered for one registrable domain. */
export interface SiteFacts {
  domain: string;
  restricted: boolean;
  name: NameEvidence;
  lookalike: Lookalike | undefined;
  kinship: LabelKinship | undefined;
  /** Another candidate that promises storage and answers on the same address or with the same certificate. */
  sharedWith: { domain: string; by: "address" | "certificate" } | undefined;
  /** All names resolve to addresses shared with unrelated sites: ports, volumes and hours are not this site's own. */
  shared: boolean;
  /** TCP ports that answered, for each own address. */
  ports: readonly (readonly number[])[];
  hosts: number;
  /** Organisations of the hosts; empty where no inventory says. */
  organisations: readonly string[];
  connections: number;
  bytesOut: number;
  bytesIn: number;
  first: number;
  last: number;
  /** Days since 1970. */
  days: readonly number[];
  /** Contact (host × hour) by hour of the UTC day. */
  hourSlots: readonly number[];
  hourBytesOut: readonly number[];
  /** Hours of the day in which the networks concerned are at work; empty where their rhythm does not show. */
  busyHours: readonly number[];
  certificates: readonly CertificateFact[];
}

export interface CertificateFact {
  contradiction:
    | "self-signed"
    | "self-signed for its own name"
    | "made out to other names"
    | "on unrelated servers"
    | "issued just before the first contact"
    | "not valid";
  detail: string;
}

/** What is known of the telemetry as a whole. */
export interface Surroundings {
  span: { first: number; last: number };
  insideHosts: number;
  organisations: number;
}
