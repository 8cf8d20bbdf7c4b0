import type { Correlator } from "../../detect/sigma/index.js";
import { rfc3339 } from "../../kernel/time.js";
import type { SigmaMatch } from "../../model/sigma.js";

/** A match of a correlation: of no record, but of the events of a window. */
export function correlationMatch({
  rule,
  first,
  last,
  events,
  group,
}: ReturnType<Correlator["finish"]>[number]): SigmaMatch {
  return {
    rule_id: rule.id,
    rule_title: rule.title,
    level: rule.level,
    file: null,
    record_id: null,
    time: rfc3339(first),
    last_time: rfc3339(last),
    events,
    fields: { ...group },
  };
}
