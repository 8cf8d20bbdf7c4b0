import { afterEach, beforeEach, expect, it } from "vitest";
import { type CaseFolder, openCaseFolder } from "./support/case-folder.js";

let folder: CaseFolder;
beforeEach(async () => {
  folder = await openCaseFolder();
});
afterEach(() => folder.close());

/** A synthetic event that says in which file and line it stands. */
const event = (file: string, line: number): string =>
  JSON.stringify({
    time: "2024-03-01T12:00:00Z",
    channel: "Security",
    system: { EventID: "1", Channel: "Security" },
    data: { Place: `${file} ${line}` },
  });

/** @param strange what stands in a line in place of an event */
const lines = (file: string, count: number, strange: Readonly<Record<number, string>>): string =>
  Array.from({ length: count }, (_, index) => `${strange[index + 1] ?? event(file, index + 1)}\n`).join("");

const PLACES = `SELECT concat(splitByChar('/', path)[-1], ' ', toString(source_line)) AS place, data['Place'] AS said, sensor_id AS sensor
  FROM windows_event JOIN source_slice USING (source_id) ORDER BY path, source_line`;
const REJECTS = `SELECT concat(splitByChar('/', path)[-1], ' ', toString(source_line)) AS place, reason, text
  FROM rejected_record JOIN source_slice USING (source_id) ORDER BY path, source_line`;

it("events of JSON lines know their file, line and sensor, in slices and files that the engine reads together, also when a file has grown", async () => {
  const strange = { 7: "", 9: '{"password": "hunter2"}', 40: `[${event("a", 40)}]`, 50: "nothing" };
  const a = lines("a", 60, strange);
  folder.put("a/a", a.slice(0, a.length / 2));
  folder.put("b/b", lines("b", 50, { 1: "\ufeff", 50: event("b", 50).slice(0, 40) }));
  const options = { limits: { sliceBytes: 1500 } };
  await folder.ingest(options);
  folder.put("a/a", a);
  const reports = await folder.ingest(options);
  expect(reports.get("b/b")).toMatchObject({ rows: 0, rejected: 0, skipped: true });

  const events = await folder.query<{ place: string; said: string; sensor: string }>(PLACES);
  expect(events.map(({ place }) => place)).toEqual(events.map(({ said }) => said));
  expect(events).toHaveLength(57 + 48);
  expect(events.every(({ place, sensor }) => place.startsWith(sensor))).toBe(true);
  const [slices] = await folder.query(
    "SELECT count() AS n, sum(rows) AS events, sum(rejected) AS rejects FROM source_slice",
  );
  expect(slices).toMatchObject({ events: 105, rejects: 2 });
  expect(Number(slices?.n)).toBeGreaterThan(6);
  expect(await folder.query(REJECTS)).toEqual([
    {
      place: "a 9",
      reason: "it is no Windows event in any of the known layouts",
      text: '{"password": "***"}',
    },
    { place: "a 50", reason: "it is no JSON object", text: "nothing" },
  ]);
});
