import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "account-hijack",
  title: "Accounts in other hands",
  description:
    "Three questions to Windows security logs. Is an administrator's account used from where, to where, at hours or in ways it never was, by its own history in the case? Does a " +
    "logon or a ticket look like a stolen hash or password, a relayed logon or a ticket asked for to be cracked? Who became administrator, by whom? Habits of an " +
    "account and of a network count against each: what happens there every week is no sign of an intruder.",
  needs: ["windows_event"],
  uses: [],
  attack: [
    "T1078",
    "T1098",
    "T1134.005",
    "T1136",
    "T1550.002",
    "T1550.003",
    "T1557",
    "T1558.003",
    "T1558.004",
  ],
  parameters: {
    history_days: {
      default: 14,
      unit: "days",
      meaning: "Days from an account's first logon in the case before anything of it is called new.",
    },
    history_active_days: {
      default: 8,
      unit: "days",
      meaning: "Days with logons that an account must have had until then, so that there is a habit at all.",
    },
    habit_days: {
      default: 5,
      unit: "days",
      meaning:
        "A trait that an account shows on so many different days, or so many accounts of a network show, is custom and counts for little.",
    },
    roasted_services: {
      default: 3,
      unit: "services",
      meaning:
        "Different services for which one account asks for RC4 tickets within an hour, from which on it looks like a collection of tickets to crack.",
    },
    max_accounts: {
      default: 5000,
      unit: "accounts",
      meaning: "Administrators whose history is read, those with most logons first.",
    },
  },
  after: [],
};
