import { strictestTlp, type Tlp } from "../model/finding.js";
import { field, isObject, type JsonObject, listField, text, textField } from "./text/json.js";
import { parseTlp, STIX_TLP } from "./watchlist/tlp.js";

/** Whether a JSON document is a STIX bundle (2.0 or 2.1), or a bare list of STIX objects. */
export function isStixBundle(document: unknown): boolean {
  return (
    textField(document, "type") === "bundle" ||
    (Array.isArray(field(document, "objects")) && field(document, "Event") === undefined)
  );
}

/** When this version of an object was made; the beginning of time where it does not say. */
function versionTime(object: JsonObject): number {
  const time = Date.parse(textField(object, "modified") || textField(object, "created"));
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
}

/** The objects of a STIX bundle by their ids, and what they say of sharing. */
export class StixObjects {
  /** Of several versions of one object (STIX 2.1, 3.6) the newest; of equally old ones the last. */
  readonly byId = new Map<string, JsonObject>();
  readonly objects: readonly JsonObject[];
  /** The objects without their older versions, which may say what their author took back. */
  readonly latest: readonly JsonObject[];

  constructor(document: unknown) {
    this.objects = listField(document, "objects").filter(isObject);
    for (const object of this.objects) {
      const id = textField(object, "id");
      const known = this.byId.get(id);
      // Without an id nothing can be meant by a reference.
      if (id !== "" && (known === undefined || versionTime(object) >= versionTime(known)))
        this.byId.set(id, object);
    }
    this.latest = this.objects.filter((object) => {
      const id = textField(object, "id");
      return id === "" || this.byId.get(id) === object;
    });
  }

  /** Undefined where the object has no marking. */
  tlp(object: JsonObject): Tlp | undefined {
    const levels = listField(object, "object_marking_refs")
      .map((reference) => this.#marking(text(reference)))
      .filter((level) => level !== undefined);
    return levels.length === 0 ? undefined : strictestTlp(levels);
  }

  /** The name of who made an object; empty where the bundle does not say. */
  author(object: JsonObject): string {
    return textField(this.byId.get(textField(object, "created_by_ref")), "name");
  }

  /** Predefined by its id; otherwise by what the bundle says that the id means. */
  #marking(id: string): Tlp | undefined {
    const marking = this.byId.get(id);
    const extensions = field(marking, "extensions");
    const extended = isObject(extensions)
      ? Object.values(extensions).map((extension) => textField(extension, "tlp_2_0"))
      : [];
    const words = [textField(field(marking, "definition"), "tlp"), ...extended];
    return STIX_TLP.get(id) ?? words.map(parseTlp).find((level) => level !== undefined);
  }
}
