/**
 * Benchmarks: `npm run bench -- NAME [SCALE]`. Each prints the machine, its input, medians, peak memory, and a ratio to a reference taken in
 * the same run. Data is simulated once and kept in LONGWATCH_BENCH_DATA (a folder in the system's temporary folder otherwise).
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchAttribution } from "./attribution/index.js";
import { benchBeacons } from "./beacons/index.js";
import { benchBenign } from "./benign.js";
import { benchCorrelate } from "./correlate.js";
import { benchEvtx } from "./evtx.js";
import { benchEvents, benchGrowth, benchHunt, benchLookup } from "./hunt.js";
import { benchIngest } from "./ingest.js";
import { benchSamples } from "./samples.js";
import { benchSchedule } from "./schedule.js";
import { benchSigma } from "./sigma.js";
import { benchStore } from "./store.js";
import { benchCampaigns, benchStories } from "./stories.js";

const BENCHMARKS: Record<
  string,
  {
    run: (folder: string, scale: number, seeds: readonly number[]) => Promise<void>;
    scale: number;
    what: string;
  }
> = {
  ingest: { run: benchIngest, scale: 4, what: "one gzipped Zeek conn log against zcat of the same file" },
  evtx: {
    run: benchEvtx,
    scale: 3,
    what: "event logs of the corpus, repeated, to full records in one thread",
  },
  hunt: { run: benchHunt, scale: 10, what: "a whole hunt and look-ups; scale 100 is 10^8 connections" },
  growth: { run: benchGrowth, scale: 10, what: "hunts at scale 1, 10, … up to SCALE, and how time grows" },
  events: {
    run: benchEvents,
    scale: 5,
    what: "hunts over events of Windows hosts alone, 0.5, 5, … up to SCALE million, and how time grows",
  },
  beacons: {
    run: benchBeacons,
    scale: 60,
    what: "beacons planted in real logs, against RITA's score; SCALE is how many in each",
  },
  attribution: {
    run: benchAttribution,
    scale: 3,
    what: "who is behind simulated incidents and the campaigns of ATT&CK; SCALE is incidents of each group",
  },
  correlate: {
    run: benchCorrelate,
    scale: 100,
    what: "synthetic findings to incidents; SCALE is thousands of findings",
  },
  sigma: {
    run: benchSigma,
    scale: 6,
    what: "Sigma rules on copies of the corpus's event logs (scale: copies)",
  },
  store: {
    run: benchStore,
    scale: 20,
    what: "event logs of the corpus into a case (scale: copies, each with record ids of its own)",
  },
  schedule: {
    run: benchSchedule,
    scale: 1,
    what: "working hours and holidays of real teams, against the truth",
  },
  stories: {
    run: benchStories,
    scale: 0.1,
    what: "a simulated intrusion hunted and scored against the truth, step by step",
  },
  campaigns: {
    run: benchCampaigns,
    scale: 0.1,
    what: "a simulated campaign on the network hunted and scored against the truth",
  },
  samples: {
    run: benchSamples,
    scale: 1,
    what: "what is found in each of the corpus's samples of attacks, ours and Sigma separately",
  },
  benign: {
    run: benchBenign,
    scale: 0.05,
    what: "what is found where nobody attacks, by detector, with what each looked at",
  },
  lookup: { run: benchLookup, scale: 10, what: "look-ups in the case that `hunt` left" },
};

const [name, scaleText, ...seeds] = process.argv.slice(2);
const folder = process.env.LONGWATCH_BENCH_DATA ?? join(tmpdir(), "longwatch-bench");
const benchmark = name === undefined ? undefined : BENCHMARKS[name];
const scale = scaleText === undefined ? (benchmark?.scale ?? 0) : Number(scaleText);
if (benchmark === undefined || !(scale > 0) || !seeds.every((seed) => Number.isSafeInteger(Number(seed)))) {
  process.stderr.write("usage: npm run bench -- NAME [SCALE [SEED...]]\n");
  for (const [key, { what, scale: usual }] of Object.entries(BENCHMARKS))
    process.stderr.write(`  ${key.padEnd(12)} ${what} (scale ${usual} unless given)\n`);
  process.exitCode = 2;
} else {
  await benchmark.run(folder, scale, seeds.map(Number));
}
