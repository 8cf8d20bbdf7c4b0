import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "removable-media-worm.fills-drives": "fills drives",
  "removable-media-worm.came-from-drive": "came from a drive",
  "removable-media-worm.more": " and {0} more",
  "removable-media-worm.like-worm": "{0} {1}, like a worm: {2}{3}",
  "removable-media-worm.files-hidden-drive-hidden":
    "Files that are hidden on a drive are hidden from logs as well: look at the drive itself, without opening it in Explorer.",
  "removable-media-worm.no-event-says-drive":
    "No event says that the drive is removable: a second disk, or an image that was mounted, has a letter of its own as well.",
  "removable-media-worm.more-hosts-not-listed": "{0} more hosts are not listed.",
  "removable-media-worm.started-programs": "started programs",
  "removable-media-worm.no-event-tells-started":
    "no event tells of started programs (Sysmon 1, Security 4688)",
  "removable-media-worm.programs-from-drives-neither":
    "programs from drives that are neither the host's own nor the network's, by host",
  "removable-media-worm.folders-drives-into-which":
    "folders of drives into which programs in users' folders wrote, by host",
  "removable-media-worm.events-storage-plugged": "events of storage that was plugged in",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "removable-media-worm.program":
    "{0} behaves like a worm on removable drives, on {2} (hosts: {1}), first on {3}, last on {4}. {5} What speaks for it: {6}",
};
