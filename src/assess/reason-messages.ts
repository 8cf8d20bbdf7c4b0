import { sayer } from "../kernel/language.js";

/** Words of why something was judged so, of what was not looked at, and of what limits an assessment. `{n}` is the n-th argument. */
export const REASONS = {
  "line.watch-list": "watch list",
  "line.tied": "servers tied to the watch list",
  "line.behaviour": "behaviour of the server",
  "line.kinship": "kinship with suspected servers",
  "line.program": "traffic of an unknown program",
  "line.rules": "rules on logs",
  "line.administration": "acts of an administrator",
  "line.company": "libraries that a program loads",
  "line.pages": "pages of a web server",
  "line.with": "{0} ({1})",

  "why.confirmed": "There is a persistent relation with confirmed infrastructure.",
  "why.lines": "{0, plural, one {# independent line} other {# independent lines}} of evidence agree: {1}.",
  "why.line": "One independent line of evidence: {0}.",
  "why.contact": "Contact was seen, and none of it is evidence at medium or above ({0}).",
  "why.unseen":
    "No record of the telemetry involves an address of this organisation: nothing can be said about it.",
  "why.nothing": "The sensors that see this organisation were looked through, and no finding bears on it.",
  "why.finding": "{0} ({1}, {2}).",
  "why.support":
    "{0, plural, one {# supporting finding} other {# supporting findings}} about the same servers or hosts, strongest first: {1}.",

  "not-assessed.detectors": "{0, plural, one {Detector} other {Detectors}} {1}",
  "not-assessed.class": "there is no {0} in this telemetry",
  "not-assessed.class.network_activity": "volumes, durations and unanswered attempts",
  "not-assessed.class.dns_activity": "names that were looked up, and the addresses behind them over time",
  "not-assessed.class.tls_activity":
    "server names, certificates and client fingerprints of encrypted connections",
  "not-assessed.class.http_activity": "names of web servers in plain requests",
  "not-assessed.class.certificate": "certificates of servers",
  "not-assessed.class.windows_event":
    "what happened on the hosts themselves: programs, logons, services, files",
  "not-assessed.lines": "{0, plural, one {# line} other {# lines}} of {1} {2}",
  "not-assessed.lines.why": "recognised, and no detector uses them",
  "not-assessed.rejected": "{0, plural, one {# line} other {# lines}} of the telemetry",
  "not-assessed.rejected.why": "could not be read; each stands in rejected_record with its reason",
  "not-assessed.organisations": "{0, plural, one {# organisation} other {# organisations}} ({1})",
  "not-assessed.organisations.why": "no record of the telemetry involves their addresses",
  "not-assessed.hours": "{0, plural, one {# hour} other {# hours}} of sensor {1}",
  "not-assessed.hours.why": "the sensor was down",
  "not-assessed.contents":
    "What was sent within encrypted connections, and names looked up over HTTPS or TLS",
  "not-assessed.contents.why": "logs hold sizes, times, names and certificates, not contents",

  "assessed.unassigned": "Hosts without an organisation (realm {0})",
  "assessed.caveat.synthetic":
    "The telemetry is simulated: this shows that the pipeline works and says nothing about detection quality.",
  "assessed.caveat.no-inventory":
    "There is no organisation inventory: hosts are grouped by address realm, and sectors are unknown.",
  "assessed.caveat.unassigned":
    "Some hosts with findings lie in no range of the inventory; they stand together as hosts without an organisation.",
  "assessed.caveat.contact":
    "Contact shows that a host talked to a server, not what was done there; a compromise must be confirmed on the host.",
  "assessed.caveat.likelihoods":
    "Likelihoods follow the stated rule (docs/assessment.md) and are no measured frequencies: nobody knows how often organisations with such findings turn out to be compromised.",
  "assessed.caveat.early":
    "Records with times before 1971, of a clock that was not set: {0}. They count for contact, and not for when sensors were up.",
} as const;

export const say = sayer(REASONS);

/** What a line of evidence rests on: keys of the catalogue. */
export type LineKey = Extract<keyof typeof REASONS, `line.${string}`>;
