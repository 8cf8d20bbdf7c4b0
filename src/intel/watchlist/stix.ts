import { unique } from "../../kernel/group-by.js";
import { StixObjects } from "../stix-objects.js";
import { field, isObject, type JsonObject, listField, text, textField } from "../text/json.js";
import { LeftOut } from "../text/left-out.js";
import { quoted } from "../text/problems.js";
import { parseValidFrom } from "../text/validity.js";
import type { Collector, EntryFacts } from "./collect.js";
import { readPattern } from "./stix-indicator.js";

/** STIX 2.1 (and 2.0): indicators, and infrastructure with the observables that it consists of. */
class Bundle extends StixObjects {
  readonly #software = this.#softwareByObject();

  /** What all kinds of object say of themselves. */
  facts(object: JsonObject, roles: string, from: string, until: string): EntryFacts {
    const owner = this.author(object);
    const name = textField(object, "name");
    const confidence = field(object, "confidence");
    const validFrom = parseValidFrom(textField(object, from)) ?? Number.NEGATIVE_INFINITY;
    const end = textField(object, until);
    const validTo = (end === "" ? undefined : parseValidFrom(end)) ?? Number.POSITIVE_INFINITY;
    return {
      role: listField(object, roles).map(text).join(", "),
      source: [owner, name].filter((part) => part !== "").join(": "),
      confidence:
        typeof confidence === "number" && confidence >= 0 && confidence <= 100 ? confidence / 100 : undefined,
      validFrom,
      validTo: validTo > validFrom ? validTo : Number.POSITIVE_INFINITY,
      description: textField(object, "description") || name,
      software: this.#software.get(textField(object, "id")) ?? [],
      tlp: this.tlp(object),
      owner,
    };
  }

  /** Malware and tools by what is directly related to them: an indicator `indicates` them, they `use` infrastructure, or it `controls` them. */
  #softwareByObject(): Map<string, string[]> {
    const found = new Map<string, string[]>();
    for (const relation of this.latest) {
      if (textField(relation, "type") !== "relationship" || field(relation, "revoked") === true) continue;
      const ends = ["source_ref", "target_ref"].map((end) => textField(relation, end));
      for (const [at, id] of ends.entries()) {
        const other = this.byId.get(id);
        const type = textField(other, "type");
        const name = textField(other, "name");
        const about = ends[1 - at] ?? "";
        if ((type === "malware" || type === "tool") && name !== "")
          found.set(about, unique([...(found.get(about) ?? []), `${type}:${name}${attackSuffix(other)}`]));
      }
    }
    return found;
  }
}

/** Its id in ATT&CK behind a name, as MISP's galaxies write it: ` - S1228`. */
function attackSuffix(software: JsonObject | undefined): string {
  const ids = listField(software, "external_references").flatMap((reference) =>
    textField(reference, "source_name") === "mitre-attack" ? [textField(reference, "external_id")] : [],
  );
  const id = ids.find((each) => /^S\d{4}$/.test(each));
  return id === undefined ? "" : ` - ${id}`;
}

function report(unused: LeftOut, file: string, { warnings }: Collector): void {
  for (const { reason, count, example } of unused.list()) {
    const more = count === 1 ? "" : ` and ${count - 1} more like it`;
    warnings.add(`${file}: ${quoted(example)}${more} not used: ${reason}`);
  }
}

/** What the readers of single objects share. */
interface Reading {
  bundle: Bundle;
  file: string;
  collector: Collector;
  unused: LeftOut;
  datedByPublication: number;
}

function take(value: string, facts: EntryFacts, object: JsonObject, { file, collector }: Reading): void {
  const place = `${file}: ${textField(object, "id")}`;
  const problem = collector.add(value, facts, place);
  if (problem !== undefined) collector.warnings.add(`${place}: ${problem}; left out`);
}

function readIndicator(indicator: JsonObject, reading: Reading): void {
  const { bundle, unused } = reading;
  const id = textField(indicator, "id");
  const type = textField(indicator, "pattern_type") || "stix";
  if (type !== "stix") {
    unused.add(`patterns of type ${quoted(type)} are not supported`, id);
    return;
  }
  const pattern = readPattern(textField(indicator, "pattern"));
  for (const reason of new Set(pattern.unsupported)) unused.add(reason, id);
  const facts = bundle.facts(indicator, "indicator_types", "valid_from", "valid_until");
  // STIX requires valid_from, and many producers put the day of publication there.
  const created = textField(indicator, "created");
  if (created !== "" && facts.validFrom === parseValidFrom(created)) reading.datedByPublication++;
  for (const { value, kind, start, stop } of pattern.values) {
    const validFrom = Math.max(
      facts.validFrom ?? Number.NEGATIVE_INFINITY,
      start ?? Number.NEGATIVE_INFINITY,
    );
    const validTo = Math.min(facts.validTo ?? Number.POSITIVE_INFINITY, stop ?? Number.POSITIVE_INFINITY);
    if (validFrom >= validTo) unused.add("its START and STOP lie outside its validity", id);
    else take(value, { ...facts, kind, validFrom, validTo }, indicator, reading);
  }
}

/** The value of an observable that can be watched (STIX 2.1, section 6). */
function observableValue(observable: JsonObject, bundle: Bundle): string[] {
  switch (textField(observable, "type")) {
    case "ipv4-addr":
    case "ipv6-addr":
    case "domain-name":
      return [textField(observable, "value")];
    case "x509-certificate": {
      const hashes = field(observable, "hashes");
      return isObject(hashes)
        ? ["SHA-256", "SHA-1"].map((name) => textField(hashes, name)).filter((hash) => hash !== "")
        : [];
    }
    case "network-traffic": {
      const address = textField(bundle.byId.get(textField(observable, "dst_ref")), "value");
      const port = textField(observable, "dst_port");
      if (address === "" || address.includes("/")) return [];
      return [port === "" ? address : address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`];
    }
    default:
      return [];
  }
}

function readInfrastructure(infrastructure: JsonObject, parts: readonly string[], reading: Reading): void {
  const { bundle, unused } = reading;
  const facts = bundle.facts(infrastructure, "infrastructure_types", "first_seen", "last_seen");
  for (const part of parts) {
    const observable = bundle.byId.get(part);
    const values = observable === undefined ? [] : observableValue(observable, bundle);
    if (values.length === 0) unused.add("not in the bundle, or of a type that cannot be watched", part);
    const certificate = observable !== undefined && textField(observable, "type") === "x509-certificate";
    for (const value of values) {
      take(value, certificate ? { ...facts, kind: "certificate" } : facts, infrastructure, reading);
    }
  }
}

/** Ids of the objects that each infrastructure consists of. */
function consistsOf(bundle: Bundle): Map<string, string[]> {
  const parts = new Map<string, string[]>();
  for (const object of bundle.latest) {
    if (textField(object, "type") !== "relationship") continue;
    if (textField(object, "relationship_type") !== "consists-of" || field(object, "revoked") === true)
      continue;
    const source = textField(object, "source_ref");
    const known = parts.get(source);
    const target = textField(object, "target_ref");
    if (known === undefined) parts.set(source, [target]);
    else known.push(target);
  }
  return parts;
}

/** Values that are no indicators, and patterns that nothing here can use, become warnings. */
export function readStix(document: unknown, file: string, collector: Collector): void {
  const reading = {
    bundle: new Bundle(document),
    file,
    collector,
    unused: new LeftOut(),
    datedByPublication: 0,
  };
  const parts = consistsOf(reading.bundle);
  for (const object of reading.bundle.latest) {
    const type = textField(object, "type");
    const id = textField(object, "id");
    if (type !== "indicator" && type !== "infrastructure") continue;
    if (field(object, "revoked") === true) reading.unused.add("revoked by its author", id);
    else if (type === "indicator") readIndicator(object, reading);
    else readInfrastructure(object, parts.get(id) ?? [], reading);
  }
  if (reading.datedByPublication > 0 && !collector.defaults.openValidity) {
    collector.warnings.add(
      `${file}: ${reading.datedByPublication} indicators are valid from the moment they were created: contacts before it are not counted (validity: open counts them)`,
    );
  }
  report(reading.unused, file, collector);
}
