import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "persistence-mechanism.its-name-promises-nothing":
    "Its name promises nothing that its place does not keep.",
  "persistence-mechanism.how-often-runs-not": "How often it runs is not known.",
  "persistence-mechanism.runs-every-minutes": "Runs every {0} minutes.",
  "persistence-mechanism.not-seen-be-deleted": "It was not seen to be deleted.",
  "persistence-mechanism.deleted-minutes-after-made": "Deleted {0} minutes after it was made.",
  "persistence-mechanism.hosts": "On {0} of {1} hosts.",
  "persistence-mechanism.without-name": "without a name",
  "persistence-mechanism.host": "a host",
  "persistence-mechanism.more": " and {0} more",
  "persistence-mechanism.starts": "{0} {1} starts {2}: {3}{4}",
  "persistence-mechanism.software-administrators-make-such":
    "Software and administrators make such mechanisms every day: look at the program that it starts.",
  "persistence-mechanism.task-definition-file-what":
    "The task's definition was in a file: what it starts no event says.",
  "persistence-mechanism.more-hosts-not-listed": "{0} more hosts are not listed.",
  "persistence-mechanism.made-or-changed": "{0}: made or changed",
  "persistence-mechanism.like-mechanisms": "like mechanisms",
  "persistence-mechanism.no-event-tells-services":
    "no event tells of services, tasks, WMI subscriptions, run keys or startup folders (System 7045, Security 4697, 4698, 4657, Sysmon 11, 13, 20, …)",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "persistence-mechanism.made":
    'The {0} "{1}" was made on {3} (hosts: {2}), first on {4}, last on {5}. It starts: {6}. {7} What speaks for an intruder: {8}',
};
