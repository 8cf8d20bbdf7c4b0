import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { eventSourcesOf, logSources, tableSourcesOf } from "../../../src/detect/sigma/logsource/index.js";
import { Correlator } from "../../../src/detect/sigma/match/correlate.js";
import { Matcher } from "../../../src/detect/sigma/match/matcher.js";
import { packageRoot } from "../../../src/kernel/package-root.js";
import { loadRules } from "../../../src/pipeline/index.js";
import { holds, referenceEvent } from "./network/reference.js";
import { windowsEvent } from "./support.js";

type Case = Record<string, string> & { _channel?: string; _provider?: string; _id?: number };
type DetectionRule = Extract<(typeof rules)[number], { kind: "detection" }>;

const folder = join(packageRoot, "rules");
const CASES: Record<string, { positive: Case[]; negative: Case[] }> = parse(
  readFileSync(new URL("own-rules.yaml", import.meta.url), "utf8"),
);
const { rules, checked } = loadRules([folder]);
const ENTRIES = logSources();

function eventTest(rule: DetectionRule): (event: Case) => boolean {
  const matcher = new Matcher([rule], ENTRIES);
  const [source] = eventSourcesOf(rule.logsource, ENTRIES);
  return ({ _channel, _provider, _id, ...data }) => {
    const channel = _channel ?? source?.channel ?? "";
    const event = windowsEvent(channel, _provider ?? "", Number(_id ?? source?.event_ids?.[0]), data);
    return matcher.match(event).length > 0;
  };
}

/** Of web servers' logs a case gives the columns of the row. */
function rowTest(rule: DetectionRule): (row: Case) => boolean {
  const [source] = tableSourcesOf(rule.logsource, ENTRIES);
  if (source === undefined) throw new Error("no table");
  return (row) => holds(rule.condition, referenceEvent(source, row));
}

describe("our own rules", () => {
  it("can all be run", () => {
    expect(checked.filter(({ status }) => status !== "ok")).toEqual([]);
  });

  it("have cases, and the cases have rules", () => {
    const names = rules.filter(({ kind }) => kind === "detection").map(({ path }) => basename(path, ".yml"));
    expect(Object.keys(CASES).sort()).toEqual(names.sort());
  });

  it.each(Object.entries(CASES))(
    "%s matches what it is for, and not the near miss",
    (name, { positive, negative }) => {
      const rule = rules.find(({ path }) => basename(path, ".yml") === name);
      if (rule?.kind !== "detection") throw new Error(`no rule ${name}`);
      const matches = rule.logsource.category === "webserver" ? rowTest(rule) : eventTest(rule);
      expect(positive.length * negative.length).toBeGreaterThan(0);
      expect(positive.filter((each) => !matches(each))).toEqual([]);
      expect(negative.filter(matches)).toEqual([]);
    },
  );

  it("discovery_burst takes three different questions of one process", () => {
    const rule = rules.find((each) => each.name === "discovery_command");
    if (rule === undefined) throw new Error("no rule discovery_command");
    const found = (images: readonly string[]) => {
      const correlator = new Correlator(rules);
      for (const [index, Image] of images.entries()) {
        const fields: Record<string, string> = { Computer: "a", ParentProcessGuid: "b", Image };
        correlator.add({ rule, time: index * 60_000, field: (name) => fields[name] });
      }
      return correlator.finish().map((match) => match.rule.name);
    };
    expect(found(["whoami.exe", "net.exe", "ipconfig.exe"])).toEqual(["discovery_burst"]);
    expect(found(["whoami.exe", "net.exe", "net.exe", "whoami.exe"])).toEqual([]);
  });
});
