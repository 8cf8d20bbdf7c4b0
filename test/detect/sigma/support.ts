import { logSources } from "../../../src/detect/sigma/logsource/index.js";
import type { FieldValue, SigmaEvent } from "../../../src/detect/sigma/match/event.js";
import { Matcher } from "../../../src/detect/sigma/match/matcher.js";
import type { Placeholders } from "../../../src/detect/sigma/rule/item.js";
import { type ParsedRules, parseRules } from "../../../src/detect/sigma/rule/parse.js";

const ENTRIES = logSources();

/** An event as Sysmon writes it, id 1 unless said otherwise. */
export function sysmon(data: Record<string, FieldValue>, eventId = 1): SigmaEvent {
  return windowsEvent("Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", eventId, data);
}

export function windowsEvent(
  channel: string,
  provider: string,
  eventId: number,
  data: Record<string, FieldValue>,
): SigmaEvent {
  const system = {
    Channel: channel,
    Provider_Name: provider,
    EventID: `${eventId}`,
    Computer: "ws01.example",
  };
  const all: Record<string, FieldValue> = { ...system, ...data };
  return {
    channel,
    provider,
    eventId,
    field: (name) => all[name],
    texts: () => Object.values(all).flatMap((value) => value ?? []),
  };
}

/** A rule on process creations around a detection, which is given as YAML. */
export function ruleText(
  detection: string,
  logsource = "{ product: windows, category: process_creation }",
): string {
  const body = detection
    .trim()
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
  return `title: test\nid: 00000000-0000-4000-8000-000000000001\nlogsource: ${logsource}\ndetection:\n${body}\nlevel: low\n`;
}

export function parsed(detection: string, placeholders?: Placeholders): ParsedRules {
  return parseRules(ruleText(detection), "rule.yml", placeholders);
}

/** Why the one rule cannot be read; '' if it can. */
export function refusal(detection: string): string {
  return parsed(detection)
    .problems.map(({ reason }) => reason)
    .join("; ");
}

/** Whether a rule with this detection matches the event, through the whole matcher. */
export function matches(detection: string, event: SigmaEvent, placeholders?: Placeholders): boolean {
  const { rules, problems } = parsed(detection, placeholders);
  if (problems.length > 0) throw new Error(problems.map(({ reason }) => reason).join("; "));
  return new Matcher(rules, ENTRIES).match(event).length > 0;
}

/** The same for one line of a detection: `field|modifiers: value`. */
export function fits(item: string, data: Record<string, FieldValue>): boolean {
  return matches(`selection:\n  ${item.replaceAll("\n", "\n  ")}\ncondition: selection`, sysmon(data));
}
