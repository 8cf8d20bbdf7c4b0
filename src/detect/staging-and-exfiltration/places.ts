import { writableValue } from "../shared/windows-path.js";

/** How a place or a content counts (0..1), and in words. */
export interface Worth {
  value: number;
  words: string;
}

const NOTHING: Worth = { value: 0, words: "" };

/** Where intruders lay archives down; 1 where nobody else does: scripts and agents zip their logs in folders for temporary and program data all the time. Of a user's own folders only the temporary one is among them: people pack things into the others every day. */
const STAGING: readonly (readonly [RegExp, number, string])[] = [
  [/\\(?:\$recycle\.bin|recycler|recycled)\\/, 1, "the recycle bin"],
  [
    /\\(?:inetpub\\wwwroot|htdocs|webapps|frontend\\httpproxy|clientaccess)\\|^\/(?:var\/www|srv\/www|usr\/share\/nginx)\//,
    1,
    "a folder that a web server serves",
  ],
  [/^[a-z]:\\users\\public\\/, 1, "a public folder"],
  [
    /^[a-z]:\\(?:perflogs|intel|windows\\(?:tasks|tracing|debug|help|vss|fonts|ime))\\/,
    1,
    "a folder of the system where no documents belong",
  ],
  [/^[a-z]:\\windows\\temp\\/, 0.9, "the system's folder for temporary files"],
  [/^[a-z]:\\programdata\\/, 0.8, "ProgramData"],
  [
    /\\appdata\\(?:local\\temp|roaming|locallow)\\|^[a-z]:\\te?mp\\|^%(?:te?mp|public|programdata|appdata)%\\/,
    0.7,
    "a folder for temporary or program data",
  ],
  [/^\/(?:tmp|var\/tmp|dev\/shm)\//, 0.8, "a temporary folder"],
  [/^\$env:(?:te?mp|public|programdata|appdata)\\/, 0.7, "a folder for temporary or program data"],
  [/^[a-z]:\\[^\\]+$/, 0.4, "the root of a drive"],
  [/^\\\\[^\\]+\\[a-z]\$\\|^\\\\[^\\]+\\(?:admin|ipc)\$\\/, 1, "an administrative share of another host"],
];

/** Where an archive lies. */
export function stagingOf(path: string): Worth {
  const lower = path.toLowerCase();
  const found = STAGING.find(([pattern]) => pattern.test(lower));
  return found === undefined ? NOTHING : { value: found[1], words: found[2] };
}

const CONTENTS: readonly (readonly [RegExp, number, string, string])[] = [
  [
    /ntds(?:\.dit|\b)|system32\\config\\(?:sam|system|security)\b|lsass[^\\]*\.dmp/,
    1,
    "credentials",
    "T1003.003",
  ],
  [/\.(?:pst|ost|eml|msg|edb)\b/, 1, "mail", "T1114.002"],
  [/^\\\\[^\\]+\\/, 1, "files of a share", "T1039"],
  [/\.(?:docx?|xlsx?|pptx?|pdf|rtf|odt|ods|vsdx?|dwg|wps)\b/, 1, "documents", "T1005"],
  [/\.(?:bak|sql|dmp|mdf|dump)\b/, 0.8, "a database", "T1005"],
  [/\\(?:documents|desktop|onedrive)(?:\\|$)|^\/home\/[^/]+/, 0.6, "a user's files", "T1005"],
];

/** What was collected, and the technique of collecting it. */
export function contentOf(sources: readonly string[]): Worth & { attack: string } {
  const lower = sources.map((source) => source.toLowerCase());
  const found = CONTENTS.find(([pattern]) => lower.some((source) => pattern.test(source)));
  return found === undefined
    ? { ...NOTHING, attack: "" }
    : { value: found[1], words: found[2], attack: found[3] };
}

const STARTERS: readonly (readonly [RegExp, number, string])[] = [
  [
    /\\(?:w3wp|httpd|nginx|tomcat\d*|php-cgi|sqlservr|umworkerprocess)\.exe$|\/(?:nginx|apache2|httpd|php-fpm[\d.]*)$/,
    1,
    "a server's process",
  ],
  [
    /\\(?:wmiprvse|wsmprovhost|psexesvc|mshta|rundll32|regsvr32|wscript|cscript)\.exe$/,
    0.7,
    "a program through which others command",
  ],
];

/** Who started a program. */
export function starterOf(path: string): Worth {
  const lower = path.toLowerCase();
  const found = STARTERS.find(([pattern]) => pattern.test(lower));
  const place = lower.includes("\\") ? writableValue(lower) : 0;
  if (place >= 0.7) return { value: 1, words: "a program that lies where users can write" };
  return found === undefined ? NOTHING : { value: found[1], words: found[2] };
}
