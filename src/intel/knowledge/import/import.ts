import { LongwatchError, messageOf } from "../../../kernel/errors.js";
import type { KnowledgeEntry, SuccessorsFile } from "../../../model/knowledge.js";
import type { KnowledgeImported } from "../../../model/knowledge-view.js";
import { isStixBundle } from "../../stix-objects.js";
import { textField } from "../../text/json.js";
import { jsonErrorLine } from "../../text/json-error.js";
import { LeftOut } from "../../text/left-out.js";
import { type Draft, type ImportContext, type ImportGrade, oneLine } from "./draft.js";
import { isGalaxy, readGalaxies } from "./galaxy.js";
import { ImportBundle, isOfAttack } from "./stix-bundle.js";
import { readEntries } from "./stix-entries.js";
import { readRelationships } from "./stix-relations.js";

export interface ImportOptions {
  /** Of ATT&CK; undefined where the file is to say it. */
  attackVersion: string | undefined;
  /** Undefined: B2 for ATT&CK, whose entries its editors check against published reports; F6 for all else. */
  grade: ImportGrade | undefined;
}

export interface ImportResult {
  entries: KnowledgeEntry[];
  successors: SuccessorsFile[];
  files: KnowledgeImported["files"];
  leftOut: KnowledgeImported["left_out"];
}

interface Document {
  file: string;
  document: unknown;
}

/** @throws LW_KNOWLEDGE with file and line where the text is not JSON */
export function parseImport(text: string, file: string): Document {
  try {
    return { file, document: JSON.parse(text.replace(/^\ufeff/, "")) as unknown };
  } catch (error) {
    throw new LongwatchError(
      "LW_KNOWLEDGE",
      `is not JSON (${oneLine(messageOf(error), 200)}): fetch the file again, or correct it`,
      { file, line: jsonErrorLine(text) },
      error,
    );
  }
}

/** `18.1`: what the file says, else what its name says, as MITRE names its files (enterprise-attack-18.1.json). */
function versionOf(bundle: ImportBundle, file: string): string | undefined {
  const collection = bundle.objects.find((object) => textField(object, "type") === "x-mitre-collection");
  const said = oneLine(textField(collection, "x_mitre_version"), 20);
  return said !== "" ? said : /-attack-(\d+\.\d+)/.exec(file)?.[1];
}

function successorsOf(bundle: ImportBundle, context: ImportContext): SuccessorsFile | undefined {
  const replaced = bundle.replacedTechniques();
  if (replaced.length === 0) return undefined;
  const { reliability, information } = context.attackGrade;
  return {
    kind: "attack-successors",
    imported: { from: context.file, format: "attack" },
    sources: {
      origin: {
        publisher: "MITRE ATT&CK",
        title: `ATT&CK ${context.attackVersion ?? "(version unknown)"}: techniques revoked by others`,
        file: context.file,
        reliability,
        tlp: "clear",
      },
    },
    // One technique may have been revoked in several matrices of one file; the first counts.
    successors: [...new Map(replaced.toReversed().map((one) => [one.from, one])).values()]
      .toReversed()
      .map(({ from, to, date }) => ({
        source: "origin",
        information,
        from,
        to,
        ...(date !== undefined && { date }),
      })),
  };
}

/**
 * Reads ATT&CK (STIX 2.0 or 2.1), other STIX bundles and MISP galaxies, each told by its content.
 * @throws LW_KNOWLEDGE for JSON of another kind
 */
export function importDocuments(documents: readonly Document[], options: ImportOptions): ImportResult {
  const leftOut = new LeftOut();
  const drafts: Draft[] = [];
  const galaxies: { document: unknown; context: ImportContext }[] = [];
  const result: ImportResult = { entries: [], successors: [], files: [], leftOut: [] };
  for (const { file, document } of documents) {
    const context: ImportContext = {
      file: oneLine(file, 200) || "unnamed",
      attackVersion: options.attackVersion,
      attackGrade: options.grade ?? { reliability: "B", information: 2 },
      grade: options.grade ?? { reliability: "F", information: 6 },
    };
    if (isStixBundle(document)) {
      const bundle = new ImportBundle(document);
      const isAttack = bundle.objects.some(
        (object) => isOfAttack(object) && textField(object, "x_mitre_version") !== "",
      );
      if (isAttack) context.attackVersion ??= versionOf(bundle, file);
      const read = readEntries(bundle, context, leftOut);
      readRelationships({ bundle, drafts: read, context, leftOut });
      drafts.push(...read.values());
      const successors = successorsOf(bundle, context);
      if (successors !== undefined) result.successors.push(successors);
      result.files.push({ path: file, format: isAttack ? "attack" : "stix" });
    } else if (isGalaxy(document)) {
      galaxies.push({ document, context });
      result.files.push({ path: file, format: "misp-galaxy" });
    } else
      throw new LongwatchError(
        "LW_KNOWLEDGE",
        "is JSON, but neither a STIX bundle (as ATT&CK is published) nor a MISP galaxy",
        { file },
      );
  }
  drafts.push(...readGalaxies(galaxies, leftOut));
  const taken = new Set<string>();
  for (const draft of drafts) {
    if (taken.has(draft.id)) leftOut.add("another file has the same object", draft.id);
    else result.entries.push(draft.finish(leftOut));
    taken.add(draft.id);
  }
  result.leftOut = leftOut
    .list()
    .map(({ example, ...rest }) => ({ ...rest, example: oneLine(example, 200) || "unnamed" }));
  return result;
}
