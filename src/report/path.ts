/**
 * A path of Windows or Unix as its name and the folder that it lies in, without the separator between; '' where it has none. What begins with `/` is a
 * path of Unix, where a backslash is part of a name.
 */
export function splitPath(path: string): { folder: string; name: string } {
  const slash = path.lastIndexOf("/");
  const cut = path.startsWith("/") ? slash : Math.max(path.lastIndexOf("\\"), slash);
  return { folder: path.slice(0, Math.max(0, cut)), name: path.slice(cut + 1) };
}
