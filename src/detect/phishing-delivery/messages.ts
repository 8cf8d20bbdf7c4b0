import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "phishing-delivery.file": "a file",
  "phishing-delivery.brings": "It brings {0}.",
  "phishing-delivery.its-name-says-what": "Its name says what it is.",
  "phishing-delivery.text-names-password-locked": "The text names the password of the locked archive.",
  "phishing-delivery.no-password-stands-beside": "No password stands beside a locked archive.",
  "phishing-delivery.sender-has-written-long": "The sender has written for long.",
  "phishing-delivery.sender-had-not-written": "The sender had not written long before.",
  "phishing-delivery.no-process-known-have": "No process is known to have opened it.",
  "phishing-delivery.started": "{0} was started with it on {1}.",
  "phishing-delivery.our-server-says-sender": "Our server says of the sender: {0}.",
  "phishing-delivery.nobody": "nobody",
  "phishing-delivery.disguised-file": "a disguised file",
  "phishing-delivery.opened": ", opened on {0}",
  "phishing-delivery.mail-from-brings": "Mail from {0} brings {1}: {2}{3}",
  "phishing-delivery.delivered-not-opened-no":
    "Delivered is not opened: no process on a host whose events are here names the attachment.",
  "phishing-delivery.process-joined-mail-by":
    "The process is joined to the mail by the file's name and the time.",
  "phishing-delivery.whose-mailbox-inventory-does":
    "Whose mailbox it is, the inventory does not say: it knows addresses of networks, not of mail.",
  "phishing-delivery.messages-which-attachments-known": "messages of which attachments are known",
  "phishing-delivery.messages-attachment-says-something": "messages with an attachment that says something",
  "phishing-delivery.no-message-case-has":
    "no message in this case has an attachment whose name or content is known",
} as const;

export const say = sayer(WORDS);

export const messages: Record<string, string> = {
  ...WORDS,
  "phishing-delivery.delivered":
    "{0} sent {1} ({2}) under the subject {3} to {4} (messages: {5}), first on {6}, last on {7}. {8} What speaks for an attack: {9}",
};
