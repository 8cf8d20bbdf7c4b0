import type { FieldValue, SigmaEvent } from "../../detect/sigma/index.js";
import { eventOf, type JsonEvent, layoutOf } from "../../sources/windows-json/event.js";
import { openBytes } from "../ingest/decompress.js";
import { probeFile } from "../ingest/probe.js";
import { LineSplitter } from "../line-splitter.js";
import type { SegmentMatcher, SegmentMatches } from "./match-segment.js";

/**
 * Tests the events of a file that holds Windows events as JSON lines; results come block by block, so that memory does not depend on the file. The
 * number of a record is its line.
 * @returns false where the file holds none
 */
export async function matchJsonFile(
  path: string,
  matcher: () => SegmentMatcher,
  take: (matches: SegmentMatches) => Promise<void>,
): Promise<boolean> {
  const { probe, magic } = await probeFile(path);
  const layout = layoutOf(probe.lines);
  if (layout === undefined) return false;
  const matching = matcher();
  const empty = (): SegmentMatches => ({ matches: [], correlated: [], records: 0, problems: [] });
  let result = empty();
  let line = 0;
  let offset = 0;
  const split = new LineSplitter((bytes) => {
    line++;
    const at = offset;
    offset += bytes.length + 1;
    const text = bytes.toString("utf8");
    if (text.trim() === "") return;
    const event = eventOf(text, layout);
    if ("refused" in event)
      result.problems.push({
        kind: "record",
        offset: at,
        recordId: line,
        reason: `line ${line}: ${event.refused}`,
      });
    else
      matching.matchEvent(
        new JsonSigmaEvent(event),
        { file: path, recordId: line, time: event.time },
        result,
      );
  });
  const bytes = openBytes(path, magic);
  for await (const chunk of bytes.chunks) {
    split.push(chunk);
    await take(result);
    result = empty();
  }
  split.finish();
  const broken = bytes.problem();
  if (broken !== undefined) result.problems.push({ kind: "chunk", offset, reason: broken });
  await take(result);
  return true;
}

/** An event as JSON as the matcher sees it. */
class JsonSigmaEvent implements SigmaEvent {
  readonly channel: string;
  readonly provider: string;
  readonly eventId: number;
  readonly #event: JsonEvent;

  constructor(event: JsonEvent) {
    this.channel = event.channel;
    this.provider = event.provider;
    this.eventId = event.eventId;
    this.#event = event;
  }

  field(name: string): FieldValue | undefined {
    const { data, system } = this.#event;
    if (Object.hasOwn(data, name)) return data[name];
    return Object.hasOwn(system, name) ? system[name] : undefined;
  }

  texts(): string[] {
    const { data, system, message } = this.#event;
    return [...Object.values(system), ...Object.values(data).flat(), message];
  }
}
