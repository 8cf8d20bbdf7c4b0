import { Command, InvalidArgumentError, Option } from "commander";
import { packageVersion } from "../kernel/package-root.js";
import { SEVERITIES, TLP_LEVELS } from "../model/finding.js";
import { ENTRY_KINDS } from "../model/knowledge.js";
import { DEFAULT_LOOKS, DEFAULT_PLANTINGS, DEFAULT_SEED, EXPORT_FORMATS } from "../pipeline/options.js";
import type { Outcome } from "./outcome.js";

const EXAMPLES = `
Examples:
  longwatch hunt ./logs                       the whole way: ingest, detect, assess, report
  longwatch hunt ./logs --case ./case --config longwatch.yaml --json > assessment.json
  longwatch findings --detector cloud-masquerade
  longwatch explain cloud-masquerade-1a2b3c
  longwatch incident incident-1a2b3c
  longwatch replay                            when each organisation could first have been known
  longwatch detection-limits                  the weakest beacon, upload or dwell that would have been seen
  longwatch query "SELECT count() FROM network_activity"
  longwatch schedule logons.csv --time timestamp --actor account
  longwatch evtx Security.evtx --jsonl
  longwatch simulate cambodia-2023 --out ./demo --scale 0.1

Exit codes: 0 done, 1 findings at or above --fail-on, 2 wrong usage or configuration, 3 input unreadable, 4 store failure.`;

const SCHEDULE_EXAMPLES = `
The file has a header. Times are RFC 3339 or ISO 8601 (without an offset they are taken for UTC), or seconds, milliseconds, microseconds or
nanoseconds since 1970. Give --actor where the file has one (an account, a pair of hosts): timers are looked for in each actor's events by
themselves. Lines without a readable time are counted and named, never dropped in silence.

Examples:
  longwatch schedule logons.csv --time timestamp --actor account
  longwatch schedule sessions.csv.gz --time ts --actor host --calendars CN,KR,KH --json > schedule.json
  longwatch query --csv "SELECT time, concat(toString(src_endpoint_ip), ' ', toString(dst_endpoint_ip)) AS pair FROM network_activity" \\
    | longwatch schedule - --time time --actor pair`;

// A command is loaded when it runs: help and errors of usage need none of it, and most commands need little of what there is.
const catalogue = () => import("./catalogue-commands.js");
const detectionLimits = () => import("./detection-limits-command.js");
const evtx = () => import("./evtx-command.js");
const findings = () => import("./finding-commands.js");
const hunts = () => import("./hunt-commands.js");
const incidents = () => import("./incident-commands.js");
const languages = () => import("./language.js");
const knowledgeBase = () => import("./knowledge-commands.js");
const query = () => import("./query-command.js");
const replay = () => import("./replay-command.js");
const schedule = () => import("./schedule-commands.js");
const setup = () => import("./setup-commands.js");
const sigmaRules = () => import("./sigma-commands.js");

export function buildProgram(outcome: Outcome): Command {
  const program = new Command("longwatch")
    .description("Finds intruders who came to stay, from the telemetry a defender already has.")
    .version(packageVersion)
    .showHelpAfterError("(longwatch --help shows what there is)")
    .showSuggestionAfterError(true)
    .exitOverride()
    .addHelpText("after", EXAMPLES);

  withCase(program.command("hunt"))
    .description("ingest, detect, assess and report; the main job")
    .argument("<path...>", "folders or files with logs")
    .addOption(configOption())
    .addOption(rulesOption())
    .addOption(formatOption())
    .addOption(tlpOption())
    .option("--json", "print assessment.json to standard output, and nothing else there")
    .addOption(languageOption())
    .addOption(
      new Option("--fail-on <severity>", "exit with 1 if a finding is at or above it").choices([
        ...SEVERITIES,
      ]),
    )
    .action(async (paths: string[], options) => (await hunts()).runHunt(paths, options, outcome));

  withCase(program.command("ingest"))
    .description("bring logs into the case; what is there already is not added again")
    .argument("<path...>", "folders or files with logs")
    .addOption(configOption())
    .option("--json", "print one object: files[] with path, format, rows, rejected, skipped and why")
    .action(async (paths: string[], options) => (await hunts()).runIngest(paths, options));

  withCase(program.command("detect"))
    .description("run the detectors over what is in the case")
    .addOption(configOption())
    .addOption(rulesOption())
    .option("--json", "print one finding per line")
    .addOption(
      new Option("--fail-on <severity>", "exit with 1 if a finding is at or above it").choices([
        ...SEVERITIES,
      ]),
    )
    .action(async (options) => (await catalogue()).runDetect(options, outcome));

  withCase(program.command("report"))
    .description("write the report from the last detection")
    .addOption(configOption())
    .addOption(formatOption())
    .option("--for <organisation>", "for this organisation: others bear pseudonyms (id of the inventory)")
    .option("--anonymise", "name no organisation, host or account")
    .addOption(tlpOption())
    .option("--json", "print assessment.json to standard output")
    .addOption(languageOption())
    .action(async (options) => (await hunts()).runReport(options));

  withCase(program.command("findings"))
    .description("list findings, strongest first")
    .option("--detector <id>", "of this detector only")
    .option("--org <id>", "of this organisation only")
    .option("--since <time>", "still active at or after this time (2023-09-01 or RFC 3339)")
    .addOption(languageOption())
    .option("--json", "print one finding per line")
    .action(async (options) => (await findings()).runFindings(options));

  withCase(program.command("explain"))
    .description("why a finding was made: score components, and the evidence word for word")
    .argument("<finding>", "id of a finding, or its beginning")
    .option("--json", "print the finding with its evidence lines")
    .addOption(languageOption())
    .action(async (finding: string, options) => (await findings()).runExplain(finding, options));

  withCase(program.command("hosts"))
    .description("which host had which address when, from logons, DHCP, DNS and Sysmon")
    .option("--host <name>", "of this host only, with or without its domain")
    .option("--address <ip>", "of this address only")
    .option("--json", "print one object per line")
    .action(async (options) => (await findings()).runHosts(options));

  withCase(program.command("incidents"))
    .description("list incidents (findings that belong together) and campaigns, gravest first")
    .option("--org <id>", "of this organisation only")
    .option("--json", "print one incident per line")
    .addOption(languageOption())
    .action(async (options) => (await incidents()).runIncidents(options));

  withCase(program.command("incident"))
    .description("tell one incident or campaign: its steps in order, and the evidence word for word")
    .argument("<id>", "id of an incident or campaign, or its beginning")
    .option("--json", "print the incident with its evidence lines")
    .addOption(languageOption())
    .action(async (id: string, options) => (await incidents()).runIncident(id, options));

  withCase(program.command("replay"))
    .description(
      "when it could have been known: detect again as the case stood at earlier days, and narrow down",
    )
    .addOption(
      new Option("--runs <number>", "detections to make at most")
        .default(DEFAULT_LOOKS)
        .argParser(positiveWhole),
    )
    .option(
      "--json",
      "print one object: days looked at, and organisations with the day each could first be known",
    )
    .action(async (options) => (await replay()).runReplay(options));

  withCase(program.command("detection-limits"))
    .description(
      "how much could hide: plant known campaign shapes beside the case's records, and find the weakest that is seen",
    )
    .addOption(
      new Option("--plantings <number>", "plantings of each level, at other hosts and times")
        .default(DEFAULT_PLANTINGS)
        .argParser(positiveWhole),
    )
    .addOption(
      new Option("--seed <number>", "hosts, times and servers follow from it")
        .default(DEFAULT_SEED)
        .argParser(positiveWhole),
    )
    .option("--json", "print one object: shapes, and the limits of each organisation and sensor")
    .action(async (options) => (await detectionLimits()).runDetectionLimits(options));

  withCase(program.command("query"))
    .description("run one reading SQL statement (ClickHouse dialect) over the case")
    .argument("<sql>", 'e.g. "SELECT * FROM network_activity LIMIT 10"')
    .option("--json", "one JSON object per row")
    .option("--csv", "CSV with a header line")
    .action(async (sql: string, options) => (await query()).runQuery(sql, options));

  program
    .command("schedule")
    .description("working hours, zone and holiday calendar of the people behind a list of times")
    .argument("<file>", "a CSV file with a header, .gz or .zst too; - is standard input")
    .requiredOption("--time <column>", "the column of times")
    .option("--actor <column>", "the column of who acts as one: an account, a pair of hosts")
    .option(
      "--calendars <codes>",
      "countries whose calendars are asked, e.g. CN,KR,KH; none for none (a list of twelve unless given)",
    )
    .option("--json", "print the whole analysis as JSON")
    .addOption(languageOption())
    .addHelpText("after", SCHEDULE_EXAMPLES)
    .action(async (file: string, options) => (await schedule()).runSchedule(file, options));
  program
    .command("language")
    .description(
      "print all texts of reports in English, as a file for --language that waits for its translator",
    )
    .addHelpText(
      "after",
      "\nExample:\n  longwatch language > km.json     translate its texts, and set its tag to km\n  longwatch report --language km.json",
    )
    .action(async () => (await languages()).runLanguage());
  program
    .command("sources")
    .description("list the log formats that can be read")
    .option("--json", "as JSON")
    .action(async (options) => (await catalogue()).runSources(options));
  program
    .command("detectors")
    .description("list the detectors, what they need, and their parameters")
    .option("--json", "as JSON")
    .action(async (options) => (await catalogue()).runDetectors(options));

  const sigma = program.command("sigma").description("Sigma rules: what can be run, and what it finds");
  sigma
    .command("check")
    .description("one line per rule: ok, or why it cannot be run")
    .addOption(repeated("--rules <path>", "folder or file with Sigma rules; otherwise Longwatch's own"))
    .option("--placeholders <file>", "values of %placeholders%: a YAML map of names to lists")
    .addOption(
      repeated("--log-sources <file>", "where the events of further log sources stand (YAML; docs/sigma.md)"),
    )
    .option("--json", "one JSON object per line")
    .addHelpText("after", "\nExample:\n  longwatch sigma check --rules ./sigma/rules | grep -v ^ok")
    .action(async (options) => (await sigmaRules()).runSigmaCheck(options, outcome));

  program
    .command("evtx")
    .description("print the records of Windows event logs")
    .argument("<path...>", "EVTX files, or folders with some")
    .addOption(new Option("--jsonl", "one JSON object a line (docs/evtx.md)").conflicts("xml"))
    .option("--xml", "one XML document, as Event Viewer saves it")
    .option("--carve", "also read records that the log no longer leads to: behind damage, in unused space")
    .option("--output <file>", "write to a new file instead of standard output")
    .option("--problems <file>", "write what could not be read to a new file, one JSON object a line")
    .option("-q, --quiet", "nothing on standard error but errors")
    .action(async (paths: string[], options) => (await evtx()).runEvtx(paths, options));

  sigma
    .command("match")
    .description("test rules on events of Windows (EVTX, JSON) and Linux hosts in one pass")
    .argument(
      "<path...>",
      "folders or files with event logs, events as JSON, syslog or audit logs, or archives of these",
    )
    .addOption(repeated("--rules <path>", "folder or file with Sigma rules; otherwise Longwatch's own"))
    .option("--placeholders <file>", "values of %placeholders%: a YAML map of names to lists")
    .addOption(
      repeated("--log-sources <file>", "where the events of further log sources stand (YAML; docs/sigma.md)"),
    )
    .option("--json", "one JSON object per match and line")
    .option("-q, --quiet", "nothing on standard error")
    .addHelpText(
      "after",
      "\nExample:\n  longwatch sigma match ./evtx --rules ./sigma/rules --json > matches.jsonl",
    )
    .action(async (paths: string[], options) => (await sigmaRules()).runSigmaMatch(paths, options));

  program
    .command("init")
    .description("write a commented longwatch.yaml")
    .argument("[folder]", "where to", ".")
    .action(async (folder: string) => (await setup()).runInit(folder));

  program
    .command("simulate")
    .description("write the logs of a simulated campaign (synthetic, for trying out and testing)")
    .argument("<scenario>", "cambodia-2023 or south-east-asia-2026")
    .requiredOption("--out <folder>", "a new folder for the logs, configuration and truth.json")
    .option("--seed <n>", "another seed gives other names and other office hours", wholeNumber, 2023)
    .option("--scale <x>", "1 is about a million connections, or 200 hosts", positiveNumber, 1)
    .option("--json", "print what was written as JSON")
    .action(async (scenario: string, options) => (await setup()).runSimulate(scenario, options));

  withCase(sigma.command("hunt"))
    .description("test rules on what a case has: events of hosts, network and web logs")
    .addOption(repeated("--rules <path>", "folder or file with Sigma rules; otherwise Longwatch's own"))
    .option("--placeholders <file>", "values of %placeholders%: a YAML map of names to lists")
    .addOption(
      repeated("--log-sources <file>", "where the events of further log sources stand (YAML; docs/sigma.md)"),
    )
    .option("--json", "one JSON object per match and line, as sigma match prints them")
    .addHelpText(
      "after",
      "\nExample:\n  longwatch sigma hunt --case ./case --rules ./sigma/rules --json > matches.jsonl",
    )
    .action(async (options) => (await sigmaRules()).runSigmaHunt(options));

  const knowledge = addKnowledge(program, outcome);
  for (const command of [...program.commands, ...sigma.commands, ...knowledge.commands])
    command.exitOverride().showHelpAfterError(`(${pathOf(command)} --help shows what there is)`);
  return program;
}

function addKnowledge(program: Command, outcome: Outcome): Command {
  const knowledge = program
    .command("knowledge")
    .description("what is known of clusters, tools and campaigns, and who says so");
  const folders = () =>
    repeated("--knowledge <path>", "folder or file beside Longwatch's own, e.g. an import");
  knowledge
    .command("list")
    .description("every entry, and with which others its identity is disputed")
    .addOption(folders())
    .addOption(new Option("--kind <kind>", "of this kind only").choices(ENTRY_KINDS))
    .option("--json", "one JSON object per line")
    .action(async (options) => (await knowledgeBase()).runKnowledgeList(options));
  knowledge
    .command("show")
    .description("one entry: each statement with its grade, source and date; disputes first")
    .argument("<name>", "an id, an ATT&CK id, or any name")
    .addOption(folders())
    .option("--json", "one JSON object per line, one for each entry that the name fits")
    .addHelpText(
      "after",
      '\nExamples:\n  longwatch knowledge show "Earth Estries"\n  longwatch knowledge show G0129',
    )
    .action(async (words: string, options) => (await knowledgeBase()).runKnowledgeShow(words, options));
  knowledge
    .command("check")
    .description("check files against the schema, and what they say of each other")
    .argument("[path...]", "folders or files; otherwise Longwatch's own")
    .option("--json", "one JSON object per file and line")
    .action(async (paths: string[], options) =>
      (await knowledgeBase()).runKnowledgeCheck(paths, options, outcome),
    );
  knowledge
    .command("import")
    .description("read ATT&CK (STIX 2.0, 2.1), STIX bundles and MISP galaxies into a folder of entries")
    .argument("<file...>", "JSON files, .gz or .zst too; of one import, so that they can refer to each other")
    .requiredOption("--out <folder>", "a new folder for the entries")
    .option("--attack-version <version>", "of ATT&CK, where neither the file nor its name says it, e.g. 18.1")
    .option(
      "--grade <grade>",
      "Admiralty grade of what is imported, e.g. C3 (B2 for ATT&CK, F6 for all else)",
    )
    .option("--json", "print what was imported as JSON")
    .addHelpText(
      "after",
      "\nExample:\n  longwatch knowledge import enterprise-attack-18.1.json --out ./attack\n  longwatch knowledge list --knowledge ./attack --kind cluster",
    )
    .action(async (files: string[], options) => (await knowledgeBase()).runKnowledgeImport(files, options));
  return knowledge;
}

function languageOption(): Option {
  return new Option(
    "--language <file>",
    "say it in another language: a translation (YAML or JSON; `longwatch language`)",
  );
}

function withCase(command: Command): Command {
  return command
    .option("--case <folder>", "the case: the engine's data and the report", "./case")
    .option(
      "--store <url>",
      "a ClickHouse server instead of the embedded engine: http://user@host:8123/database (password in LONGWATCH_STORE_PASSWORD)",
    )
    .option("-q, --quiet", "no progress on standard error");
}

function configOption(): Option {
  return new Option("--config <file>", "configuration; otherwise longwatch.yaml in the hunted folder");
}

function formatOption(): Option {
  return new Option("--format <format...>", "exports to write beside the report").choices(EXPORT_FORMATS);
}

function tlpOption(): Option {
  return new Option("--tlp <level>", "what readers may see at the most; stricter is refused").choices(
    TLP_LEVELS,
  );
}

/** `longwatch sigma match`, as one types it. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

function rulesOption(): Option {
  return repeated("--rules <path>", "folder or file with Sigma rules, beside Longwatch's own");
}

/** An option that may be given several times. One that takes several words at once would take the files to read, which stand behind it, for its own. */
function repeated(flags: string, description: string): Option {
  return new Option(flags, `${description} (may be repeated)`).argParser(
    (value: string, before: string[] | undefined) => [...(before ?? []), value],
  );
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError("write a whole number.");
  return value;
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError("write a number above 0, e.g. 0.1.");
  return value;
}

function positiveWhole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value <= 0)
    throw new InvalidArgumentError("write a whole number above 0, e.g. 12.");
  return value;
}
