import { sayer } from "../kernel/language.js";
import { likelihoodWord } from "./assessment.js";
import type { Severity } from "./finding.js";
import type { RelationKind } from "./relation.js";

/** Words for values of the model that sentences of several stages hold. */
export const MODEL_WORDS = {
  "likelihood.remote": "remote",
  "likelihood.almost-no-chance": "almost no chance",
  "likelihood.very-unlikely": "very unlikely",
  "likelihood.unlikely": "unlikely",
  "likelihood.roughly-even-chance": "roughly even chance",
  "likelihood.likely": "likely",
  "likelihood.very-likely": "very likely",
  "likelihood.almost-certain": "almost certain",
  "severity.informational": "informational",
  "severity.low": "low",
  "severity.medium": "medium",
  "severity.high": "high",
  "severity.critical": "critical",
  "role.mail_server": "mail server",
  "role.domain_controller": "domain controller",
  "role.contract_database": "contract database",
  "role.database": "database",
  "role.file_server": "file server",
  "role.web_server": "web server",
  "role.vpn_gateway": "VPN gateway",
  "role.workstation": "workstation",
  "role.other": "other asset",
  "kind.host": "host",
  "kind.account": "account",
  "kind.process": "process",
  "kind.file": "file",
  "kind.service": "service",
  "kind.domain": "domain",
  "kind.address": "address",
  "kind.network": "network",
  "kind.certificate": "certificate",
  "kind.fingerprint": "fingerprint",
  "relation.persistent": "persistent",
  "relation.repeated": "repeated",
  "relation.single": "single",
  "relation.lookup_only": "lookup only",
  "relation.scanning": "scanning",
} as const;

const say = sayer(MODEL_WORDS);

const wordOf = (key: string, other: string): string =>
  Object.hasOwn(MODEL_WORDS, key) ? say(key as keyof typeof MODEL_WORDS) : other;

/** The ICD 203 word of a probability, for a sentence. */
export function likelihoodText(probability: number): string {
  const word = likelihoodWord(probability);
  return wordOf(`likelihood.${word.replaceAll(" ", "-")}`, word);
}

export const severityText = (severity: Severity): string => say(`severity.${severity}`);
export const relationText = (kind: RelationKind): string => say(`relation.${kind}`);

/** What an asset is; a role that the asset list made up as it is. */
export const roleText = (role: string): string => wordOf(`role.${role}`, role.replaceAll("_", " "));

/** What an entity or a piece of infrastructure is. */
export const kindText = (kind: string): string => wordOf(`kind.${kind}`, kind);
