import { joinSentences } from "../../kernel/lists.js";
import { DAY } from "../../kernel/time.js";
import type { ScoreComponent } from "../../model/finding.js";
import { kinshipStrength } from "../shared/label-sets.js";
import { oddPorts } from "../shared/service-ports.js";
import type { CertificateFact, SiteFacts, Surroundings } from "./facts.js";
import { say } from "./messages.js";
import { oddness } from "./ports.js";

/** Every function here turns one kind of fact into 0..1 and says in words what it saw. */

const clamp = (value: number): number => Math.min(1, Math.max(0, value));
const MEGABYTE = 1e6;

/** Weights of what speaks for a masquerade. `name` and `look-alike` together stay below the high step (score.ts). */
export const WEIGHTS = {
  name: 0.3,
  "look-alike": 0.15,
  kinship: 0.2,
  ports: 0.15,
  prevalence: 0.2,
  certificate: 0.12,
  upload: 0.15,
  "working-hours": 0.05,
  age: 0.06,
  persistence: 0.12,
} as const;

type Measure = { value: number; meaning: string };

function name({ name: { value, words } }: SiteFacts): Measure {
  return {
    value,
    meaning:
      words.length > 0
        ? say("cloud-masquerade.names-promise-storage-or", words.join(", "))
        : say("cloud-masquerade.no-word-names-promises"),
  };
}

function lookAlike({ lookalike }: SiteFacts): Measure {
  if (lookalike === undefined) return { value: 0, meaning: say("cloud-masquerade.name-imitates-no-known") };
  return {
    value: lookalike.value,
    meaning: say(
      "cloud-masquerade.name-imitates-who-does",
      lookalike.provider,
      lookalike.brand,
      lookalike.how,
    ),
  };
}

function kinship({ kinship: kin, sharedWith }: SiteFacts): Measure {
  const labels = kinshipStrength(kin);
  const server = sharedWith === undefined ? 0 : 0.8;
  const parts: string[] = [];
  if (kin !== undefined && labels > 0) {
    parts.push(
      say(
        "cloud-masquerade.same-service-labels-stand",
        kin.shared.join(", "),
        kin.siblings.slice(0, 5).join(", "),
        kin.expected.toPrecision(1),
      ),
    );
  }
  if (sharedWith !== undefined)
    parts.push(say("cloud-masquerade.answers-same-as", sharedWith.by, sharedWith.domain));
  return {
    value: 1 - (1 - labels) * (1 - server),
    meaning: joinSentences(parts) || say("cloud-masquerade.no-other-domain-built"),
  };
}

function ports(facts: SiteFacts): Measure {
  const values = facts.ports.map(oddness);
  const value = clamp(Math.max(0, ...values));
  const odd = [...new Set(facts.ports.flatMap((list) => oddPorts(list)))].sort((a, b) => a - b);
  return {
    value,
    meaning:
      odd.length > 0
        ? say("cloud-masquerade.tcp-ports-no-storage", odd.slice(0, 12).join(", "))
        : say("cloud-masquerade.only-ports-storage-or"),
  };
}

function prevalence(facts: SiteFacts, around: Surroundings): Measure {
  const count = facts.organisations.length;
  const unrelated = count === 0 ? clamp(facts.hosts / 5) * 0.4 : ([0, 0.1, 0.6, 0.8][count] ?? 1);
  const hostShare = facts.hosts / Math.max(around.insideHosts, 1);
  // With a few dozen hosts a share says little: ten hosts are added that do not use it.
  const rareHosts = 1 - clamp((facts.hosts / (around.insideHosts + 10) - 0.15) / 0.35);
  const rareOrgs = around.organisations >= 8 ? 1 - clamp((count / around.organisations - 0.5) / 0.4) : 1;
  const who =
    count === 0
      ? "organisations unknown"
      : `${count} of ${Math.max(around.organisations, count)} organisations`;
  return {
    value: unrelated * rareHosts * rareOrgs,
    meaning: say("cloud-masquerade.used-by-inside-hosts", facts.hosts, percent(hostShare), who),
  };
}

const CERTIFICATE_VALUES: Record<CertificateFact["contradiction"], number> = {
  "self-signed": 0.7,
  // Someone who runs a server of their own.
  "self-signed for its own name": 0.3,
  "made out to other names": 0.4,
  "on unrelated servers": 0.4,
  "issued just before the first contact": 0.3,
  "not valid": 0.3,
};

function certificate({ certificates }: SiteFacts): Measure {
  const doubt = [...new Set(certificates.map(({ contradiction }) => contradiction))].reduce(
    (product, kind) => product * (1 - CERTIFICATE_VALUES[kind]),
    1,
  );
  const said = certificates.map(({ contradiction, detail }) => `${contradiction} (${detail})`);
  const meaning = [...new Set(said)].slice(0, 4).join("; ");
  return {
    value: 1 - doubt,
    meaning:
      meaning === ""
        ? say("cloud-masquerade.no-certificate-contradicts-name")
        : say("cloud-masquerade.certificate", meaning),
  };
}

function upload(facts: SiteFacts): Measure {
  const ratio = facts.bytesOut / Math.max(facts.bytesIn, 1);
  // 1.5 : 1 counts nothing, 15 : 1 everything; below a megabyte hardly anything was carried off.
  const value =
    clamp(Math.log10(Math.max(ratio, 1e-9) / 1.5)) *
    clamp(Math.log10(Math.max(facts.bytesOut, 1) / (MEGABYTE / 10)) / 2);
  return {
    value,
    meaning: say(
      "cloud-masquerade.over-all-who-used",
      megabytes(facts.bytesOut),
      megabytes(facts.bytesIn),
      ratio >= 100 ? Math.round(ratio) : ratio.toPrecision(2),
    ),
  };
}

function workingHours(facts: SiteFacts): Measure {
  const total = facts.hourBytesOut.reduce((sum, bytes) => sum + bytes, 0);
  if (facts.busyHours.length === 0 || total < MEGABYTE)
    return { value: 0, meaning: say("cloud-masquerade.no-daily-rhythm-compare") };
  const busy = facts.busyHours.reduce((sum, hour) => sum + (facts.hourBytesOut[hour] ?? 0), 0) / total;
  const chance = facts.busyHours.length / 24;
  return {
    value: clamp((busy - chance) / (1 - chance)),
    meaning: say("cloud-masquerade.data-left-while-networks", percent(busy)),
  };
}

function age(facts: SiteFacts, { span }: Surroundings): Measure {
  const length = span.last - span.first;
  if (length < 14 * DAY) return { value: 0, meaning: say("cloud-masquerade.telemetry-too-short-tell") };
  const after = facts.first - span.first;
  return {
    value: clamp((after - 3 * DAY) / (7 * DAY)),
    meaning: say("cloud-masquerade.first-seen-days-after", Math.floor(after / DAY)),
  };
}

function persistence(facts: SiteFacts): Measure {
  // 1970-01-01 was a Thursday: weeks begin on Monday.
  const weeks = new Set(facts.days.map((day) => Math.floor((day + 3) / 7))).size;
  return {
    value: clamp((weeks - 1) / 5) * clamp(facts.days.length / 8),
    meaning: say("cloud-masquerade.contact-days-weeks", facts.days.length, weeks),
  };
}

/** How much the contact looks like a backup job's window: in quiet hours, and within six hours of the day. */
export function nightlyWindow(facts: SiteFacts): number {
  const total = facts.hourSlots.reduce((sum, slots) => sum + slots, 0);
  if (total < 5 || facts.busyHours.length === 0) return 0;
  const quiet = 1 - facts.busyHours.reduce((sum, hour) => sum + (facts.hourSlots[hour] ?? 0), 0) / total;
  let window = 0;
  for (let start = 0; start < 24; start++) {
    let sum = 0;
    for (let hour = start; hour < start + 6; hour++) sum += facts.hourSlots[hour % 24] ?? 0;
    window = Math.max(window, sum / total);
  }
  return clamp((quiet - 0.5) / 0.3) * clamp((window - 0.5) / 0.3);
}

const MEASURES: Record<keyof typeof WEIGHTS, (facts: SiteFacts, around: Surroundings) => Measure> = {
  name,
  "look-alike": lookAlike,
  kinship,
  ports,
  prevalence,
  certificate,
  upload,
  "working-hours": workingHours,
  age,
  persistence,
};

export function components(facts: SiteFacts, around: Surroundings): ScoreComponent[] {
  return (Object.keys(WEIGHTS) as (keyof typeof WEIGHTS)[]).map((key) => {
    const { value, meaning } = MEASURES[key](facts, around);
    return { name: key, value: round(value), weight: WEIGHTS[key], meaning };
  });
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
const megabytes = (bytes: number): string =>
  bytes >= 1000 * MEGABYTE
    ? `${(bytes / (1000 * MEGABYTE)).toFixed(1)} GB`
    : `${(bytes / MEGABYTE).toFixed(bytes < 10 * MEGABYTE ? 1 : 0)} MB`;
