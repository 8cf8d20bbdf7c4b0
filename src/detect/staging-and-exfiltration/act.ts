/** What one command of a host did with files that might leave. All paths are as the command has them. */
export type Act = Packing | Copy | Export | Upload;

/** Made an archive, or wrote one anew in another form. */
export interface Packing {
  kind: "packing";
  archive: string;
  sources: string[];
  /** A password, and whether names are hidden as well. */
  secret: "" | "password" | "hidden names";
  volumes: boolean;
  /** A file name that its arguments or its version information belie. */
  disguised: boolean;
  program: string;
}

/** Copied many files, or an archive, to another place. */
export interface Copy {
  kind: "copy";
  sources: string[];
  target: string;
}

/** Had a service write out what it keeps. */
export interface Export {
  kind: "export";
  what: "mailboxes" | "a database" | "the directory's credentials";
  /** Where it wrote it; '' where the command does not say. */
  target: string;
}

/** Sent files away. */
export interface Upload {
  kind: "upload";
  /** '' where the command does not say (a script, a program with windows). */
  file: string;
  /** Name or address of the server, lower case; '' where the command does not say. */
  server: string;
  way: "ftp" | "http" | "ssh" | "bits" | "cloud" | "started";
  /** Sent without encryption, as far as the command says. */
  isPlain: boolean;
  program: string;
}

/** Last part of a path of Windows or of anything else, lower case. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("\\"), path.lastIndexOf("/")) + 1).toLowerCase();
}

/** What is in front of it, lower case; '' for a bare name. */
export function folderName(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("\\"), path.lastIndexOf("/"))).toLowerCase();
}
