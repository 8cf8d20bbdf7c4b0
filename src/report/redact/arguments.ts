import type { ExplanationArg } from "../../model/finding.js";
import type { Audience } from "./audience.js";

/** One typed argument: measures stay, names are replaced by what they name, and texts are searched. */
export function redactArgument(arg: ExplanationArg, audience: Audience): ExplanationArg {
  const { type, value, org } = arg;
  if (type === "word") return arg.org === undefined ? arg : { ...arg, org: audience.org(arg.org) };
  const owner = org === undefined ? {} : { org: audience.org(org) };
  const isOthers = org !== undefined && !audience.isReaders(org);
  const redacted = (text: string): string => {
    if (audience.infrastructure.has(text)) return text;
    switch (type) {
      case "organisation":
        return audience.isReaders(text) ? text : audience.scrub(audience.orgById(text) ?? text);
      case "host":
        return isOthers ? audience.value("host", text) : audience.scrub(text);
      case "list":
        return isOthers ? audience.value("host", text) : audience.scrub(text);
      default:
        return audience.scrub(text);
    }
  };
  if (typeof value === "number") return { type, value, ...owner };
  if (Array.isArray(value)) {
    const values = value.map(redacted);
    // A list of names stands in an order of its own, which would tell which is which; measures and words of the log that were not touched keep theirs.
    const isTouched = values.some((each, at) => each !== value[at]);
    return { type, value: type === "organisation" || isTouched ? values.sort() : values, ...owner };
  }
  return { type, value: redacted(value), ...owner };
}
