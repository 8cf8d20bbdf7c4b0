import { ATTACK_TECHNIQUE, REGIONS, type Relation } from "../../../model/knowledge.js";
import { normaliseSector, sectorSuggestion } from "../../inventory/sectors.js";
import { field, type JsonObject, listField, text, textField } from "../../text/json.js";
import type { LeftOut } from "../../text/left-out.js";
import { citesOf } from "./citations.js";
import { type Draft, type ImportContext, oneLine } from "./draft.js";
import { attackId, credibilityOf, dayOf, type ImportBundle } from "./stix-bundle.js";

/** STIX relationship types between two entries. */
const RELATION_TYPES: Readonly<Record<string, Relation>> = {
  uses: "uses",
  "attributed-to": "attributed_to",
  "variant-of": "variant_of",
  "part-of": "part_of",
  "duplicate-of": "same_as",
};

interface Reading {
  bundle: ImportBundle;
  drafts: ReadonlyMap<string, Draft>;
  context: ImportContext;
  leftOut: LeftOut;
}

interface Link {
  relationship: JsonObject;
  draft: Draft;
  target: JsonObject;
  type: string;
}

function statementOf({ relationship, draft, target }: Link) {
  const information = credibilityOf(relationship);
  return draft.statement({
    date: dayOf(textField(relationship, "modified")),
    cites: citesOf(textField(relationship, "description"), [relationship, target], draft),
    ...(information !== undefined && { information }),
  });
}

function addTechnique(link: Link, { bundle, context, leftOut }: Reading): void {
  const technique = attackId(link.target);
  const given = attackId(bundle.byId.get(textField(link.relationship, "target_ref")));
  if (!ATTACK_TECHNIQUE.test(technique)) {
    leftOut.add("techniques without an ATT&CK id", textField(link.target, "name"));
    return;
  }
  link.draft.add("techniques", technique, {
    ...statementOf(link),
    technique,
    ...(context.attackVersion !== undefined && { attack: context.attackVersion }),
    ...(given !== technique && ATTACK_TECHNIQUE.test(given) && { reported_as: given }),
  });
}

/** `targets`: sectors of identities, regions and countries of locations; else the name alone. False where there is none of these. */
function addVictim(link: Link): boolean {
  const { target, draft } = link;
  const statement = statementOf(link);
  const sectors = listField(target, "sectors")
    .map((sector) => normaliseSector(text(sector)))
    .filter((sector) => sectorSuggestion(sector) === undefined);
  for (const sector of sectors) draft.add("victims", `sector ${sector}`, { ...statement, sector });
  const region = REGIONS.find((known) => known === textField(target, "region"));
  const country = /^[A-Za-z]{2}$/.exec(textField(target, "country"))?.[0].toUpperCase();
  const name = oneLine(textField(target, "name"), 200);
  const hasPlace = region !== undefined || country !== undefined;
  if (hasPlace)
    draft.add("victims", `place ${region} ${country}`, {
      ...statement,
      ...(region !== undefined && { region }),
      ...(country !== undefined && { country }),
    });
  else if (sectors.length === 0 && name !== "")
    draft.add("victims", `name ${name}`, { ...statement, text: name });
  return hasPlace || sectors.length > 0 || name !== "";
}

function addRelation(link: Link, { drafts }: Reading): boolean {
  const relation = Object.hasOwn(RELATION_TYPES, link.type) ? RELATION_TYPES[link.type] : undefined;
  if (relation === undefined) return false;
  const other = drafts.get(textField(link.target, "id"));
  if (other !== undefined && other !== link.draft) {
    link.draft.add("relations", `${relation} ${other.id}`, { ...statementOf(link), relation, to: other.id });
    return true;
  }
  const name = oneLine(textField(link.target, "name"), 200);
  if (relation !== "attributed_to" || name === "" || other === link.draft) return false;
  link.draft.add("relations", `${relation} ${name}`, { ...statementOf(link), relation, to_name: name });
  return true;
}

function readRelationship(relationship: JsonObject, reading: Reading): void {
  const { bundle, drafts, leftOut } = reading;
  const type = textField(relationship, "relationship_type");
  if (type === "revoked-by" || type === "subtechnique-of") return;
  const example = textField(relationship, "id");
  const draft = drafts.get(textField(bundle.current(textField(relationship, "source_ref")), "id"));
  const target = bundle.current(textField(relationship, "target_ref"));
  if (field(relationship, "revoked") === true || field(relationship, "x_mitre_deprecated") === true)
    leftOut.add("relationships that are revoked or deprecated", example);
  else if (draft === undefined)
    leftOut.add(`relationships "${oneLine(type, 60)}" of something that is no entry`, example);
  else if (target === undefined)
    leftOut.add(
      `relationships "${oneLine(type, 60)}" to something that is revoked or not in the file`,
      example,
    );
  else {
    const link = { relationship, draft, target, type };
    draft.restrict(bundle.tlp(relationship));
    draft.restrict(bundle.tlp(target));
    if (type === "uses" && textField(target, "type") === "attack-pattern") addTechnique(link, reading);
    else if (!(type === "targets" ? addVictim(link) : addRelation(link, reading)))
      leftOut.add(
        `relationships "${oneLine(type, 60)}" to ${textField(target, "type")} are not read`,
        example,
      );
  }
}

/** What the relationships of a bundle say of its entries. */
export function readRelationships(reading: Reading): void {
  for (const object of reading.bundle.latest)
    if (textField(object, "type") === "relationship") readRelationship(object, reading);
}
