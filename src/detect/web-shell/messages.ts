import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "web-shell.clients-server-given-page": "{0} of {1} clients of the server were given the page.",
  "web-shell.log-has-no-user": "The log has no user agents.",
  "web-shell.asked-user-agents": "Asked for with {0} user agents.",
  "web-shell.requests-sent-something-post": "{0} of {1} requests sent something to it (POST).",
  "web-shell.no-query-has-command": "No query has a command.",
  "web-shell.queries-have-commands-operating":
    "{0} queries have commands of an operating system, and were answered with success.",
  "web-shell.queries-ask-tunnel": "Queries ask for a tunnel ({0}): {1}.",
  "web-shell.requests-follow-one-another": "Requests follow one another as in a tunnel: {0}.",
  "web-shell.neither-its-queries-nor": "Neither its queries nor their rate are those of a tunnel.",
  "web-shell.nothing-known-web-server": "Nothing is known that the web server's process started.",
  "web-shell.web-server-process-or":
    "The web server's process, or what it had started, ran {0} different commands, {1} of them a shell, a tool or a look around.",
  "web-shell.no-event-says-when": "No event says when its file was written.",
  "web-shell.written-by": "{0} was written by {1}{2}.",
  "web-shell.asp-net-compiled-page": "ASP.NET compiled the page after it was written: somebody asked for it.",
  "web-shell.nothing-says-page-compiled": "Nothing says that the page was compiled.",
  "web-shell.web-server-started-shells": "The web server of {0} started shells or commands",
  "web-shell.looks-like-web-shell": "{0} on {1} looks like a web shell",
  "web-shell.interfaces-between-programs-monitoring":
    "Interfaces between programs, monitoring and pages for administrators have some of these features: look at the page's file.",
  "web-shell.no-event-host-itself": "No event of the host itself bears on the page.",
  "web-shell.which-page-asked-not":
    "Which page was asked for is not known: the server's log of requests would say.",
  "web-shell.one-address-may-be":
    "One address may be a proxy before the server, with many clients behind it.",
  "web-shell.page-file-joined-by":
    "Page and file are joined by their name, and by the server's address where that is known.",
  "web-shell.requests-web-servers": "requests to web servers",
  "web-shell.pages-few-clients-send": "pages that few clients send to",
  "web-shell.processes-started-files-written": "processes started, and files written on hosts",
  "web-shell.different-commands-web-servers": "different commands that web servers started",
  "web-shell.scripts-written-web-folders": "scripts written to web folders",
  "web-shell.no": "no",
  "web-shell.hardly-any": "hardly any",
  "web-shell.only": "only {0}",
  "web-shell.requests-web-servers-ours":
    "{0} requests to web servers of ours, and {1} processes started (Sysmon 1, Security 4688, auditd) or files written (Sysmon 11) in this case",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "web-shell.found": "{0} on {1}, first on {2}, last on {3}. {4} {5} What speaks for a web shell: {6}",
};
