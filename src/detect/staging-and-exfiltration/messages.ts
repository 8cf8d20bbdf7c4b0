import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "staging-and-exfiltration.no-event-tells-anything":
    "No event tells that anything was sent away: it may not have been, or by a program that leaves no such trace.",
  "staging-and-exfiltration.what-sent-away-what":
    "That what was sent away is what was packed is a guess: the command names no file.",
  "staging-and-exfiltration.no-network-sensor-saw":
    "No network sensor saw the upload: whether it succeeded, and how much it was, is not known.",
  "staging-and-exfiltration.backups-agreed-deliveries-look":
    "Backups and agreed deliveries look the same: ask who ordered it.",
  "staging-and-exfiltration.more-commands-not-listed": "{0} more commands are not listed.",
  "staging-and-exfiltration.put-together": "{0} put together",
  "staging-and-exfiltration.put-together-upload-after": "{0} put together, and an upload{1} after it",
  "staging-and-exfiltration.put-together.2": " put together and",
  "staging-and-exfiltration.sent-away": "{0}{1} sent away{2}",
  "staging-and-exfiltration.no-event-has-command":
    "no event has command lines of started programs (Sysmon 1, Security 4688 with command lines, PowerShell 4104, auditd EXECVE)",
  "staging-and-exfiltration.commands-pack-copy-or": "commands that pack, copy or export",
  "staging-and-exfiltration.commands-send-files-away": "commands that send files away",
  "staging-and-exfiltration.commands-send-files-within":
    "commands that send files within the own network, or to what is allowed (not looked at)",
  "staging-and-exfiltration.commands-these-kinds-there":
    "commands of these kinds that there was no room for (not looked at)",
  "staging-and-exfiltration.chains-these": "chains of these",
  "staging-and-exfiltration.uploads-network-sensor-saw": "uploads that a network sensor saw",
  "staging-and-exfiltration.only-command-lines-scripts":
    "only {0} command lines and scripts, of {1} that say something: command lines are hardly logged here",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "staging-and-exfiltration.chain":
    "On {0}, from {1} to {2}, files were collected and, as far as the logs say, {3}. Step by step: {4}. What speaks for an intruder: {5}",
};
