import { DAY } from "../kernel/time.js";
import type { Severity } from "../model/finding.js";

/** Kinds of node over which findings join. `path` is a file or program by name, `artefact` a file by hash. */
export const NODE_KINDS = [
  "host",
  "account",
  "process",
  "artefact",
  "path",
  "service",
  "domain",
  "address",
  "certificate",
  "fingerprint",
] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

export interface LinkRule {
  /** Most time, in milliseconds, between the end of one finding and the beginning of the next over this kind of link. */
  window: number;
  /** Share of belief that passes over it, 0..1. */
  coupling: number;
  /** Whether strong findings become one incident over it. A shared TLS fingerprint or a file's mere name is too little. */
  joins: boolean;
  /** What it adds towards a campaign where two organisations share it; 1 is enough. */
  campaign: number;
}

/**
 * Judgements, not measurements (docs/incidents.md says why each is so). A process lives for hours, a session or a foothold on a host for
 * days, a rented server, a certificate or a tool's build for weeks.
 */
export const LINKS: Readonly<Record<NodeKind, LinkRule>> = {
  process: { window: DAY, coupling: 0.8, joins: true, campaign: 0 },
  host: { window: 7 * DAY, coupling: 0.5, joins: true, campaign: 0 },
  account: { window: 7 * DAY, coupling: 0.6, joins: true, campaign: 0.5 },
  service: { window: 14 * DAY, coupling: 0.4, joins: false, campaign: 0 },
  path: { window: 14 * DAY, coupling: 0.5, joins: false, campaign: 0.5 },
  artefact: { window: 30 * DAY, coupling: 0.9, joins: true, campaign: 1 },
  domain: { window: 30 * DAY, coupling: 0.8, joins: true, campaign: 1 },
  address: { window: 30 * DAY, coupling: 0.7, joins: true, campaign: 1 },
  certificate: { window: 30 * DAY, coupling: 0.8, joins: true, campaign: 1 },
  fingerprint: { window: 30 * DAY, coupling: 0.3, joins: false, campaign: 0.5 },
};

/** Belief in a finding by itself, before anything else is known; a score of 0 takes 40 % off. */
export const PRIOR: Readonly<Record<Severity, number>> = {
  informational: 0.05,
  low: 0.2,
  medium: 0.5,
  high: 0.8,
  critical: 0.95,
};

/** Belief from which a weak finding is taken into the incident that it got it from. */
export const JOIN_BELIEF = 0.3;
/** Steps that belief takes from a strong finding: over host, domain and account. */
export const HOPS = 3;
/** Strength below which findings stand alone: one of high severity reaches it, or two of medium that do not err together. */
export const INCIDENT_STRENGTH = 0.6;

/** Hosts in one finding above which it says how machines are here rather than what happened to one of them. */
export const WIDE_HOSTS = 8;
/** A host or account joins nothing from this number of companions on, or from this share of all hosts, whichever is more. */
export const POPULAR = { companions: 20, share: 0.1, weakScopes: 3, weakHosts: 10, sites: 8 };
