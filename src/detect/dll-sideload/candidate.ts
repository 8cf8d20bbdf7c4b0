import { fileName, folderOf, placeOf, stem, writableValue } from "../shared/windows-path.js";
import type { Catalogue, Known } from "./catalogue.js";
import { isFolder } from "./catalogue.js";
import type { Load } from "./loads.js";
import type { Program, Programs } from "./programs.js";
import type { Conduct, Drop } from "./surroundings.js";

/** A load that may be a side-load, with everything that speaks for or against it. */
export interface Candidate {
  load: Load;
  kind: "library" | "configuration";
  known: Known;
  /** From its self-load; undefined where there is none. */
  program: Program | undefined;
  /** Name in the program's version information, from its self-load or its start; '' where neither has one. */
  programOriginal: string;
  /** 1: the program belongs elsewhere; 0.5: it is signed, stands where users can write, and nobody knows where it belongs. */
  displaced: number;
  /** Hosts of the same owner and realm with loads. */
  ownHosts: number;
  /** The last creation of the library before it was loaded, on one of its hosts. */
  drop: { drop: Drop; seconds: number; filesAround: number } | undefined;
  conduct: Conduct[];
}

/** Programs whose work it is to load libraries that others name: what they load is not side-loaded. */
const LOADERS = new Set([
  "rundll32.exe",
  "regsvr32.exe",
  "regasm.exe",
  "regsvcs.exe",
  "installutil.exe",
  "msiexec.exe",
  "powershell.exe",
  "powershell_ise.exe",
  "pwsh.exe",
  "dotnet.exe",
  "python.exe",
  "pythonw.exe",
  "java.exe",
  "javaw.exe",
  "node.exe",
  "cscript.exe",
  "wscript.exe",
  "mavinject.exe",
  "control.exe",
]);

export function programNames(path: string, originalName: string): string[] {
  const names = [fileName(path)];
  if (originalName !== "") names.push(`${stem(originalName)}.exe`);
  return [...new Set(names)];
}

/**
 * Whether there is a question at all. Without knowledge of the pair: library and program lie in one folder that users can write to, the program is
 * signed, or says that it is of a company, or is not known, and the library is not signed by the same. A trusted program of Windows that loads an
 * unsigned library from where users can write is one as well. A program that is known not to be signed brings whatever it likes: no side-load.
 *
 * @param company in the program's version information, as its start has it; '' where that is not known
 */
export function isCandidate(
  load: Load,
  known: Known,
  program: Program | undefined,
  company: string,
): boolean {
  if (known.atHome || isOwnLibrary(load, program, company)) return false;
  if (known.why === "phantom" || known.why === "pair") return true;
  if (LOADERS.has(fileName(load.program))) return false;
  const programPlace = placeOf(load.program);
  const isTrusted =
    programPlace === "windows" || programPlace === "programs" || program?.signature === "valid";
  if (known.why === "windows name") return load.signature !== "valid" && isTrusted;
  const modulePlace = placeOf(load.module);
  if (modulePlace !== "drop" && modulePlace !== "data") return false;
  if (load.sameFolder) {
    if (program !== undefined) return program.signature === "valid";
    return company !== "" || load.signature === "unsigned";
  }
  return programPlace === "windows" && (load.signature === "unsigned" || load.signature === "doubtful");
}

/** Signed by the program's signer, by the company that the program says it is of, or by Microsoft, who signs what others bring along. */
function isOwnLibrary({ signature, signer }: Load, program: Program | undefined, company: string): boolean {
  if (signature !== "valid") return false;
  if (signer.startsWith("Microsoft")) return true;
  if (program !== undefined) return program.signature === "valid" && program.signer === signer;
  return company !== "" && firstWord(company) === firstWord(signer);
}

const firstWord = (name: string): string => /[\p{L}\p{N}]+/u.exec(name.toLowerCase())?.[0] ?? "";

/** How far the program is from where it belongs. */
export function displacement(
  { program: path }: Pick<Load, "program">,
  { homes }: Known,
  program: Program | undefined,
  programs: Programs,
  company: string,
): number {
  const place = placeOf(path);
  const folder = folderOf(path);
  if (place === "windows" || place === "programs" || homes.some((home) => isFolder(home, folder))) return 0;
  if (homes.length > 0) return 1;
  if (place === "user-programs") return 0;
  if (program?.signature === "valid")
    return /^Microsoft Windows/.test(program.signer) || programs.isInstalledElsewhere(program) ? 1 : 0.5;
  // Without a self-load there is only what the file says of itself. Microsoft's programs do not live where users write.
  if (/^microsoft/i.test(company)) return 0.8;
  return company !== "" && place === "drop" ? 0.5 : 0;
}

/** The catalogue knows pairs by the program's name; a renamed one is known by the name in its version information. */
export function knowledgeOf(catalogue: Catalogue, load: Load, originalName: string): Known {
  return catalogue.lookUp(load.program, programNames(load.program, originalName), load.module);
}

/** 1 where the folder is anybody's, 0 where only administrators write or the library is not the program's neighbour. */
export function folderValue({ load }: Candidate): number {
  const value = writableValue(load.module);
  return load.sameFolder ? value : value / 2;
}
