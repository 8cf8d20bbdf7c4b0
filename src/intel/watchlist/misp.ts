import { unique } from "../../kernel/group-by.js";
import { DAY } from "../../kernel/time.js";
import { strictestTlp, type Tlp } from "../../model/finding.js";
import type { IndicatorKind } from "../../model/indicator.js";
import { field, isObject, listField, textField } from "../text/json.js";
import { quoted } from "../text/problems.js";
import { parseValidFrom } from "../text/validity.js";
import type { Collector, EntryFacts } from "./collect.js";
import { canonicalHostname, publicSuffix } from "./hostname.js";
import { refang } from "./refang.js";
import { parseTlp } from "./tlp.js";

/**
 * MISP core format (events, attributes, objects): draft-00 of the MISP standard, https://www.misp-standard.org/rfc/misp-standard-core.html.
 * `url` attributes are not used: a URL's host is often somebody's hacked site, or a file-sharing service.
 */
type Extract = (value: string) => readonly { value: string; kind?: IndicatorKind }[];

const one =
  (kind?: IndicatorKind): Extract =>
  (value) => [kind === undefined ? { value } : { value, kind }];

/** `domain` means the domain and what is below it (so do MISP's own exports to intrusion detection), `hostname` that host alone. */
const domain: Extract = (value) => {
  const host = canonicalHostname(refang(value));
  const wide = host?.includes(".") && publicSuffix(host) === undefined;
  return [{ value, kind: wide ? "domain-wildcard" : "domain" }];
};

const left = (value: string): string => value.split("|")[0] ?? "";
const right = (value: string): string => value.split("|")[1] ?? "";

const TYPES: Readonly<Record<string, Extract>> = {
  "ip-dst": one("address"),
  "ip-src": one("address"),
  "ip-dst|port": one(),
  "ip-src|port": one(),
  hostname: one("domain"),
  "hostname|port": (value) => [{ value: left(value), kind: "domain" }],
  domain,
  "domain|ip": (value) => [...domain(left(value)), { value: right(value), kind: "address" }],
  "x509-fingerprint-md5": one("certificate"),
  "x509-fingerprint-sha1": one("certificate"),
  "x509-fingerprint-sha256": one("certificate"),
  "ja3-fingerprint-md5": one("ja3"),
};

/** Taxonomy `misp:confidence-level`. */
const CONFIDENCE_TAGS: Readonly<Record<string, number>> = {
  "completely-confident": 1,
  "usually-confident": 0.75,
  "fairly-confident": 0.5,
  "rarely-confident": 0.25,
  unconfident: 0,
};

/** An attribute that its author did not mean for detection (`to_ids` false) is context: half as good. */
const CONTEXT_FACTOR = 0.5;

function tagsOf(...objects: unknown[]): string[] {
  return objects.flatMap((object) => listField(object, "Tag").map((tag) => textField(tag, "name")));
}

/** Clusters of MISP's galaxies that are one program each; `mitre-malware` writes `PUBLOAD - S1228`. */
const SOFTWARE =
  /^misp-galaxy:(mitre-malware|mitre-tool|malpedia|rat|backdoor|ransomware|stealer|banker)="(.+)"$/;

/** Programs that the attribute is tagged with; those of its event only where that names one, for an event of several does not say which. */
function softwareOf(attribute: unknown, event: unknown): string[] {
  const named = (object: unknown) =>
    tagsOf(object).flatMap((tag) => {
      const [, galaxy, name = ""] = SOFTWARE.exec(tag) ?? [];
      return galaxy === undefined ? [] : [`${galaxy === "mitre-tool" ? "tool" : "malware"}:${name}`];
    });
  const own = named(attribute);
  const all = named(event);
  return unique(own.length > 0 ? own : all.length === 1 ? all : []);
}

/** The attribute's own marking, else its event's. */
function tlpOf(attribute: unknown, event: unknown): Tlp | undefined {
  for (const object of [attribute, event]) {
    const levels = tagsOf(object)
      .filter((tag) => /^tlp:/i.test(tag))
      .map(parseTlp)
      .filter((level) => level !== undefined);
    if (levels.length > 0) return strictestTlp(levels);
  }
  return undefined;
}

function confidenceOf(attribute: unknown, event: unknown, fallback: number): number {
  const level = tagsOf(attribute, event)
    .map((tag) => /^misp:confidence-level="([^"]+)"$/.exec(tag)?.[1] ?? "")
    .find((word) => Object.hasOwn(CONFIDENCE_TAGS, word));
  const confidence = (level === undefined ? undefined : CONFIDENCE_TAGS[level]) ?? fallback;
  return field(attribute, "to_ids") === false ? confidence * CONTEXT_FACTOR : confidence;
}

/** MISP's `distribution`: 0 own organisation, 1 community, 2 connected communities, 3 all, 4 sharing group, 5 as the event. */
function sharingOf(attribute: unknown, event: unknown): string {
  const own = textField(attribute, "distribution");
  const object = own === "" || own === "5" ? event : attribute;
  const distribution = textField(object, "distribution");
  if (distribution === "4")
    return (
      textField(field(object, "SharingGroup"), "name") ||
      `sharing group ${textField(object, "sharing_group_id")}`
    );
  return (
    { "0": "your organisation only", "1": "this community only", "2": "connected communities" }[
      distribution
    ] ?? ""
  );
}

/** `last_seen` is the last moment that counts; midnight stands for the whole day, as MISP's date picker writes days. */
function validTo(text: string): number {
  const last = text === "" ? undefined : parseValidFrom(text);
  if (last === undefined) return Number.POSITIVE_INFINITY;
  return last % DAY === 0 ? last + DAY : last + 1;
}

function factsOf(attribute: unknown, event: unknown, fallback: number): EntryFacts {
  const info = textField(event, "info");
  const validFrom = parseValidFrom(textField(attribute, "first_seen")) ?? Number.NEGATIVE_INFINITY;
  const until = validTo(textField(attribute, "last_seen"));
  const owner = textField(field(event, "Orgc"), "name");
  return {
    role: textField(attribute, "category"),
    source: [owner, info].filter((part) => part !== "").join(": "),
    confidence: confidenceOf(attribute, event, fallback),
    validFrom,
    validTo: until > validFrom ? until : Number.POSITIVE_INFINITY,
    description: textField(attribute, "comment"),
    software: softwareOf(attribute, event),
    tlp: tlpOf(attribute, event),
    owner,
    sharingGroup: sharingOf(attribute, event),
  };
}

/** Attributes with the event that they belong to, from an event, a list of events, or an answer of `restSearch`. */
function attributesOf(document: unknown): { attribute: unknown; event: unknown }[] {
  const wrapped = field(document, "response");
  if (wrapped !== undefined) return attributesOf(wrapped);
  if (Array.isArray(document)) return document.flatMap(attributesOfItem);
  return attributesOfItem(document);
}

function attributesOfItem(item: unknown): { attribute: unknown; event: unknown }[] {
  const event = field(item, "Event") ?? item;
  const objects = listField(event, "Object").filter((object) => field(object, "deleted") !== true);
  const direct = listField(event, "Attribute").concat(
    objects.flatMap((object) => listField(object, "Attribute")),
  );
  // `restSearch` for attributes puts the event inside each attribute.
  return direct.map((attribute) => ({ attribute, event: field(attribute, "Event") ?? event }));
}

export function isMisp(document: unknown): boolean {
  const list = Array.isArray(document) ? document : [document];
  return list.some((item) =>
    ["Event", "response", "Attribute", "Object"].some((name) => field(item, name) !== undefined),
  );
}

/** Values that are no indicators, and types that nothing here can use, become warnings: a feed is not corrected by its reader. */
export function readMisp(document: unknown, file: string, collector: Collector): void {
  const unused = new Map<string, number>();
  let bounded = 0;
  for (const { attribute, event } of attributesOf(document)) {
    if (!isObject(attribute) || field(attribute, "deleted") === true) continue;
    const type = textField(attribute, "type");
    const extract = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
    if (extract === undefined) {
      unused.set(type, (unused.get(type) ?? 0) + 1);
      continue;
    }
    const place = `${file}: attribute ${textField(attribute, "uuid") || textField(attribute, "id") || "without an id"}`;
    for (const { value, kind } of extract(textField(attribute, "value"))) {
      const facts = factsOf(attribute, event, collector.defaults.confidence);
      if (Number.isFinite(facts.validFrom) || Number.isFinite(facts.validTo)) bounded++;
      const problem = collector.add(value, { ...facts, kind }, place);
      if (problem !== undefined) collector.warnings.add(`${place}: ${problem}; left out`);
    }
  }
  if (bounded > 0 && !collector.defaults.openValidity) {
    collector.warnings.add(
      `${file}: ${bounded} attributes have first_seen or last_seen: contacts outside of it are not counted (validity: open counts them)`,
    );
  }
  for (const [type, count] of unused)
    collector.warnings.add(`${file}: ${count} attributes of type ${quoted(type)} are not used`);
}
