import { correlate } from "../src/correlate/index.js";
import { DAY, parseTime, rfc3339 } from "../src/kernel/time.js";
import { type Entity, type Finding, findingId, SEVERITIES } from "../src/model/finding.js";
import { machine, median, print } from "./measure.js";

const RUNS = 3;
const TECHNIQUES = ["T1566.001", "T1059.001", "T1547.001", "T1003", "T1021.002", "T1071.001", "T1048"];
const START = parseTime("2026-01-01");

/**
 * Findings of several sizes to incidents. Synthetic: organisations of 200 hosts with 50 findings each over 60 days, a fifth of them strong, a few
 * servers that all share, and one server that only weak findings name.
 *
 * @param scale thousands of findings of the largest size
 */
export async function benchCorrelate(_folder: string, scale: number): Promise<void> {
  process.stdout.write(
    `${machine()}\nsynthetic findings, median of ${RUNS} runs, processor time of this process\n`,
  );
  let before = 0;
  for (const size of [scale * 10, scale * 100, scale * 1000]) {
    const findings = synthetic(size);
    const seconds: number[] = [];
    let told = "";
    for (let run = 0; run < RUNS; run++) {
      const started = process.cpuUsage();
      const { summary } = correlate(findings, { hosts: size * 4 });
      const { user, system } = process.cpuUsage(started);
      seconds.push((user + system) / 1e6);
      told = `${summary.incidents} incidents, ${summary.campaigns} campaigns`;
    }
    const each = median(seconds);
    const growth = before > 0 ? `, ${(each / before).toFixed(1)} times the time of a tenth` : "";
    const resident = (process.memoryUsage().rss / 1e6).toFixed(0);
    print(
      `  ${size.toLocaleString("en")} findings`,
      `${each.toFixed(2)} s${growth}; ${told}; ${resident} MB resident with the findings themselves`,
    );
    before = each;
  }
}

function synthetic(size: number): Finding[] {
  let state = 7;
  // Park–Miller, the same everywhere.
  const next = (below: number) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  return Array.from({ length: size }, (_, index): Finding => {
    const org = `org-${Math.floor(index / 50)}`;
    const strong = next(5) === 0;
    const severity = SEVERITIES[strong ? 2 + next(3) : next(2)] ?? "low";
    const first = START + next(60 * 24) * (DAY / 24);
    const entities: Entity[] = [
      { kind: "host", value: `10.0.${next(2)}.${next(100)}`, realm: org, role: "victim" },
      { kind: "account", value: `user${next(150)}`, realm: org },
      { kind: "file", value: `c:\\users\\public\\f${next(400)}.exe` },
      strong && next(4) === 0
        ? { kind: "domain", value: `c${next(5)}.example.net`, role: "server" }
        : { kind: "domain", value: strong ? `s${index}.example.org` : "push.example.com", role: "server" },
    ];
    return {
      id: findingId("bench", org, String(index)),
      detector: `detector-${next(8)}`,
      title: `Synthetic finding ${index}`,
      severity,
      score: 0.4 + next(60) / 100,
      components: [],
      first_seen: rfc3339(first),
      last_seen: rfc3339(first + next(48) * (DAY / 24)),
      org_id: org,
      entities,
      attack: [TECHNIQUES[next(TECHNIQUES.length)] ?? "T1071"],
      evidence: [],
      explanation: { key: "bench", args: [] },
      caveats: [],
      facts: {},
      tlp: "clear",
    };
  });
}
