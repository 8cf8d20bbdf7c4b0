import { eventsOf } from "./read.js";
import { JsonSplitter } from "./splitter.js";

/** Bytes by which a file is recognised. */
export const RECOGNISED_BY = 256 * 1024;
const MOST_LOOKED_AT = 50;

/**
 * The form of the Windows events at the beginning of a file: one is enough, for what an export holds besides is rejected with its reason.
 * @param head its first bytes, at most {@link RECOGNISED_BY}
 */
export function recognise(head: Buffer): { product: string } | { refused: string } {
  if (head.length === 0) return { refused: "the file is empty" };
  if (head[0] === 0xff && head[1] === 0xfe)
    return { refused: "it is UTF-16; as UTF-8 it could be read (PowerShell: Out-File -Encoding utf8)" };
  let product: string | undefined;
  let seen = 0;
  let reason = "";
  const splitter = new JsonSplitter({
    record(text) {
      if (product !== undefined || seen++ >= MOST_LOOKED_AT) return;
      const events = eventsOf(text);
      if ("refused" in events) reason ||= events.refused;
      else product = events[0]?.product;
    },
    reject(_, refused) {
      reason ||= refused;
    },
  });
  splitter.push(head);
  if (product !== undefined) return { product };
  if (seen === 0 && head.length < RECOGNISED_BY) splitter.end();
  return {
    refused:
      seen === 0 && reason === ""
        ? "no JSON object ends within its first 256 KiB"
        : `the first record: ${reason}`,
  };
}
