import type { Attribution } from "../model/attribution.js";
import { say } from "./catalogue.js";

/** `+` for, `−` against, `·` not applicable. */
export function cellSign(mark: Attribution["evidence"][number]["cells"][number]["mark"]): string {
  return mark === "consistent" ? "+" : mark === "inconsistent" ? "−" : "·";
}

/** A verdict in few words: `consistent with Mustang Panda`, `insufficient evidence`. */
export function verdictWords({ verdict, cluster, hypotheses }: Attribution): string {
  const title = hypotheses.find((each) => each.cluster === cluster)?.title;
  return say(`verdict.${verdict}`, title ?? "").trim();
}
