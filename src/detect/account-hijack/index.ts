import { groupBy } from "../../kernel/group-by.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { domainNames } from "../shared/account-domains.js";
import { ownerParameters } from "../shared/host-owners.js";
import { administratorTraits } from "./administrators.js";
import { changeTraits } from "./changes.js";
import { traitFinding, useFinding } from "./finding.js";
import { logonTraits } from "./logons.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { ticketTraits } from "./tickets.js";
import { keyOf, type Trait } from "./trait.js";
import { strangeUses } from "./use/index.js";

export const detector: Detector = { manifest, run };

const COUNTED = `SELECT event_id AS event, count() AS events FROM windows_event
  WHERE channel = 'Security' AND event_id IN (4624, 4648, 4672, 4720, 4724, 4728, 4732, 4742, 4756, 4765, 4768, 4769, 4776, 4778, 4794) GROUP BY event`;

async function run(context: DetectContext): Promise<DetectorResult> {
  const counted = await context.query<{ event: number | string; events: number | string }>(COUNTED);
  const count = (...events: number[]) =>
    counted.reduce((sum, each) => sum + (events.includes(Number(each.event)) ? Number(each.events) : 0), 0);
  if (counted.length === 0)
    return {
      findings: [],
      evaluated: [],
      notTested: say("account-hijack.no-security-log-case"),
    };
  const owners = await ownerParameters(context);
  const names = await domainNames(context);
  const { uses, accounts, logons } = await strangeUses(context, names, owners);
  const traits = [
    ...(await logonTraits(context, owners)),
    ...(await ticketTraits(context, owners)),
    ...(await changeTraits(context, owners)),
  ];
  const administrators = await administratorTraits(context, owners);
  // One account under all names of its domain; each organisation is told of its own hosts.
  const byAccount = (list: readonly Trait[]) =>
    groupBy(list, ({ account, owner }) =>
      JSON.stringify([owner, keyOf({ ...account, ...names.of(account.realm, account) })]),
    ).values();
  return {
    findings: [
      ...uses.map((use) => useFinding(context, use)),
      ...[...byAccount(traits)].map((list) => traitFinding(context, "traits", list)),
      ...[...byAccount(administrators)].map((list) => traitFinding(context, "administrator", list)),
    ],
    evaluated: [
      { what: say("account-hijack.administrators-whose-history-read"), count: accounts },
      { what: say("account-hijack.logons-these"), count: logons },
      { what: "logons", count: count(4624) },
      { what: "tickets", count: count(4768, 4769) },
      {
        what: say("account-hijack.changes-accounts-groups"),
        count: count(4720, 4724, 4728, 4732, 4742, 4756, 4765, 4794),
      },
    ],
  };
}
