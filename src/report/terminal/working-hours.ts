import { joinItems } from "../../kernel/lists.js";
import type { Assessment } from "../../model/assessment.js";
import { say } from "../catalogue.js";
import { lullSentence, offsetText } from "../schedule-text.js";
import { safe, wrap } from "./cells.js";

const MOST = 5;

/** What was found about each group of servers and each account; the servers within a group stand in the report only. */
export function workingHoursLines({ schedules }: Assessment, width: number): string[] {
  const whole = schedules.filter(({ subject }) => subject.part_of === null);
  const lines = whole.slice(0, MOST).flatMap((schedule) => {
    const { subject, verdict, reason, contacts, calendars, lulls } = schedule;
    const counted = say(
      subject.kind === "account" ? "terminal.hours.logons" : "terminal.hours.connections",
      contacts.interactive,
      contacts.connections,
    );
    if (verdict !== "human")
      return wrap(safe(`${subject.name}: ${say(`schedule.${verdict}`)}. ${reason}`), width, "  ");
    const going = calendars
      .filter((each) => each.verdict === "fits" || each.verdict === "consistent_single_episode")
      .map((each) => say("terminal.hours.verdict", each.country, say(`calendar.${each.verdict}`)));
    const calendar = going.length > 0 ? joinItems(going) : say("terminal.hours.none-asked");
    return [
      ...wrap(safe(`${subject.name}: ${offsetText(schedule)}; ${counted}`), width, "  "),
      ...wrap(safe(`${reason} ${say("terminal.hours.calendars", calendar)}`), width, "    "),
      ...lulls.flatMap((lull) => wrap(safe(lullSentence(schedule, lull)), width, "    ")),
    ];
  });
  const more = whole.length - MOST;
  return more > 0 ? [...lines, `  ${say("terminal.and-more.subjects", more)}`] : lines;
}
