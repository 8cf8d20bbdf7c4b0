export const messages: Record<string, string> = {
  "persistence.lasting":
    "{0} kept contact with {1} from {2} to {3}: on {4} of {5} watched days, in {6} of {7} watched weeks. The longest silence while a sensor " +
    "watched was {8}, beginning {9}. On {10} of the days on which contact was due it came. {11} of the {12} destinations with about as many " +
    "users are contacted on so many days. Besides: {13}.",
};
