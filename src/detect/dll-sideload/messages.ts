import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "dll-sideload.run-configuration-dropped-beside": "{0} run with a configuration dropped beside it: {1}",
  "dll-sideload.loaded-from-place-does": "{0} loaded {1} from a place it does not belong: {2}",
  "dll-sideload.side-load-needs-no":
    "A side-load needs no vulnerability and leaves the program's signature whole: look at the library itself.",
  "dll-sideload.program-never-seen-load":
    "The program was never seen to load itself, so its own signature is not known.",
  "dll-sideload.sysmon-did-not-say":
    "Sysmon did not say whether the library is signed: that is unknown, not unsigned.",
  "dll-sideload.library-not-beside-program":
    "The library was not beside the program: it may have come through PATH, a COM registration or a profiler's variable.",
  "dll-sideload.what-stands-configuration-file":
    "What stands in the configuration file no event says: read it.",
  "dll-sideload.loads-libraries": "loads of libraries",
  "dll-sideload.hosts-loads": "hosts with loads",
  "dll-sideload.groups-loads-not-plainly": "groups of loads that are not plainly in order",
  "dll-sideload.configuration-files-programs": "configuration files of programs",
  "dll-sideload.entries-catalogue": "entries of the catalogue",
  "dll-sideload.files-catalogue-no-entry": "files of the catalogue that are no entry",
  "dll-sideload.no-loads-libraries-sysmon":
    "no loads of libraries (Sysmon 7) and no files written (Sysmon 11) in this case",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "dll-sideload.pair":
    "{0} ({1}) loaded {2} ({3}) on {5} (hosts: {4}), first on {6}, last on {7}. {8} What speaks for a side-load: {9}",
  "dll-sideload.configuration":
    "{0} ({1}) was run beside a configuration file that had been written there, {2} ({3}), on {5} (hosts: {4}), first on {6}, last on {7}. {8} What speaks for a side-load: {9}",
};
