import type { EntryKind, KnowledgeEntry } from "../../../model/knowledge.js";
import { type JsonObject, listField, text, textField } from "../../text/json.js";
import type { LeftOut } from "../../text/left-out.js";
import { citesOf, plainProse, referencesOf, webAddress } from "./citations.js";
import { Draft, type ImportContext, oneLine, slug } from "./draft.js";
import { attackId, attackUrl, credibilityOf, dayOf, type ImportBundle, isOfAttack } from "./stix-bundle.js";

const KINDS: Readonly<Record<string, EntryKind>> = {
  "intrusion-set": "cluster",
  "threat-actor": "cluster",
  campaign: "campaign",
  malware: "tool",
  tool: "tool",
};

/** Types that other objects use and that are no loss by themselves. */
const HELPERS = new Set([
  "relationship",
  "attack-pattern",
  "identity",
  "location",
  "marking-definition",
  "x-mitre-collection",
  "x-mitre-matrix",
  "x-mitre-tactic",
]);

function entryId(object: JsonObject): string {
  if (isOfAttack(object)) return `attack-${attackId(object).toLowerCase()}`;
  const uuid = slug(textField(object, "id").split("--")[1] ?? "", 36).slice(0, 8);
  return ["stix", slug(textField(object, "name"), 50), uuid].filter((part) => part !== "").join("-");
}

function aliases(object: JsonObject): string[] {
  return ["aliases", "x_mitre_aliases"].flatMap((key) => listField(object, key).map(text));
}

function addNames(object: JsonObject, title: string, draft: Draft): void {
  const references = referencesOf(object);
  const date = dayOf(textField(object, "modified"));
  for (const alias of [title, ...aliases(object)]) {
    const name = oneLine(alias, 200);
    if (name === "") continue;
    // ATT&CK explains an alias in a reference of that name, which cites who uses it.
    const explained = references.get(alias.toLowerCase());
    const cites = citesOf(textField(explained, "description"), [object], draft);
    draft.add("names", name.toLowerCase(), { ...draft.statement({ date, cites }), name });
  }
}

function addFacts(object: JsonObject, draft: Draft): void {
  const statement = draft.statement({ date: dayOf(textField(object, "modified")) });
  const attack = attackId(object);
  if (attack !== "") draft.add("identifiers", attack, { ...statement, system: "attack", value: attack });
  const id = oneLine(textField(object, "id"), 200);
  if (id !== "") draft.add("identifiers", id, { ...statement, system: "stix", value: id });
  const description = oneLine(plainProse(textField(object, "description")), 2_000);
  if (description !== "") {
    const cites = citesOf(textField(object, "description"), [object], draft);
    draft.add("descriptions", description, {
      ...draft.statement({ date: statement.date, cites }),
      text: description,
    });
  }
  const [from, to] = [dayOf(textField(object, "first_seen")), dayOf(textField(object, "last_seen"))];
  if (from !== undefined || to !== undefined)
    draft.add("activity", "seen", {
      ...statement,
      ...(from !== undefined && { from }),
      ...(to !== undefined && (from === undefined || to >= from) && { to }),
    });
}

function draftOf(object: JsonObject, bundle: ImportBundle, kind: EntryKind, context: ImportContext): Draft {
  const id = entryId(object);
  const title = oneLine(textField(object, "name"), 200) || id;
  const author = oneLine(bundle.author(object), 200);
  const isAttack = isOfAttack(object);
  const url = webAddress(attackUrl(object));
  const date = dayOf(textField(object, "modified"));
  const { reliability, information } = isAttack ? context.attackGrade : context.grade;
  const imported: KnowledgeEntry["imported"] = {
    from: context.file,
    format: isAttack ? "attack" : "stix",
  };
  const draft = new Draft(
    { id, kind, title, imported },
    {
      publisher: isAttack ? "MITRE ATT&CK" : author || context.file,
      title: isAttack
        ? oneLine(`ATT&CK ${context.attackVersion ?? ""}: ${title}`.replace(" :", ":"), 2_000)
        : title,
      ...(isAttack && url !== undefined && { url }),
      file: context.file,
      ...(date !== undefined && { date }),
      reliability,
      tlp: bundle.tlp(object) ?? "clear",
    },
    { reliability, information: credibilityOf(object) ?? information },
  );
  addNames(object, title, draft);
  addFacts(object, draft);
  return draft;
}

/** One draft for each cluster, campaign and tool that still counts, by STIX id. */
export function readEntries(
  bundle: ImportBundle,
  context: ImportContext,
  leftOut: LeftOut,
): Map<string, Draft> {
  const drafts = new Map<string, Draft>();
  const taken = new Set<string>();
  const older = bundle.objects.length - bundle.latest.length;
  if (older > 0) {
    const example = bundle.objects.find((object, at) => object !== bundle.latest[at]);
    leftOut.add("older versions of objects", textField(example, "name") || textField(example, "id"), older);
  }
  for (const object of bundle.latest) {
    const type = textField(object, "type");
    const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
    if (kind === undefined) {
      if (!HELPERS.has(type))
        leftOut.add(
          `objects of type ${oneLine(type, 60) || "(none)"} are not read`,
          textField(object, "name"),
        );
      continue;
    }
    if (bundle.isGone(object)) {
      leftOut.add(`${type} that is revoked or deprecated`, textField(object, "name"));
      continue;
    }
    if (textField(object, "id") === "") {
      leftOut.add("objects without an id", textField(object, "name"));
      continue;
    }
    const draft = draftOf(object, bundle, kind, context);
    if (taken.has(draft.id)) {
      leftOut.add("another object has the same id", textField(object, "name"));
      continue;
    }
    taken.add(draft.id);
    drafts.set(textField(object, "id"), draft);
  }
  return drafts;
}
