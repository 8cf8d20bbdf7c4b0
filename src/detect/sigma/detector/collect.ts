import { maskSecrets } from "../../../kernel/mask.js";
import { parseTime } from "../../../kernel/time.js";
import type { Evidence } from "../../../model/finding.js";
import type { DetectContext } from "../../port.js";
import { Correlator } from "../match/correlate.js";
import type { SigmaRule } from "../rule/model.js";
import type { RuleSet } from "../rule-set.js";
import { huntStored } from "../sql/hunt.js";
import type { About, StoredMatch } from "../sql/stored-record.js";
import { Owners, type Parties } from "./parties.js";
import { Tally } from "./tally.js";

/** Events of a rule without findings of its own that are kept as evidence for its correlations. */
const MOST_KEPT = 500;
const LONGEST_SUMMARY = 300;

interface Kept {
  parties: Parties;
  time: number;
  evidence: Evidence;
  /** Values of the fields that correlations ask for. */
  fields: Readonly<Record<string, string>>;
}

export interface Collected {
  tallies: Tally[];
  /** Matches of rules that correlations refer to and that were too many to keep. */
  overflow: number;
}

/** Runs the rules, and sums up what they match by rule and organisation. */
export async function collect(context: DetectContext, { rules, logSources }: RuleSet): Promise<Collected> {
  const tallies = new Map<string, Tally>();
  const owners = await Owners.load(context);
  const correlator = new Correlator(rules);
  const silent = new Map<SigmaRule, Kept[]>();
  const tallyOf = (rule: Tally["rule"], { orgId, realm }: Pick<Parties, "orgId" | "realm">): Tally => {
    const key = JSON.stringify([rule.path, rule.line, orgId, realm]);
    const tally = tallies.get(key) ?? new Tally(rule, orgId, realm);
    tallies.set(key, tally);
    return tally;
  };
  for await (const match of huntStored(context, rules, logSources)) {
    const { rule, record } = match;
    const time = parseTime(record.time);
    const field = (name: string): string | undefined => {
      const value = record.field(name);
      return typeof value === "string" ? value : value?.join("\n");
    };
    correlator.add({ rule, time, field });
    const parties = owners.partiesOf(record);
    if (!correlator.isSilent(rule)) {
      tallyOf(rule, parties).add(parties, time, () => evidenceOf(match));
      continue;
    }
    const kept = silent.get(rule) ?? [];
    silent.set(rule, kept);
    if (kept.length >= MOST_KEPT) continue;
    const asked = [...(correlator.fieldsOf(rule) ?? [])];
    const fields = Object.fromEntries(asked.map((name) => [name, field(name) ?? ""]));
    kept.push({ parties, time, evidence: evidenceOf(match), fields });
  }
  const byReference = new Map(
    rules.flatMap((rule) => [rule.id, rule.name].map((name) => [name, rule] as const)),
  );
  for (const { rule, first, last, group } of correlator.finish()) {
    const isOf = ({ time, fields }: Kept): boolean =>
      time >= first &&
      time <= last &&
      Object.entries(group).every(([name, value]) => (fields[name] ?? value) === value);
    const events = rule.rules
      .flatMap((name) => silent.get(byReference.get(name) as SigmaRule) ?? [])
      .filter(isOf);
    const parties = events[0]?.parties ?? { ...NOBODY, host: group.Computer ?? "" };
    const tally = tallyOf(rule, parties);
    let next = 0;
    tally.add(parties, first, () => events[next++]?.evidence);
    tally.last = Math.max(tally.last, last);
    for (const { evidence } of events.slice(1, 4))
      if (tally.evidence.length < 8) tally.evidence.push(evidence);
  }
  const overflow = [...correlator.overflow.values()].reduce((sum, each) => sum + each, 0);
  return { tallies: [...tallies.values()], overflow };
}

const NOBODY: Parties = { orgId: null, realm: "default", host: "", others: [] };

function evidenceOf({ record, fields }: StoredMatch): Evidence {
  const matched = Object.entries(fields()).map(([name, value]) => `${name}=${value}`);
  // Keywords match without a field.
  const what = matched.length === 0 && "what" in record.about ? record.about.what : matched.join(" ");
  const summary = maskSecrets(`${headOf(record.about)}: ${what}`);
  return {
    table: record.table,
    source_id: record.sourceId,
    line: record.line,
    time: record.time,
    summary: summary.length > LONGEST_SUMMARY ? `${summary.slice(0, LONGEST_SUMMARY)}…` : summary,
  };
}

function headOf(about: About): string {
  if ("computer" in about) return `${about.computer} ${about.kind}`;
  const { src, dst, name, sensor } = about;
  const to = name === "" ? dst : dst === "" ? name : `${name} (${dst})`;
  return [src, to].filter((end) => end !== "").join(" to ") || sensor;
}
