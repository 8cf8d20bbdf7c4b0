import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "account-hijack.password-computer-changed-by":
    "The password of the computer {0} was changed by nobody (anonymous logon) {1}, as Zerologon does",
  "account-hijack.gave-computer-account-name":
    "{0} gave the computer account {1} the name {2}, without a $, as in CVE-2021-42278",
  "account-hijack.set-password-computer-account": "{0} set the password of the computer account {1} {2}",
  "account-hijack.made-user-account-name":
    "{0} made the user account {1} with a name as computers have, which many lists of accounts leave out",
  "account-hijack.put-identifier-into-history":
    "{0} put the identifier {1} into the history of {2}, which has its rights from then on; moving accounts between domains does so too",
  "account-hijack.set-directory-recovery-password":
    "{0} set the directory recovery password of a domain controller {1}",
  "account-hijack.it": "; it {0}",
  "account-hijack.on": "{0} on {1}{2}.",
  "account-hijack.never-used-from-days":
    "it was never used from {0} on {1} days with logons before; less where its sources change all the time",
  "account-hijack.its-sources-usual-ones": "its sources are the usual ones",
  "account-hijack.another-account-usually-logs": "another account usually logs",
  "account-hijack.other-accounts-usually-log": "{0} other accounts usually log",
  "account-hijack.from-there": "{0} on from there",
  "account-hijack.nobody-else-known-log": "nobody else is known to log on from there",
  "account-hijack.its-hours-usual-ones": "its hours are the usual ones",
  "account-hijack.one-day": "one day",
  "account-hijack.days": "{0} days",
  "account-hijack.hours-which-used-at":
    "{0} of {1} hours in which it was used are at times of the day near which it never was, on {2}",
  "account-hijack.hosts-reached-new-less":
    "{0} of {1} hosts that it reached are new to it; less where it reaches new ones all the time",
  "account-hijack.never-logged-so-before": "it never logged on so before: {0}",
  "account-hijack.logged-as-does": "it logged on as it does",
  "account-hijack.administrator-account-used-as": "The administrator's account {0} is used as it never was",
  "account-hijack.administrators-change-computers-duties":
    "Administrators change computers, duties and hours; ask the owner. Whoever used the account from the first day of the logs on is its habit here.",
  "account-hijack.became-administrator": "{0} became an administrator",
  "account-hijack.logons-tickets-or-changes":
    "Logons, tickets or changes with the account {0} look stolen or forged",
  "account-hijack.somebody-asks-tickets-account":
    "Somebody asks for tickets of the account {0} to crack them",
  "account-hijack.administrators-made-every-day":
    "Administrators are made every day by those whose work it is; ask whoever did it.",
  "account-hijack.tools-administrators-old-clients":
    "Tools of administrators and old clients leave the same traces; what is custom in this network is only known as far as its logs go back.",
  "account-hijack.special-privileges": ", with special privileges",
  "account-hijack.which-custom-here": ", which is custom here",
  "account-hijack.took-new-credentials-through":
    "It took on new credentials through the secondary logon service {0}{1}{2}: pass-the-hash does so, and so does runas /netonly{3}.",
  "account-hijack.custom-here": "; that is custom here",
  "account-hijack.within-hour-asked-rc":
    "Within an hour it asked for RC4 tickets of {0} services ({1}), which can be cracked off line{2}.",
  "account-hijack.rc": ", with RC4",
  "account-hijack.ticket-account-given-without":
    "A ticket of this account was given without pre-authentication {0}{1}: anybody can ask for one and crack it off line{2}.",
  "account-hijack.given-tickets-rc-where":
    "It was given tickets with RC4 {0} where AES is usual: whoever has only the hash of a password asks so{1}.",
  "account-hijack.ticket-asked-name-domain":
    "A ticket was asked for in the name of a domain controller without its $, as in CVE-2021-42278.",
  "account-hijack.no-security-log-case":
    "no security log in this case has logons, tickets, or changes of accounts and groups",
  "account-hijack.administrators-whose-history-read": "administrators whose history was read",
  "account-hijack.logons-these": "logons of these",
  "account-hijack.changes-accounts-groups": "changes of accounts and groups",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "account-hijack.use": "{0} was used as its history does not explain, from {1} to {2} on {3}: {4}.",
  "account-hijack.traits": "{0}, from {1} to {2} on {3}: {4}.",
  "account-hijack.administrator":
    "{0} was given the rights of an administrator between {1} and {2} on {3}: {4}.",
};
