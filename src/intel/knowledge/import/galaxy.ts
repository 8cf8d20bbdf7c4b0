import {
  ATTACK_TECHNIQUE,
  type Credibility,
  type EntryKind,
  type Relation,
} from "../../../model/knowledge.js";
import { field, isObject, type JsonObject, listField, text, textField } from "../../text/json.js";
import type { LeftOut } from "../../text/left-out.js";
import { webAddress } from "./citations.js";
import { Draft, type ImportContext, oneLine, slug } from "./draft.js";

/**
 * MISP galaxy clusters (https://www.misp-standard.org/rfc/misp-standard-galaxy-format.html): a file is one galaxy, its `values` are the
 * clusters.
 */
const KINDS: Readonly<Record<string, EntryKind>> = {
  "threat-actor": "cluster",
  "microsoft-activity-group": "cluster",
  "360net-threat-actor": "cluster",
  "mitre-intrusion-set": "cluster",
  "mitre-campaign": "campaign",
  backdoor: "tool",
  banker: "tool",
  botnet: "tool",
  cryptominers: "tool",
  malpedia: "tool",
  "mitre-malware": "tool",
  "mitre-tool": "tool",
  ransomware: "tool",
  rat: "tool",
  stealer: "tool",
  tool: "tool",
};

const TECHNIQUES = "mitre-attack-pattern";

const RELATION_TYPES: Readonly<Record<string, Relation>> = {
  "attributed-to": "attributed_to",
  overlaps: "overlaps",
  "part-of": "part_of",
  "same-as": "same_as",
  // MISP's word for clusters of several galaxies that may be one; it does not say that they are.
  similar: "overlaps",
  "subset-of": "part_of",
  uses: "uses",
  "variant-of": "variant_of",
};

export function isGalaxy(document: unknown): boolean {
  return (
    Array.isArray(field(document, "values")) &&
    textField(document, "type") !== "" &&
    textField(document, "name") !== ""
  );
}

/** Tags of MISP's taxonomy `admiralty-scale`, and the words of `estimative-language`. */
function judgement(related: unknown): { information?: Credibility; note?: string } {
  const tags = listField(related, "tags").map(text);
  const of = (predicate: string): string | undefined =>
    tags
      .map((tag) => tag.match(/^([a-z-]+:[a-z-]+)="([^"]{1,60})"$/))
      .find((parts) => parts?.[1] === predicate)?.[2];
  const information = Number(of("admiralty-scale:information-credibility"));
  const likelihood = of("estimative-language:likelihood-probability");
  return {
    ...([1, 2, 3, 4, 5, 6].includes(information) && { information: information as Credibility }),
    ...(likelihood !== undefined && { note: oneLine(`likelihood in the galaxy: ${likelihood}`, 200) }),
  };
}

function draftOf(value: JsonObject, kind: EntryKind, galaxy: JsonObject, context: ImportContext): Draft {
  const uuid = textField(value, "uuid");
  // The galaxies of ATT&CK write its ids behind the names: `APT1 - G0006`.
  const name = textField(value, "value").replace(/ - [GSC]\d{4}$/, "");
  const id = ["misp", slug(name, 50), slug(uuid, 36).slice(0, 8)].filter((part) => part !== "").join("-");
  const title = oneLine(name, 200) || id;
  const meta = field(value, "meta");
  const draft = new Draft(
    { id, kind, title, imported: { from: context.file, format: "misp-galaxy" } },
    {
      publisher: "MISP galaxy",
      title: oneLine(
        `${textField(galaxy, "name")} (version ${textField(galaxy, "version") || "unknown"}): ${title}`,
        2_000,
      ),
      file: context.file,
      reliability: context.grade.reliability,
      tlp: "clear",
    },
    context.grade,
  );
  // A galaxy lists its references for the cluster as a whole: they stand behind each of its statements.
  const cites = listField(meta, "refs").flatMap((reference) => {
    const url = webAddress(text(reference));
    return url === undefined
      ? []
      : [
          draft.cite(url, {
            publisher: oneLine(new URL(url).hostname, 200),
            title: url,
            url,
            reliability: "F",
            tlp: "clear",
          }),
        ];
  });
  const statement = draft.statement({ cites });
  for (const one of [title, ...listField(meta, "synonyms").map(text)]) {
    const known = oneLine(one, 200);
    if (known !== "") draft.add("names", known.toLowerCase(), { ...statement, name: known });
  }
  addFacts(value, meta, draft, statement);
  return draft;
}

function addFacts(
  value: JsonObject,
  meta: unknown,
  draft: Draft,
  statement: ReturnType<Draft["statement"]>,
): void {
  const uuid = oneLine(textField(value, "uuid"), 200);
  if (uuid !== "") draft.add("identifiers", uuid, { ...statement, system: "misp-galaxy", value: uuid });
  const attack = textField(meta, "external_id");
  if (/^[GSC]\d{4}$/.test(attack))
    draft.add("identifiers", attack, { ...statement, system: "attack", value: attack });
  const description = oneLine(textField(value, "description"), 2_000);
  if (description !== "") draft.add("descriptions", description, { ...statement, text: description });
  for (const place of ["cfr-suspected-victims", "targeted-sector", "cfr-target-category"])
    for (const victim of listField(meta, place).map((one) => oneLine(text(one), 200)))
      if (victim !== "") draft.add("victims", victim, { ...statement, text: victim });
}

interface Cluster {
  value: JsonObject;
  type: string;
  draft: Draft | undefined;
}

function readRelated(
  cluster: Cluster,
  related: unknown,
  byUuid: ReadonlyMap<string, Cluster>,
  leftOut: LeftOut,
): void {
  const type = textField(related, "type");
  const other = byUuid.get(textField(related, "dest-uuid"));
  const example = textField(cluster.value, "value");
  if (other === undefined) {
    leftOut.add("relations to a cluster of a galaxy that was not among the files", example);
    return;
  }
  // `used-by` and `uses` are one statement, seen from two sides.
  const [from, to] = type === "used-by" ? [other, cluster] : [cluster, other];
  const relation =
    type === "used-by" ? "uses" : Object.hasOwn(RELATION_TYPES, type) ? RELATION_TYPES[type] : undefined;
  const { note, information } = judgement(related);
  const draft = from.draft;
  if (draft === undefined) return;
  const statement = {
    ...draft.statement(information === undefined ? {} : { information }),
    ...(note !== undefined && { note }),
  };
  const technique = textField(field(to.value, "meta"), "external_id");
  if (relation === "uses" && to.type === TECHNIQUES && ATTACK_TECHNIQUE.test(technique))
    draft.add("techniques", technique, { ...statement, technique });
  else if (relation !== undefined && to.draft !== undefined && to.draft !== draft)
    draft.add("relations", `${relation} ${to.draft.id}`, { ...statement, relation, to: to.draft.id });
  else leftOut.add(`relations "${oneLine(type, 60)}" to ${oneLine(to.type, 60)} are not read`, example);
}

/** All galaxies of one import together: their clusters refer to each other by UUID. */
export function readGalaxies(
  galaxies: readonly { document: unknown; context: ImportContext }[],
  leftOut: LeftOut,
): Draft[] {
  const byUuid = new Map<string, Cluster>();
  const taken = new Set<string>();
  for (const { document, context } of galaxies) {
    if (!isObject(document)) continue;
    const type = textField(document, "type");
    const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
    for (const value of listField(document, "values").filter(isObject)) {
      const uuid = textField(value, "uuid");
      if (kind === undefined && type !== TECHNIQUES)
        leftOut.add(`clusters of galaxy "${oneLine(type, 60)}" are not read`, textField(value, "value"));
      const revoked = listField(value, "related").some(
        (related) => textField(related, "type") === "revoked-by",
      );
      if (kind !== undefined && revoked) leftOut.add("clusters that are revoked", textField(value, "value"));
      const draft = kind === undefined || revoked ? undefined : draftOf(value, kind, document, context);
      if (byUuid.has(uuid) || (draft !== undefined && taken.has(draft.id))) {
        leftOut.add("another cluster has the same id", textField(value, "value"));
        continue;
      }
      if (draft !== undefined) taken.add(draft.id);
      byUuid.set(uuid === "" ? `\0${byUuid.size}` : uuid, { value, type, draft });
    }
  }
  for (const cluster of byUuid.values())
    for (const related of listField(cluster.value, "related")) readRelated(cluster, related, byUuid, leftOut);
  return [...byUuid.values()].flatMap(({ draft }) => draft ?? []);
}
