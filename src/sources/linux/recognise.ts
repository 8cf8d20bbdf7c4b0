import { LinuxReader } from "./reader.js";

/** The form of the first event in the beginning of a file; lines of other programs may stand before it. */
export function recognise(head: Buffer): { product: string } | { refused: string } {
  // What a syslog holds besides need not be looked at.
  if (!MARKS.some((mark) => head.includes(mark)))
    return { refused: "no line holds an event as XML or an audit record" };
  const reader = new LinuxReader();
  let reason = "no line holds an event as XML or an audit record";
  for (const line of head.toString("utf8").split("\n")) {
    const reading = reader.read(line);
    if (reading === undefined) continue;
    if ("refused" in reading) reason = `the first event: ${reading.refused}`;
    else if (reading[0] !== undefined) return { product: reading[0].product };
  }
  return { refused: reason };
}

/** The last is of the journal, whose messages can be lists of bytes. */
const MARKS = ["<Event", "audit(", '"MESSAGE"'];
