import { z } from "zod";
import { shippedList } from "../../kernel/shipped-list.js";

const entry = {
  what: z.string().min(1),
  path: z.string().regex(/^(?:user|machine|\{)[^A-Z]*$/),
  value: z.number().min(0).max(1),
  attack: z.string().regex(/^T\d{4}(\.\d{3})?$/),
  source: z.url(),
  usual: z.string().optional(),
};
const listSchema = z.strictObject({
  autostart: z.array(z.strictObject({ ...entry, ordinary: z.string().optional() })),
  settings: z.array(
    z.strictObject({
      ...entry,
      family: z.string().min(1),
      weak: z.union([
        z.strictObject({ is: z.array(z.number()).min(1), deleted: z.boolean().optional() }),
        z.strictObject({ not: z.array(z.number()).min(1) }),
        z.strictObject({ below: z.number() }),
        z.strictObject({ words: z.array(z.string()).min(1) }),
        z.strictObject({ any: z.literal(true) }),
      ]),
      writers: z.string().optional(),
    }),
  ),
});
type Content = z.infer<typeof listSchema>;
type Weak = Content["settings"][number]["weak"];

/** What somebody did to a value: set it, or took it away. */
export interface Write {
  /** Path as {@link pathSql} has it. */
  path: string;
  /** As the event has it. */
  data: string;
  deleted: boolean;
  /** Path of the writing process; '' where that is not known. */
  writer: string;
}

/** An entry of the list that a write concerns. */
export interface Place {
  kind: "autostart" | "setting";
  what: string;
  /** Of settings: those that weaken the same thing. */
  family: string;
  value: number;
  attack: string;
  /** What harmless thing also writes there; '' where nothing is known. */
  usual: string;
}

export interface RegistryList {
  /** Regular expression (RE2 and JavaScript alike) of every path on the list. */
  readonly paths: string;
  /** Words (lower case) of which every such path has one, however its collector writes roots and control sets. */
  readonly words: readonly string[];
  /** The gravest entry that the write concerns; undefined where it is ordinary, or no setting was weakened. */
  placeOf(write: Write): Place | undefined;
}

/** `locations.yaml`. @throws LW_CONFIG where it was damaged. */
export const registryList = shippedList(
  "The list of registry locations",
  "src/detect/registry-anomaly/locations.yaml",
  (content) => compile(listSchema.parse(content)),
);

interface Known {
  path: RegExp;
  place: Place;
  concerns(write: Write): boolean;
}

function compile({ autostart, settings }: Content): RegistryList {
  const known: Known[] = [
    ...autostart.map(({ path, ordinary, usual = "", what, value, attack }) => {
      const usually = ordinary === undefined ? undefined : new RegExp(ordinary);
      return {
        path: new RegExp(`^${patternOf(path)}$`),
        place: { kind: "autostart" as const, what, value, attack, usual, family: what },
        concerns: ({ data, deleted }: Write) =>
          !deleted && usually?.test(plainData(data).toLowerCase()) !== true,
      };
    }),
    ...settings.map(({ path, weak, writers, usual = "", what, value, attack, family }) => {
      const usually = writers === undefined ? undefined : new RegExp(writers);
      return {
        path: new RegExp(`^${patternOf(path)}$`),
        place: { kind: "setting" as const, what, value, attack, usual, family },
        concerns: (write: Write) => usually?.test(write.writer.toLowerCase()) !== true && isWeak(weak, write),
      };
    }),
  ].sort((a, b) => b.place.value - a.place.value);
  const all = [...autostart, ...settings].map(({ path }) => path);
  return {
    words: [...new Set(all.flatMap(wordsOf))],
    paths: `^(?:${all.map(patternOf).join("|")})$`,
    placeOf: (write) => known.find(({ path, concerns }) => path.test(write.path) && concerns(write))?.place,
  };
}

/** `*` one part of a path, `**` one or more, `{a,b}` one of several. */
function patternOf(path: string): string {
  return path.replace(/\*\*|[*{},\\^$.|?+()[\]]/g, (token) => TOKENS[token] ?? `\\${token}`);
}

/** Parts of a path that collectors write in other ways, or that are nearly everywhere. */
const COMMON = new Set(
  "machine,user,software,classes,system,currentcontrolset,control,services,microsoft,windows,windows nt,currentversion,policies,parameters,(default)".split(
    ",",
  ),
);

/** For each of the paths that a path of the list means, its longest part. @throws Error where it has none */
function wordsOf(path: string): string[] {
  return alternatives(path).map((plain) => {
    const words = plain.split(/[\\*]+/).filter((word) => word !== "" && !COMMON.has(word));
    const longest = words.reduce((best, word) => (word.length > best.length ? word : best), "");
    if (longest === "") throw new Error(`no part of ${path} is fixed`);
    return longest;
  });
}

/** Paths without braces, the innermost taken apart first. */
function alternatives(path: string): string[] {
  const inner = /\{([^{}]*)\}/.exec(path);
  if (inner === null) return [path];
  return (inner[1] ?? "")
    .split(",")
    .flatMap((each) =>
      alternatives(path.slice(0, inner.index) + each + path.slice(inner.index + inner[0].length)),
    );
}

const TOKENS: Readonly<Record<string, string>> = {
  "**": ".+",
  "*": "[^\\\\]+",
  "{": "(?:",
  "}": ")",
  ",": "|",
};

function isWeak(weak: Weak, { data, deleted }: Write): boolean {
  if (deleted) return "deleted" in weak && weak.deleted === true;
  if ("any" in weak) return true;
  if ("words" in weak) return weak.words.includes(data.trim().toLowerCase());
  const number = numberOf(data);
  if (number === undefined) return false;
  if ("is" in weak) return weak.is.includes(number);
  return "not" in weak ? !weak.not.includes(number) : number < weak.below;
}

/** Data that the event does not tell, or that name nothing. */
const UNTOLD = /^(?:binary data|\(empty\)|[dq]word \(.*\))$/i;

/** What a value names; '' where the event does not tell it. `%` is doubled in files of event logs. */
export function plainData(data: string): string {
  const plain = data.trim().replaceAll("%%", "%");
  return UNTOLD.test(plain) ? "" : plain;
}

/** The number of a value: `DWORD (0x00000001)` (Sysmon), `0x1`, `1`; undefined where it is none. */
export function numberOf(data: string): number | undefined {
  const digits = /^(?:[dq]word \()?(0x[0-9a-f]{1,8}|\d{1,10})\)?$/i.exec(data.trim())?.[1];
  return digits === undefined ? undefined : Number(digits);
}
