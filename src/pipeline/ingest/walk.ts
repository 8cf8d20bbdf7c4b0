import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import { LongwatchError, messageOf } from "../../kernel/errors.js";

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
 * All regular files below the given paths, in an order that depends on names alone (a batch must come out the same again after a crash).
 * Links are followed once; special files, hidden files, `truth*` (answers of a simulation) and the folders in `exclude` are left out.
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
    walk.unreadable.push({ path: folder, reason: messageOf(error) });
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const entry of entries) {
    if (entry.name.startsWith(".") || entry.name.startsWith("truth")) continue;
    const path = join(folder, entry.name);
    try {
      const stats = statSync(path);
      if (stats.isDirectory()) walkFolder(path, root, seen, walk);
      else addFile(path, relative(root, path).split(sep).join("/"), stats, seen, walk);
    } catch (error) {
      walk.unreadable.push({ path, reason: messageOf(error) });
    }
  }
}

function addFile(path: string, relativePath: string, stats: Stats, seen: Set<string>, walk: Walk): void {
  // A named pipe or a device would never end.
  if (!stats.isFile()) return;
  const real = realPathOrSelf(path);
  if (seen.has(real)) return;
  seen.add(real);
  walk.files.push({ path, relative: relativePath, bytes: stats.size });
}

function statGiven(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    const why =
      (error as NodeJS.ErrnoException).code === "ENOENT"
        ? "there is no such file or folder"
        : messageOf(error);
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
