export const messages: Record<string, string> = {
  "account-hijack.use": "{0} was used as its history does not explain, from {1} to {2} on {3}: {4}.",
  "account-hijack.traits": "{0}, from {1} to {2} on {3}: {4}.",
  "account-hijack.administrator":
    "{0} was given the rights of an administrator between {1} and {2} on {3}: {4}.",
};
