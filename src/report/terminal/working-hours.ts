import type { Assessment } from "../../model/assessment.js";
import { say } from "../catalogue.js";
import { goingText, lullSentence, offsetText } from "../schedule-text.js";
import { safe, wrap } from "./cells.js";

const MOST = 5;

/** What was found about each group of servers and each account; the servers within a group stand in the report only. */
export function workingHoursLines({ schedules }: Assessment, width: number): string[] {
  const whole = schedules.filter(({ subject }) => subject.part_of === null);
  const lines = whole.slice(0, MOST).flatMap((schedule) => {
    const { subject, verdict, reason, contacts, lulls } = schedule;
    const counted = say(
      subject.kind === "account" ? "terminal.hours.logons" : "terminal.hours.connections",
      contacts.interactive,
      contacts.connections,
    );
    if (verdict !== "human")
      return wrap(safe(`${subject.name}: ${say(`schedule.${verdict}`)}. ${reason}`), width, "  ");
    const calendar = goingText(schedule) || say("terminal.hours.none-asked");
    return [
      ...wrap(safe(`${subject.name}: ${offsetText(schedule)}; ${counted}`), width, "  "),
      ...wrap(safe(`${reason} ${say("terminal.hours.calendars", calendar)}`), width, "    "),
      ...lulls.flatMap((lull) => wrap(safe(lullSentence(schedule, lull)), width, "    ")),
    ];
  });
  const more = whole.length - MOST;
  return more > 0 ? [...lines, `  ${say("terminal.and-more.subjects", more)}`] : lines;
}
