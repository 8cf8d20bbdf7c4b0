import { chunks, groupBy } from "../../kernel/group-by.js";
import type { DetectContext } from "../port.js";
import { type Signature, signatureSql } from "../shared/module-signature.js";
import { fileName, fileNameSql, folderSql, likeFolderSql, placeOf } from "../shared/windows-path.js";
import { knownTextSql } from "./loads.js";

/** A program as the events of its loading itself have it, which carry its own signature. */
export interface Program {
  path: string;
  signature: Signature;
  signer: string;
  /** Name in its version information, lower case; '' where it is not known. */
  originalName: string;
}

const CHUNK = 4_000;

/** What is known of programs by their file name: from their self-loads, on any host of any realm. */
export class Programs {
  readonly #byName: ReadonlyMap<string, Program[]>;

  private constructor(programs: readonly Program[]) {
    this.#byName = groupBy(programs, ({ path }) => fileName(path));
  }

  static async load(context: DetectContext, names: readonly string[]): Promise<Programs> {
    const found: Program[] = [];
    for (const some of chunks([...new Set(names)], CHUNK)) {
      const rows = await context.query<Program>(
        `WITH lower(module_file_path) AS m
         SELECT min(m) AS path, ${signatureSql} AS signature, ${knownTextSql("module_signature")} AS signer,
           max(lower(${knownTextSql("module_file_original_name")})) AS originalName
         FROM module_activity
         WHERE metadata_event_code = 7 AND m = lower(process_file_path) AND ${fileNameSql("m")} IN {names:Array(String)}
         GROUP BY ${fileNameSql("m")}, ${likeFolderSql(folderSql("m"))}, signature, signer ORDER BY path, signature, signer LIMIT 20000`,
        { names: some },
      );
      found.push(...rows);
    }
    return new Programs(found);
  }

  /** The program at this path, or in a like folder with the same name; undefined where it was never seen to load itself. */
  at(path: string): Program | undefined {
    const lower = path.toLowerCase();
    const same = this.#byName.get(fileName(path)) ?? [];
    return (
      same.find((program) => program.path === lower) ?? same.find((program) => like(program.path, lower))
    );
  }

  /** Whether the case knows the same program (name and signer) installed where only administrators write. */
  isInstalledElsewhere({ path, signer }: Program): boolean {
    return (this.#byName.get(fileName(path)) ?? []).some(
      (other) =>
        other.signature === "valid" &&
        other.signer === signer &&
        ["windows", "programs"].includes(placeOf(other.path)),
    );
  }
}

/** As {@link likeFolderSql} has it. */
function like(a: string, b: string): boolean {
  const form = (path: string) =>
    (/^[a-z]:\\users\\public/.test(path)
      ? path
      : path.replace(/^[a-z]:\\users\\[^\\]+/, "c:\\users\\*")
    ).replaceAll(/[0-9a-f]{8,}|[0-9]+/g, "#");
  return form(a) === form(b);
}
