import { expect, test } from "vitest";
import { ATTRIBUTION_MESSAGES } from "../../src/assess/index.js";
import { calendar } from "../../src/intel/calendars/index.js";
import { inLanguage } from "../../src/kernel/language.js";
import { noting, type Statements } from "../../src/kernel/statements.js";
import { parseTime } from "../../src/kernel/time.js";
import { assessedScheduleSchema } from "../../src/model/assessed-schedule.js";
import type { DetectionLimits } from "../../src/model/detection-limits.js";
import { TACTICS, tacticName } from "../../src/model/incident.js";
import type { KnowledgeShown } from "../../src/model/knowledge-view.js";
import type { Replay } from "../../src/model/replay.js";
import { mapSentences, withStatements } from "../../src/model/statements.js";
import { ENGLISH } from "../../src/report/catalogue.js";
import { formatMonth, formatWeekday } from "../../src/report/format.js";
import { renderHtml } from "../../src/report/html/page.js";
import {
  type ReportInput,
  renderCampaign,
  renderDetectionLimits,
  renderFinding,
  renderFindingsTable,
  renderHosts,
  renderIncident,
  renderIncidents,
  renderKnowledge,
  renderKnowledgeList,
  renderReplay,
  renderSchedule,
  renderSummary,
} from "../../src/report/index.js";
import { analyseSchedule, SCHEDULE_WORDS } from "../../src/schedule/index.js";
import { artefact, CROWD, cluster, judgeOne, server, technique } from "../assess/attribution/support.js";
import { Draw, officeEvents, USUAL_OFFICE } from "../schedule/simulate.js";
import { makeInput } from "./fixture.js";

/** A pretended language: every letter of a text becomes one of another script. Whatever is still written in Latin letters was written by the code, or was not said anew. */
function foreign(text: string): string {
  return text.replace(/[a-z]|[A-Z]/g, (letter) =>
    String.fromCharCode(letter.charCodeAt(0) + (letter >= "a" ? 0x561 - 0x61 : 0x531 - 0x41)),
  );
}

const PLACE = /(\{\d+\}|\{\d+, plural,(?: [a-z]+ \{[^{}]*\})+\})/;

function foreignTemplate(template: string): string {
  return template
    .split(PLACE)
    .map((part, at) =>
      at % 2 === 0
        ? foreign(part)
        : part.replace(/ ([a-z]+) \{([^{}]*)\}/g, (_, category, form) => ` ${category} {${foreign(form)}}`),
    )
    .join("");
}

const foreignTemplates = (messages: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(messages).map(([key, text]) => [key, foreignTemplate(text)]));

/** Sentences of the case, each under a key of its own, as a stage before the report leaves them: in English. */
const SENTENCES: Statements = new Map();

const base = makeInput({ organisations: 14, touched: 10, weeks: 8, findings: 24, linesPerFinding: 3 });
/** Names are arguments as well, and nothing that is said. */
const named = new Set(base.assessment.organisations.map(({ name }) => name));

function stored<T extends Parameters<typeof withStatements>[0]>(value: T): T {
  mapSentences(value, (text, statements) => {
    if (statements === undefined && !SENTENCES.has(text) && !named.has(text))
      SENTENCES.set(text, { key: `case.${SENTENCES.size}`, args: [] });
    return text;
  });
  return withStatements(value, SENTENCES);
}

/**
 * Texts of the case that are no sentences of ours (names, arguments of the log) as if they were written in that language. Marks of calendars are read by their
 * words.
 */
function foreignData<T>(value: T): T {
  if (typeof value === "string")
    return (
      /\s/.test(value) && !/^[A-Z]{2}: /.test(value) && !SENTENCES.has(value) && !said.has(value)
        ? foreign(value)
        : value
    ) as T;
  if (value instanceof Map) return new Map([...value].map(([key, own]) => [key, foreignData(own)])) as T;
  if (Array.isArray(value)) return value.map((each) => foreignData(each)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    // Two words at times, and still a value of an enumeration.
    Object.entries(value).map(([key, own]) => [
      key,
      key === "likelihood_word" || key === "statements" ? own : foreignData(own),
    ]),
  ) as T;
}

/** Words that a case brings along: parts of ids, names, paths and times, and what is one word in a field of free text. Values of enumerations are none. */
function wordsOf(value: unknown, field = ""): string[] {
  if (typeof value === "string") {
    const isData = /[\d./:@\\-]/.test(value) || FREE.has(field);
    return isData && !/\s/.test(value) ? (value.match(/[A-Za-z]{2,}/g) ?? []) : [];
  }
  if (Array.isArray(value)) return value.flatMap((each) => wordsOf(each, field));
  if (value instanceof Map) return [...value].flatMap(([key, own]) => [...wordsOf(key), ...wordsOf(own)]);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, own]) => wordsOf(own, key));
}

const FREE = new Set(
  "role sector subsector name title value publisher what country home org_id org_ids case detectors".split(
    " ",
  ),
);

/** Marks, units and names that no language translates. */
const NEUTRAL = [
  "Longwatch",
  "UTC",
  "TLP",
  "CLEAR",
  "GREEN",
  "AMBER",
  "STRICT",
  "RED",
  "kB",
  "MB",
  "GB",
  "TB",
];

const fox = cluster("fox", {
  title: "fox",
  techniques: ["T1197"],
  artefacts: [artefact("domain", "fox.example")],
  related: [{ id: "wolf", title: "wolf", stance: "same_as", publisher: "a b", grade: "B3" }],
});
const attribution = {
  ...judgeOne([server("fox.example"), technique("T1197")], [...CROWD, fox, cluster("wolf")]),
  subject: base.assessment.incidents[0]?.id ?? "",
};
const china = calendar("CN");
const span = { from: parseTime("2023-08-07"), to: parseTime("2023-11-05") };
const office = {
  ...USUAL_OFFICE,
  ...(china && { keeps: china }),
};
/** What the analysis of a schedule says, as it is kept in a case. */
const said: Statements = new Map();
const analysed = noting(said, () =>
  analyseSchedule(
    officeEvents(new Draw(11), office, { from: span.from, days: 90, offsetAt: () => 480 }, 1200),
    { calendars: china === undefined ? [] : [china], span },
  ),
);
const schedule = assessedScheduleSchema.parse({
  ...withStatements(analysed, said),
  id: "operator-schedule-1",
  subject: {
    kind: "server",
    name: "203.0.113.9",
    servers: ["203.0.113.9"],
    names: [],
    organisations: ["org-000"],
    hosts: 5,
    pairs: 5,
    sensors: ["s1"],
    part_of: null,
  },
  contacts: {
    connections: 1300,
    empty: 20,
    visits: 20,
    routine: 20,
    automated: 20,
    folded: 20,
    interactive: 1200,
  },
  watched_week: null,
  home: ["KH"],
});
const measure: DetectionLimits["measures"][number] = {
  org_id: "org-000",
  name: "org-000",
  sensor_id: "s1",
  shape: "b-1",
  reason: null,
  strongest: 0,
  days: 28,
  listed: { level: 2, detectors: ["x-1"] },
  medium: { level: 1, detectors: ["x-1"] },
  suspected: { level: 0, detectors: ["x-1"] },
};
const limits: DetectionLimits = {
  plantings: 2,
  seed: 1,
  runs: 6,
  shapes: [
    {
      id: "b-1",
      kind: "beacon",
      title: "Beacon to a b",
      what: "one a b",
      sources: [{ name: "a b", where: "a b" }],
      levels: [{ contacts_per_day: 96 }, { contacts_per_day: 24 }, { contacts_per_day: 1 }],
    },
    {
      id: "b-2",
      kind: "upload",
      title: "Upload a b",
      what: "one a b",
      sources: [],
      levels: [{ bytes_per_night: 5e8, nights: 3 }],
    },
    {
      id: "b-3",
      kind: "dwell",
      title: "Dwell a b",
      what: "one a b",
      sources: [],
      levels: [{ days: 5, weeks: 3 }],
    },
  ],
  measures: [
    measure,
    { ...measure, shape: "b-2", listed: null, medium: null, suspected: null },
    { ...measure, shape: "b-3", reason: "a b", strongest: null, listed: null, medium: null, suspected: null },
    { ...measure, org_id: "org-001", suspected: null },
  ],
};
const replay: Replay = {
  days: ["2023-08-05"],
  end: "2023-09-01",
  indicators: { dated: 2, undated: 3 },
  organisations: [
    {
      org_id: "org-000",
      name: "org-000",
      status: "suspected",
      first_seen: "2023-08-01T00:00:00Z",
      suspected: { after: "2023-08-01", by: "2023-08-05" },
      compromised: null,
      days_hidden: 4,
      days_saved: 20,
      detectors: [{ id: "x-1", moment: { after: null, by: "2023-08-05" } }],
    },
  ],
};
const sentences = {
  findings: base.findings.map(stored),
  assessment: stored({
    ...base.assessment,
    incidents: base.assessment.incidents.map(stored),
    campaigns: base.assessment.campaigns.map(stored),
  }),
};
const input: ReportInput = foreignData({
  ...base,
  messages: {},
  findings: sentences.findings,
  assessment: {
    ...sentences.assessment,
    attribution: [attribution],
    schedules: [schedule],
    detection_limits: limits,
    replay,
  },
});
const pretended = {
  tag: "en-x-pseudo",
  messages: foreignTemplates({
    ...ENGLISH,
    ...base.messages,
    ...ATTRIBUTION_MESSAGES,
    ...SCHEDULE_WORDS,
    ...Object.fromEntries([...SENTENCES].map(([text, { key }]) => [key, text])),
  }),
};
const countries = new Intl.DisplayNames(["en"], { type: "region" });
const brought = new Set([
  ...NEUTRAL,
  ...wordsOf([input, schedule, limits, replay]),
  ...Object.keys(input.assessment.telemetry.classes).flatMap((name) => name.split("_")),
  ...Array.from({ length: 12 }, (_, month) => formatMonth(Date.UTC(2023, month))),
  ...Array.from({ length: 7 }, (_, day) => formatWeekday(day)),
  ...["CN", "KH"].flatMap((code) => (countries.of(code) ?? "").split(" ")),
  // Names of ATT&CK.
  ...TACTICS.flatMap((tactic) => tacticName(tactic).split(/[^A-Za-z]+/)),
]);

// Parts of ids, and what a sentence is most likely made of.
for (const word of ["and", "or", "of", "in", "to", "by", "from", "at", "more", "no", "not", "none", "with"])
  brought.delete(word);

/** Latin words that nothing brought along; names that were cut are none. */
function english(texts: readonly string[]): string[] {
  const words = texts.flatMap((text) => text.replace(/\S*…\S*/g, "").match(/[A-Za-z]{2,}/g) ?? []);
  return [...new Set(words.filter((word) => !brought.has(word)))];
}

/** Text between tags, and of attributes that are read out or shown. */
function visibleTexts(page: string): string[] {
  const body = page.replace(/<style[\s\S]*?<\/style>/g, "").replace(/&#?\w+;/g, " ");
  const attributes = [...body.matchAll(/ (?:title|aria-label|data-label)="([^"]*)"/g)];
  return [...body.replace(/<[^>]*>/g, "\n").split("\n"), ...attributes.map(([, text = ""]) => text)];
}

test("a word of English in the code would be found, a name of the case would not", () => {
  expect(english([`${foreign("One text")}, and org-003 at 10.0.0.1`])).toEqual(["and", "at"]);
});

test("a page in another language says nothing in English but what the case brings along", () => {
  const page = inLanguage(pretended, () => renderHtml(input));
  expect(page).toContain('id="replay"');
  expect(page).toContain('id="detection-limits"');
  expect(english(visibleTexts(page))).toEqual([]);
});

const options = { colour: false, width: 120 };
const { assessment, findings, evidence } = input;
const { incidents, campaigns, correlation: summary } = assessment;
const statement = {
  text: foreign("a b"),
  grade: "B2",
  source: "s1",
  publisher: "s1",
  date: null,
  note: "1",
  cites: ["s2"],
};
const entry: KnowledgeShown = {
  version: 1,
  id: "k-1",
  kind: "cluster",
  title: "k-1",
  file: "k-1",
  imported_from: "k-1",
  disputes: [
    {
      between: [
        { id: "k-1", title: "k-1" },
        { id: "k-1", title: "k-1" },
      ],
      positions: [{ ...statement, entry: "k-1", stance: "named" }],
    },
  ],
  sections: [{ section: "names", statements: [statement] }],
  elsewhere: [{ ...statement, entry: "k-1" }],
  views: ["k-1"],
  sources: ["s1", "s2"].map((key) => ({
    key,
    publisher: key,
    title: key,
    url: null,
    date: null,
    reliability: "B" as const,
    tlp: "clear" as const,
    via: key,
  })),
};
const listed = {
  id: "k-1",
  kind: "tool" as const,
  title: "k-1",
  names: [],
  identifiers: [],
  statements: 1,
  sources: 1,
  techniques: 1,
  disputed_with: [],
  imported_from: null,
  file: "k-1",
};
const stay = {
  realm: "r1",
  host: "h1",
  address: "10.0.0.1",
  from: 0,
  to: 1,
  kinds: [],
  observations: 1,
  verdict: "" as "held",
};

const ON_TERMINAL: Record<string, () => string> = {
  summary: () => renderSummary(assessment, { ...options, paths: { ...PATHS } }),
  incidents: () =>
    renderIncidents({ incidents, campaigns, summary }, options) +
    renderIncidents({ incidents: [], campaigns, summary }, options, "org-000"),
  incident: () =>
    incidents
      .map((incident) =>
        renderIncident(
          incident,
          { messages: {}, evidence, attribution: assessment.attribution[0], findings: byId },
          options,
        ),
      )
      .join(""),
  campaigns: () =>
    campaigns
      .map((campaign) =>
        renderCampaign(campaign, incidents, { messages: {}, attribution: undefined }, options),
      )
      .join(""),
  findings: () => renderFindingsTable(findings, options) + renderFindingsTable([], options),
  explain: () =>
    findings.map((finding) => renderFinding(finding, { messages: {}, evidence }, options)).join(""),
  "detection-limits": () => renderDetectionLimits(limitsRead, options),
  replay: () => renderReplay(replay, options),
  schedule: () =>
    renderSchedule(
      {
        ...(assessment.schedules[0] ?? schedule),
        input: {
          file: "f1",
          records: 9,
          read: 2,
          rejected: 7,
          rejects: [{ line: 3, reason: "r1" }],
          without_offset: 0,
          problem: null,
          thinned: null,
        },
      },
      options,
    ),
  knowledge: () => renderKnowledge(entry, options),
  "knowledge-list": () => renderKnowledgeList([listed], 3, options),
  hosts: () => renderHosts([], options) + renderHosts([stay, { ...stay, realm: "r2" }], options),
};
const PATHS = { html: "r1", assessment: "r1", findings: "r1", organisations: "r1" };
const byId = new Map(findings.map((finding) => [finding.id, finding]));
const limitsRead = assessment.detection_limits ?? limits;

test.each(Object.keys(ON_TERMINAL))(
  "%s on a terminal says nothing in English but what the case brings along",
  (name) => {
    const text = inLanguage(pretended, ON_TERMINAL[name] as () => string);
    expect(text.length).toBeGreaterThan(100);
    expect(english([text])).toEqual([]);
  },
);
