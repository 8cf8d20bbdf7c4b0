import { groupBy } from "../../kernel/group-by.js";
import type { DllHijack } from "../../model/dll-hijack.js";
import { fileName, folderOf, placeOf } from "../shared/windows-path.js";
import { phantoms } from "./phantoms.js";

/** What is known of a load before its surroundings are looked at. */
export interface Known {
  /** 1 for a listed pair or a phantom, less where only the library's name says something; 0 for nothing. */
  value: number;
  why: "pair" | "phantom" | "windows name" | "library" | "";
  /** The library stands where the catalogue or Windows has it: nothing is wrong with its place. */
  atHome: boolean;
  /** Folders in which the program belongs, as patterns; empty where that is not known. */
  homes: readonly string[];
}

/** The user's catalogue, our list of phantoms, and the names of Windows' own libraries as this case has seen them in their place. */
export class Catalogue {
  readonly #libraries: ReadonlyMap<string, DllHijack[]>;
  readonly #windowsNames: ReadonlySet<string>;

  constructor(entries: readonly DllHijack[], windowsNames: Iterable<string>) {
    this.#libraries = groupBy(entries, ({ library }) => library);
    this.#windowsNames = new Set(windowsNames);
  }

  /** Names that the engine should look for wherever they are loaded from. */
  get names(): string[] {
    return [...new Set([...this.#libraries.keys(), ...phantoms().keys()])];
  }

  /** @param programNames the program's file name, and the name that its version information has, lower case */
  lookUp(program: string, programNames: readonly string[], module: string): Known {
    const library = fileName(module);
    const entries = this.#libraries.get(library) ?? [];
    const programs = entries
      .flatMap((entry) => entry.programs)
      .filter(({ name }) => programNames.includes(name));
    const homes = programs.map(({ home }) => home).filter((home) => home !== "");
    // Other programs may bring a library of that name for themselves: oci.dll is Oracle's.
    if (phantoms().has(library) && IN_WINDOWS.test(program))
      return { value: 1, why: "phantom", atHome: false, homes };
    const expected = entries.flatMap((entry) => entry.expected);
    const atHome = expected.some((pattern) => isFolder(pattern, folderOf(module)));
    if (atHome) return { value: 0, why: "", atHome, homes };
    if (programs.length > 0) return { value: 1, why: "pair", atHome, homes };
    const ofWindows =
      this.#windowsNames.has(library) || expected.some((pattern) => /^%SYS(TEM32|WOW64)%/i.test(pattern));
    if (ofWindows && !WINDOWS_LIBRARIES.test(module))
      return {
        value: IN_WINDOWS.test(module) ? 1 : valueOutside(module),
        why: "windows name",
        atHome,
        homes,
      };
    return entries.length > 0
      ? { value: 0.4, why: "library", atHome, homes }
      : { value: 0, why: "", atHome, homes };
  }
}

/** Software in Program Files often brings its own copy of a library of Windows. */
const valueOutside = (module: string): number => (placeOf(module) === "programs" ? 0.6 : 0.8);

const IN_WINDOWS = /^[a-z]:\\windows\\/i;
/** Where Windows keeps its libraries: of one name several versions, or the one for 32 bits. */
const WINDOWS_LIBRARIES = /^[a-z]:\\windows\\(?:system32\\[^\\]+|syswow64\\[^\\]+|winsxs\\.*)$/i;

const VARIABLES: readonly (readonly [RegExp, string])[] = [
  [/^%system32%/, "[a-z]:\\\\windows\\\\system32"],
  [/^%syswow64%/, "[a-z]:\\\\windows\\\\syswow64"],
  [/^%windir%/, "[a-z]:\\\\windows"],
  [/^%programfiles%/, "[a-z]:\\\\program files(?: \\(x86\\))?"],
  [/^%programdata%/, "[a-z]:\\\\programdata"],
  [/^%localappdata%/, "[a-z]:\\\\users\\\\[^\\\\]+\\\\appdata\\\\local"],
  [/^%appdata%/, "[a-z]:\\\\users\\\\[^\\\\]+\\\\appdata\\\\roaming"],
  [/^%userprofile%/, "[a-z]:\\\\users\\\\[^\\\\]+"],
];

const compiled = new Map<string, RegExp>();

/** Whether a folder (lower case) is the one that the catalogue writes as `%PROGRAMFILES%\Vendor\%VERSION%`. */
export function isFolder(pattern: string, folder: string): boolean {
  const known = compiled.get(pattern) ?? compile(pattern.toLowerCase().replace(/\\+$/, ""));
  compiled.set(pattern, known);
  return known.test(folder);
}

function compile(pattern: string): RegExp {
  const variable = VARIABLES.find(([start]) => start.test(pattern));
  const rest = variable === undefined ? pattern : pattern.replace(variable[0], "");
  const literal = rest
    .split(/%[^%\\]*%/)
    .map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("[^\\\\]+");
  return new RegExp(`^${variable?.[1] ?? ""}${literal}$`);
}
