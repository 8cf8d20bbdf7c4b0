import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "scan.scans-again-again-days":
    "It scans again and again ({0} days over {1}): probably a scanner on duty. Put it on the allow-list or the asset list.",
  "scan.its-targets-internet-not": "Its targets are on the Internet, not inside.",
  "scan.spread-over-more-than": "It is spread over more than a day.",
  "scan.machine-answers-port-ports":
    "The machine answers on port 21: the ports may be data connections of passive FTP.",
  "scan.narrow-empty-inside-addresses":
    "It is narrow ({0} empty inside addresses, {1} ports of inside machines within a day; medium from {2} or {3}).",
  "scan.targets-one-sweep-never": "{0} targets of one sweep never answered; logarithmic, full at {1}",
  "scan.targets-never-answered-host": "{0} % of the targets never answered this host",
  "scan.empty-inside-addresses-full":
    "{0} empty inside addresses (full at {1}) and {2} ports of inside machines (full at {3}) were tried within a day",
  "scan.no-single-day-scan": "no single day is a scan by itself",
  "scan.days-scans": "{0} days with scans",
  "scan.services": "services",
  "scan.scanned-machines": "{0} scanned {1}{2} on {3} machines",
  "scan.machines": "machines",
  "scan.scanned-ports": "{0} scanned {1} ports of {2}{3}",
  "scan.scanned-services-up-machines":
    "{0} scanned {1} services on up to {2} machines, and up to {3} ports of a machine",
  "scan.administrators-inventory-vulnerability-scanners":
    "Administrators, inventory and vulnerability scanners scan as well: ask whose host it is before anything else.",
  "scan.address": "address",
  "scan.addresses": "addresses",
  "scan.machines-realm": "machines of realm {0}",
  "scan.scanned": "{0} {1} scanned {2}",
  "scan.machines-internet-scanned-all":
    "machines on the Internet are scanned all the time: this says nothing about them",
  "scan.scan-nobody-answered-no":
    "A scan that nobody answered is no intrusion. What answered is told by other detectors.",
  "scan.no-connections-case": "no connections in this case",
  "scan.hourly-contacts": "hourly contacts",
  "scan.hosts-ours-scan": "hosts of ours that scan",
  "scan.sweeps-replies-set-aside": "sweeps that are replies set aside",
  "scan.scanning-hosts-allow-list": "scanning hosts on the allow-list left out",
  "scan.scanning-hosts-not-reported": "scanning hosts not reported (beyond max_findings)",
  "scan.limits-sweeps-reached-narrowest": "limits of sweeps reached (the narrowest are missing)",
  "scan.scanners-not-ours-once": "scanners that are not ours (once for each organisation scanned)",
  "scan.organisations-summaries-not-reported": "organisations' summaries not reported (beyond max_findings)",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "scan.horizontal":
    "{0} tried {1} on up to {2} machines a day between {3} and {4}; {5} of them never answered it that day ({6} of these on our side, {7} at " +
    "addresses where nothing was ever seen). Days with such a scan: {8}.",
  "scan.vertical":
    "{0} tried up to {1} ports of {2} a day between {3} and {4}; {5} of them never answered it that day. Days with such a scan: {6}.",
  "scan.block":
    "{0} tried {1} services on up to {2} machines and up to {3} ports of one machine between {4} and {5}; {6} of these targets never answered " +
    "it ({7} machines at addresses on our side where nothing was ever seen).",
  "scan.inbound":
    "{0} addresses that are not known to be ours scanned machines of {1} between {2} and {3}: {4} connections to {5} machines, most to ports " +
    "{6}. The busiest: {7}. Anyone on the Internet is scanned; this is noise, named so that it is not mistaken for more.",
};
