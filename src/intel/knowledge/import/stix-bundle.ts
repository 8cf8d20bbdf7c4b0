import { ATTACK_TECHNIQUE, type Credibility, isDate } from "../../../model/knowledge.js";
import { StixObjects } from "../../stix-objects.js";
import { field, type JsonObject, listField, textField } from "../../text/json.js";

const ATTACK_NAMES = ["mitre-attack", "mitre-mobile-attack", "mitre-ics-attack"];

/** The id that ATT&CK gives an object: `T1574.001`, `G0129`. Empty where it has none. */
export function attackId(object: JsonObject | undefined): string {
  const reference = listField(object, "external_references").find((one) =>
    ATTACK_NAMES.includes(textField(one, "source_name")),
  );
  const id = textField(reference, "external_id");
  return /^(?:[GSC]\d{4}|T\d{4}(?:\.\d{3})?)$/.test(id) ? id : "";
}

/** MITRE's identity, which all that counts in ATT&CK names as its maker, in every domain and version. */
const MITRE = "identity--c78cb6e5-0c4b-4611-8297-d1b8b55e40b5";

/** Whether ATT&CK says it. Others give its ids to objects of their own: what those say is not said by ATT&CK. */
export function isOfAttack(object: JsonObject): boolean {
  return attackId(object) !== "" && textField(object, "created_by_ref") === MITRE;
}

/** Where ATT&CK shows an object on the web. */
export function attackUrl(object: JsonObject): string {
  const reference = listField(object, "external_references").find((one) =>
    ATTACK_NAMES.includes(textField(one, "source_name")),
  );
  return textField(reference, "url");
}

/** STIX 2.1, appendix A: the Admiralty scale of credibility on the scale of 0 to 100. */
export function credibilityOf(object: JsonObject): Credibility | undefined {
  const confidence = field(object, "confidence");
  if (typeof confidence !== "number" || !(confidence >= 0 && confidence <= 100)) return undefined;
  return confidence >= 80 ? 1 : confidence >= 60 ? 2 : confidence >= 40 ? 3 : confidence >= 20 ? 4 : 5;
}

/** A STIX bundle with its revocations followed. */
export class ImportBundle extends StixObjects {
  readonly #successors = new Map<string, string>();

  constructor(document: unknown) {
    super(document);
    for (const object of this.latest)
      if (
        textField(object, "type") === "relationship" &&
        textField(object, "relationship_type") === "revoked-by" &&
        field(object, "revoked") !== true
      )
        this.#successors.set(textField(object, "source_ref"), textField(object, "target_ref"));
  }

  /** Whether the object counts no more: revoked by its author, or taken out of ATT&CK. */
  isGone(object: JsonObject): boolean {
    return field(object, "revoked") === true || field(object, "x_mitre_deprecated") === true;
  }

  /** The object, or the one that replaced it, however many times; undefined where none is left. Circles end. */
  current(id: string): JsonObject | undefined {
    const seen = new Set<string>();
    for (let next: string | undefined = id; next !== undefined && !seen.has(next); ) {
      seen.add(next);
      const object = this.byId.get(next);
      if (object !== undefined && !this.isGone(object)) return object;
      next = this.#successors.get(next);
    }
    return undefined;
  }

  /** Techniques that the bundle says were replaced, by their ATT&CK ids. */
  replacedTechniques(): { from: string; to: string; date: string | undefined }[] {
    return this.latest.flatMap((object) => {
      if (textField(object, "type") !== "attack-pattern" || !isOfAttack(object) || !this.isGone(object))
        return [];
      const from = attackId(object);
      const to = attackId(this.current(textField(object, "id")));
      return ATTACK_TECHNIQUE.test(from) && ATTACK_TECHNIQUE.test(to) && from !== to
        ? [{ from, to, date: dayOf(textField(object, "modified")) }]
        : [];
    });
  }
}

/** The day of a STIX timestamp; undefined where it is none. */
export function dayOf(timestamp: string): string | undefined {
  const day = /^\d{4}-\d{2}-\d{2}(?=T|$)/.exec(timestamp)?.[0];
  return day !== undefined && isDate(day) ? day : undefined;
}
