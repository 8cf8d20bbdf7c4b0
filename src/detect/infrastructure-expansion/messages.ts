import { sayer } from "../../kernel/language.js";

/** Titles, caveats, meanings of components and reasons. `{n}` is the n-th argument. */
const WORDS = {
  "infrastructure-expansion.tie-likeness-names-or":
    "The tie is a likeness (names or fingerprints), not a shared server or certificate.",
  "infrastructure-expansion.lies-addresses-shared-or":
    "It lies on addresses that are shared or already known: only contact under its own name is counted.",
  "infrastructure-expansion.tied-watched": "tied to watched",
  "infrastructure-expansion.sibling-known": "a sibling of known",
  "infrastructure-expansion.infrastructure": "{0} is {1} infrastructure",
  "infrastructure-expansion.components-multiplied": "{0}: {1}. The components are multiplied.",
  "infrastructure-expansion.known-servers": "known servers",
  "infrastructure-expansion.no-confirmed-or-suspected": "no confirmed or suspected server to start from",
  "infrastructure-expansion.nodes-infrastructure-graph": "nodes of the infrastructure graph",
  "infrastructure-expansion.places-where-expansion-stopped":
    "places where the expansion stopped (shared, popular or common)",
  "infrastructure-expansion.nodes-left-out-because": "nodes left out because the graph was full",
  "infrastructure-expansion.new-servers": "new servers",
  "infrastructure-expansion.servers-tied-confirmed-ones": "servers tied to confirmed ones by hard ties",
} as const;

export const say = sayer(WORDS);

/** English templates of this detector's explanations; `{n}` is the n-th argument. */
export const messages: Record<string, string> = {
  ...WORDS,
  "infrastructure-expansion.organisation":
    "{0} hosts of {1} were in contact with {2}, which is tied to known infrastructure (confidence {3}) by these steps: {4}. The contact ran from {5} to {6} on {7} days; {8} were sent and {9} received.",
  "infrastructure-expansion.unknown-organisation":
    "{0} hosts of no known organisation were in contact with {2}, which is tied to known infrastructure (confidence {3}) by these steps: {4}. The contact ran from {5} to {6} on {7} days; {8} were sent and {9} received.",
  "infrastructure-expansion.nobody":
    "{0} is tied to known infrastructure (confidence {1}) by these steps: {2}. No inside host was seen in contact with it.",
};
