import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import { LongwatchError } from "../../kernel/errors.js";
import { inputProblem } from "../system-error.js";

export interface InputFile {
  /** As the user would write it: the given path, joined with what lies below. */
  path: string;
  /** Relative to the given folder, with `/`; for sensors by path. The file's own name where a file was given. */
  relative: string;
  bytes: number;
}

export interface Walk {
  files: InputFile[];
  /** What could not even be looked at, and why. */
  unreadable: { path: string; reason: string }[];
}

/**
 * Fails early, before a case is made, where there is nothing to read.
 * @throws LW_INPUT_MISSING, LW_INPUT_EMPTY
 */
export function requireInput(paths: readonly string[]): void {
  const seen = new Set<string>();
  const kinds = paths.map((path) => ({ path, isFolder: statGiven(path).isDirectory() }));
  if (kinds.some(({ path, isFolder }) => !isFolder || holdsSomething(path, seen))) return;
  throw new LongwatchError("LW_INPUT_EMPTY", "there is no file in it; give the folder that holds the logs", {
    file: paths.join(", "),
  });
}

/** Whether a folder holds anything but folders; one that may not be read counts, because that has to be told. */
function holdsSomething(folder: string, seen: Set<string>): boolean {
  const real = realPathOrSelf(folder);
  if (seen.has(real)) return false;
  seen.add(real);
  try {
    return readdirSync(folder, { withFileTypes: true }).some((entry) => {
      if (isLeftOut(entry.name)) return false;
      const path = join(folder, entry.name);
      const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && isFolderBehind(path));
      return !isFolder || holdsSomething(path, seen);
    });
  } catch {
    return true;
  }
}

function isFolderBehind(link: string): boolean {
  return statSync(link, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isLeftOut(name: string): boolean {
  return name.startsWith(".") || name.startsWith("truth");
}

/**
 * All regular files below the given paths, in an order that depends on names alone (a batch must come out the same again after a crash).
 * Links are followed once; hidden files, `truth*` (answers of a simulation) and the folders in `exclude` are left out; special files are
 * named as unreadable.
 * @throws LW_INPUT_MISSING where a given path does not exist or may not be read.
 */
export function walkInput(paths: readonly string[], exclude: readonly string[]): Walk {
  const walk: Walk = { files: [], unreadable: [] };
  const seen = new Set(exclude.map(realPathOrSelf));
  for (const given of paths) {
    const stats = statGiven(given);
    if (stats.isDirectory()) walkFolder(given, given, seen, walk);
    else addFile(given, basename(given), stats, seen, walk);
  }
  return walk;
}

function walkFolder(folder: string, root: string, seen: Set<string>, walk: Walk): void {
  const real = realPathOrSelf(folder);
  if (seen.has(real)) return;
  seen.add(real);
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    walk.unreadable.push({ path: folder, reason: `the folder cannot be read: ${inputProblem(error)}` });
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const entry of entries) {
    if (isLeftOut(entry.name)) continue;
    const path = join(folder, entry.name);
    try {
      const stats = statSync(path);
      if (stats.isDirectory()) walkFolder(path, root, seen, walk);
      else addFile(path, relative(root, path).split(sep).join("/"), stats, seen, walk);
    } catch (error) {
      // Node decodes names as UTF-8; what is not comes with replacement characters, and the file is not found by it.
      const reason = entry.name.includes("\ufffd") ? "its name is not UTF-8; rename it" : inputProblem(error);
      walk.unreadable.push({ path, reason: `cannot be read: ${reason}` });
    }
  }
}

function addFile(path: string, relativePath: string, stats: Stats, seen: Set<string>, walk: Walk): void {
  const real = realPathOrSelf(path);
  if (seen.has(real)) return;
  seen.add(real);
  // A named pipe or a device would never end.
  if (!stats.isFile()) {
    walk.unreadable.push({
      path,
      reason: "not a regular file (a named pipe, socket or device); copy its content into a file",
    });
    return;
  }
  walk.files.push({ path, relative: relativePath, bytes: stats.size });
}

function statGiven(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    const why =
      (error as NodeJS.ErrnoException).code === "ENOENT"
        ? "there is no such file or folder"
        : inputProblem(error);
    throw new LongwatchError("LW_INPUT_MISSING", `${why}; give the folder that holds the logs`, {
      file: path,
    });
  }
}

function realPathOrSelf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
