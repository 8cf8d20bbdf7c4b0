import { HOUR, parseTime } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";
import type { Transfers } from "./transfers.js";

/** Clocks of hosts and sensors differ, and an upload takes its time. */
const SLACK = HOUR;

/** Whether staging-and-exfiltration tells of this upload from the host's own logs: one act is one finding. */
export function toldUploads({
  findings,
}: Pick<DetectContext, "findings">): (transfers: Transfers) => boolean {
  const told = findings.map(({ entities, first_seen, last_seen }) => ({
    ends: new Set(entities.map(({ value }) => value.toLowerCase())),
    from: parseTime(first_seen) - SLACK,
    to: parseTime(last_seen) + SLACK,
  }));
  return ({ way, client, server, address, first, last }) =>
    way === "send" &&
    told.some(
      ({ ends, from, to }) =>
        last >= from &&
        first <= to &&
        ends.has(client) &&
        (ends.has(server) || (address !== "" && ends.has(address))),
    );
}
