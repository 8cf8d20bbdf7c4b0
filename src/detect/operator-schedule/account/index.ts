import { SECOND } from "../../../kernel/time.js";
import type { AssessedSchedule } from "../../../model/assessed-schedule.js";
import type { DetectContext, DetectorResult } from "../../port.js";
import { domainNames } from "../../shared/account-domains.js";
import { say } from "../messages.js";
import { accountFinding } from "./finding.js";
import { logonsOf } from "./logons.js";
import { logHoursOf, logonRhythms } from "./logs.js";
import { hijackedAccounts } from "./named.js";
import { analyseAccount } from "./subject.js";

/** The hours of accounts that findings call hijacked. `evaluated` is empty where there is none. */
export async function askAccounts(
  context: DetectContext,
): Promise<Required<Omit<DetectorResult, "notTested">>> {
  if (hijackedAccounts(context.findings).length === 0) return { findings: [], schedules: [], evaluated: [] };
  const domains = await domainNames(context);
  const all = hijackedAccounts(context.findings, domains.of);
  const asked = all.slice(0, context.parameter("max_subjects"));
  const accounts = await logonsOf(context, asked, domains, {
    gap: context.parameter("session_gap") * SECOND,
    longest: context.parameter("longest_session") * SECOND,
  });
  const surroundings = {
    hours: await logHoursOf(context, accounts),
    rhythms: await logonRhythms(context, accounts),
  };
  const schedules: AssessedSchedule[] = [];
  const findings: DetectorResult["findings"] = [];
  for (const account of accounts) {
    const schedule = analyseAccount(context, account, surroundings);
    schedules.push(schedule);
    if (schedule.verdict === "human")
      findings.push(await accountFinding(context, schedule, account, domains));
  }
  const sum = (of: (account: (typeof accounts)[number]) => number) =>
    accounts.reduce((total, account) => total + of(account), 0);
  return {
    findings,
    schedules,
    evaluated: [
      { what: say("operator-schedule.hijacked-accounts"), count: asked.length },
      { what: say("operator-schedule.hijacked-accounts-not-analysed"), count: all.length - asked.length },
      { what: say("operator-schedule.logons-these"), count: sum(({ logons }) => logons) },
      {
        what: say("operator-schedule.logons-person-at-work"),
        count: sum(({ interactive }) => interactive.length),
      },
    ],
  };
}
