import type { Assessment } from "../../model/assessment.js";
import { say } from "../catalogue.js";
import { lullSentence, offsetText } from "../schedule-text.js";
import { plural } from "../text.js";
import { safe, wrap } from "./cells.js";

const MOST = 5;

/** What was found about each group of servers and each account; the servers within a group stand in the report only. */
export function workingHoursLines({ schedules }: Assessment, width: number): string[] {
  const whole = schedules.filter(({ subject }) => subject.part_of === null);
  const lines = whole.slice(0, MOST).flatMap((schedule) => {
    const { subject, verdict, reason, contacts, calendars, lulls } = schedule;
    const counted = `${plural(contacts.interactive, subject.kind === "account" ? "interactive logon" : "interactive connection")} of ${contacts.connections.toLocaleString("en-US")}`;
    if (verdict !== "human")
      return wrap(safe(`${subject.name}: ${say(`schedule.${verdict}`)}. ${reason}`), width, "  ");
    const going = calendars
      .filter((each) => each.verdict === "fits" || each.verdict === "consistent_single_episode")
      .map((each) => `${each.country} (${say(`calendar.${each.verdict}`)})`);
    const calendar = going.length > 0 ? going.join(", ") : "none of those asked";
    return [
      ...wrap(safe(`${subject.name}: ${offsetText(schedule)}; ${counted}`), width, "  "),
      ...wrap(safe(`${reason} Calendars that go with it: ${calendar}.`), width, "    "),
      ...lulls.flatMap((lull) => wrap(safe(lullSentence(schedule, lull)), width, "    ")),
    ];
  });
  const more = whole.length - MOST;
  return more > 0 ? [...lines, `  and ${plural(more, "more subject")}, in the report`] : lines;
}
