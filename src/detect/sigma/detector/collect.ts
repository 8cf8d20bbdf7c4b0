import { maskSecrets } from "../../../kernel/mask.js";
import type { Evidence } from "../../../model/finding.js";
import type { DetectContext } from "../../port.js";
import { HostOwners } from "../../shared/host-owners.js";
import { windowsLogSources } from "../logsource/index.js";
import { Correlator } from "../match/correlate.js";
import type { SigmaRule } from "../rule/model.js";
import { huntStored, type StoredMatch } from "../sql/hunt.js";
import { Tally } from "./tally.js";

/** Events of a rule without findings of its own that are kept as evidence for its correlations. */
const MOST_KEPT = 500;
const LONGEST_SUMMARY = 300;

interface Kept {
  host: string;
  time: number;
  evidence: Evidence;
}

export interface Collected {
  tallies: Tally[];
  /** Matches of rules that correlations refer to and that were too many to keep. */
  overflow: number;
}

/** Runs the rules, and sums up what they match by rule and organisation. */
export async function collect(context: DetectContext, rules: readonly SigmaRule[]): Promise<Collected> {
  const tallies = new Map<string, Tally>();
  const realms = await realmsBySlice(context);
  const owners = new HostOwners(context);
  const ownerOf = (sourceId: string, host: string, time: number): Owner => {
    const realm = realms.get(sourceId) ?? "default";
    return { orgId: owners.ownerOf(realm, host, time), realm };
  };
  const correlator = new Correlator(rules);
  const silent = new Map<SigmaRule, Kept[]>();
  const tallyOf = (rule: Tally["rule"], { orgId, realm }: Owner): Tally => {
    const key = JSON.stringify([rule.path, rule.line, orgId, realm]);
    const tally = tallies.get(key) ?? new Tally(rule, orgId, realm);
    tallies.set(key, tally);
    return tally;
  };
  for await (const match of huntStored(context, rules, windowsLogSources())) {
    const { rule, event } = match;
    const time = Date.parse(event.time);
    correlator.add({
      rule,
      time,
      field(name) {
        const value = event.field(name);
        return typeof value === "string" ? value : value?.join("\n");
      },
    });
    const host = event.row.computer;
    if (!correlator.isSilent(rule)) {
      tallyOf(rule, ownerOf(event.row.source_id, host, time)).add(host, time, () => evidenceOf(match));
      continue;
    }
    const kept = silent.get(rule) ?? [];
    silent.set(rule, kept);
    if (kept.length < MOST_KEPT) kept.push({ host, time, evidence: evidenceOf(match) });
  }
  const byReference = new Map(
    rules.flatMap((rule) => [rule.id, rule.name].map((name) => [name, rule] as const)),
  );
  for (const { rule, first, last, group } of correlator.finish()) {
    const host = group.Computer ?? "";
    const events = rule.rules
      .flatMap((name) => silent.get(byReference.get(name) as SigmaRule) ?? [])
      .filter((each) => each.time >= first && each.time <= last && (host === "" || each.host === host));
    const named = host === "" ? (events[0]?.host ?? "") : host;
    const tally = tallyOf(rule, ownerOf(events[0]?.evidence.source_id ?? "", named, first));
    let next = 0;
    tally.add(named, first, () => events[next++]?.evidence);
    tally.last = Math.max(tally.last, last);
    for (const { evidence } of events.slice(1, 4))
      if (tally.evidence.length < 8) tally.evidence.push(evidence);
  }
  const overflow = [...correlator.overflow.values()].reduce((sum, each) => sum + each, 0);
  return { tallies: [...tallies.values()], overflow };
}

interface Owner {
  orgId: string | null;
  realm: string;
}

async function realmsBySlice({ query }: DetectContext): Promise<Map<string, string>> {
  const slices = await query<{ source_id: string; realm: string }>(
    "SELECT DISTINCT source_id, address_realm AS realm FROM windows_event",
  );
  return new Map(slices.map(({ source_id, realm }) => [source_id, realm]));
}

function evidenceOf({ event, fields }: StoredMatch): Evidence {
  const { source_id, source_line, computer } = event.row;
  const what = Object.entries(fields())
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
  const summary = maskSecrets(`${computer} ${event.channel} ${event.eventId}: ${what}`);
  return {
    table: "windows_event",
    source_id,
    line: source_line,
    time: event.time,
    summary: summary.length > LONGEST_SUMMARY ? `${summary.slice(0, LONGEST_SUMMARY)}…` : summary,
  };
}
