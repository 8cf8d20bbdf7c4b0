import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import type { Entity } from "../model/finding.js";
import type { HostAlias } from "../model/host-identity.js";
import type { NodeKind } from "./limits.js";

/** Something that two findings can have in common. Equal keys are the same thing. */
export interface Node {
  key: string;
  /** The key within its scope: findings of one organisation join over it. */
  tie: string;
  /** Without the scope that accounts, paths and services are kept apart by: what two organisations may share. */
  common: string;
  kind: NodeKind;
  entity: Entity;
}

const HASH = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/i;
const GUID = /^\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/i;

/**
 * Accounts that every Windows or Unix machine has: being named together with one says nothing. Microsoft, "Well-known SIDs" (S-1-5-18, -19,
 * -20, -7), and the virtual accounts of the desktop window manager and font driver host; identifiers of Linux' own accounts (below 1,000), which are the same everywhere.
 * A name that ends in `$` is a computer's.
 */
const BUILT_IN =
  /^(?:system|local ?system|local service|network service|anonymous logon|iusr|nobody|daemon|www-data|s-1-5-(?:7|18|19|20)|\d{1,3}|dwm-\d+|umfd-\d+|.*\$)$/;
/** Accounts of this name are in every organisation: within one it may be the same person, between two it is not. */
const COMMON =
  /^(?:administrator|admin|administrateur|guest|root|user|test|krbtgt|defaultaccount|default|owner)$/;

/** `THESHIRE\pgustavo`, `pgustavo@theshire.local` and `pgustavo` within one organisation are one person. */
export function accountName(value: string): string {
  const bare = value.trim().toLowerCase();
  const behind = bare.slice(bare.lastIndexOf("\\") + 1);
  const at = behind.indexOf("@");
  return at > 0 ? behind.slice(0, at) : behind;
}

export function isBuiltInAccount(value: string): boolean {
  return BUILT_IN.test(accountName(value)) || BUILT_IN.test(value.trim().toLowerCase());
}

export function isCommonAccount(value: string): boolean {
  return COMMON.test(accountName(value)) || accountName(value).length < 4;
}

/** Ranges whose addresses are other machines in other networks. */
const LOCAL = new Set(["private", "uniqueLocal", "carrierGradeNat", "linkLocal", "loopback", "unspecified"]);

function isLocal(value: string): boolean {
  return isIP(value) !== 0 && LOCAL.has(ipaddr.process(value).range());
}

function keysOf(scope: string, key: string): Pick<Node, "key" | "tie"> {
  return { key, tie: `${scope}\n${key}` };
}

/**
 * The node of an entity, or undefined for one over which nothing joins. `scope` is the organisation (or the address plan of hosts without
 * one): hosts, accounts, services and private addresses of two scopes are different things, what lies on the Internet is the same for all.
 */
export function nodeOf(entity: Entity, scope: string, alias: HostAlias): Node | undefined {
  const { kind, value, realm = "" } = entity;
  const lower = value.trim().toLowerCase();
  if (lower === "" || entity.role === "mentioned") return undefined;
  const node = (as: NodeKind, ...parts: string[]): Node => ({
    ...keysOf(scope, JSON.stringify([as, ...parts])),
    common: JSON.stringify([as, parts.at(-1)]),
    kind: as,
    entity,
  });
  switch (kind) {
    case "host":
      return node("host", scope, realm, alias(realm, lower));
    case "account":
      return isBuiltInAccount(value) ? undefined : node("account", scope, accountName(value));
    case "process":
      return GUID.test(lower) ? node("process", scope, lower) : node("path", scope, lower);
    case "file":
      return HASH.test(lower) ? node("artefact", lower) : node("path", scope, lower);
    case "service":
      return node("service", scope, lower);
    case "address":
      // Scanners come from everywhere; who they are joins nothing.
      if (entity.role === "scanner") return undefined;
      return isLocal(lower) ? node("host", scope, realm, alias(realm, lower)) : node("address", lower);
    case "domain":
      // Some logs give an address where a name belongs.
      return isIP(lower) !== 0 ? nodeOf({ ...entity, kind: "address" }, scope, alias) : node("domain", lower);
    case "certificate":
      return node("certificate", lower);
    case "fingerprint":
      return node("fingerprint", lower);
    case "network":
      return undefined;
  }
}
