import { unique } from "../../kernel/group-by.js";
import { DAY, SECOND } from "../../kernel/time.js";
import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import type { DomainNames } from "../shared/account-domains.js";
import { HostOwners } from "../shared/host-owners.js";
import { hostName } from "../shared/logons.js";
import { isMeans, MEANS } from "./means.js";
import { COMMAND_LINES, CREDENTIALS, DESKTOPS } from "./outgoing.js";
import { IN_SESSIONS, SERVICES } from "./sessions.js";
import { SHARES } from "./shares.js";
import { type Account, addMoments, DAYS_KEPT, isOtherAccount, type Step, type StepRow } from "./step.js";
import { ON_THE_WIRE, SAME_ACT, WINRM } from "./wire.js";

/** Of event logs; what the network shows of the same acts comes after them. */
const QUERIES = [SHARES, IN_SESSIONS, SERVICES, CREDENTIALS, COMMAND_LINES, DESKTOPS];
/** Lines of evidence of one step. */
const LINES = 6;

type Known = Pick<DetectContext, "hosts">;

/** The host that an address was at a time, by its name without domain; the address where no host is known for it. */
export function named({ hosts }: Known, realm: string, source: string, at: number): string {
  return hostName(hosts.hostAt(realm, source, at)?.host ?? source);
}

/** Steps by from, to and account, under one name for each host and domain. */
export class Steps {
  readonly #byKey = new Map<string, Step>();
  readonly #byWay = new Map<string, Set<Step>>();

  constructor(
    private readonly context: Known,
    private readonly names: DomainNames,
  ) {}

  get all(): Step[] {
    return [...this.#byKey.values()];
  }

  /** The step of these, new if there is none; undefined where it would lead to where it comes from. */
  at(given: {
    realm: string;
    owner: string;
    source: string;
    target: string;
    name: string;
    domain: string;
    label: string;
    first: number;
    last: number;
  }): Step | undefined {
    const { realm, owner, first, last } = given;
    const source = named(this.context, realm, given.source, first);
    const target = named(this.context, realm, given.target, first);
    if (source === target) return undefined;
    const account: Account = { ...this.names.of(realm, given), label: given.label };
    const key = JSON.stringify([realm, owner, source, target, account.name, account.domain]);
    const step = this.#byKey.get(key) ??
      this.#adopted(key, { realm, owner, source, target, account, first, last }) ?? {
        ...{ realm, owner, source, target, account, first, last },
        actor: undefined,
        moments: [],
        means: new Map(),
        novelty: undefined,
        evidence: [],
      };
    this.#byKey.set(key, step);
    step.first = Math.min(step.first, first);
    step.last = Math.max(step.last, last);
    addMoments(step, [first, last]);
    this.#note(step);
    return step;
  }

  /** The same way at the same time, of which the network told and no account: the account is this one. */
  #adopted(
    key: string,
    { account, ...way }: Pick<Step, "realm" | "owner" | "source" | "target" | "account" | "first" | "last">,
  ): Step | undefined {
    if (account.name === "") return undefined;
    const nobody = JSON.stringify([way.realm, way.owner, way.source, way.target, "", ""]);
    const step = this.#byKey.get(nobody);
    if (step?.isOfWire !== true || !isSameTime(step, way)) return undefined;
    this.#byKey.delete(nobody);
    step.account = account;
    this.#byKey.set(key, step);
    return step;
  }

  #note(step: Step): void {
    const way = JSON.stringify([step.realm, step.source, step.target]);
    const own = this.#byWay.get(way) ?? new Set();
    this.#byWay.set(way, own.add(step));
  }

  /**
   * What the network shows. Where an event log tells of the same way at the same time, as the same account or where the network names none, it is the same step.
   * @param owner of the host reached
   */
  addOfWire(row: StepRow, owner: string): void {
    const first = Number(row.first);
    const last = Number(row.last);
    const source = named(this.context, row.realm, row.source, first);
    const target = named(this.context, row.realm, row.target, first);
    const account: Account = { ...this.names.of(row.realm, row), label: row.label };
    const known = [...(this.#byWay.get(JSON.stringify([row.realm, source, target])) ?? [])].find(
      (step) => !isOtherAccount(step.account, account) && isSameTime(step, { first, last }),
    );
    const asKnown =
      known === undefined
        ? { ...row, owner }
        : { ...row, owner: known.owner, ...known.account, label: known.account.label };
    const step = this.add(asKnown);
    if (known === undefined && step?.account.name === "") step.isOfWire = true;
  }

  add(row: StepRow): Step | undefined {
    const first = Number(row.first);
    const step = this.at({ ...row, first, last: Number(row.last) });
    if (step === undefined || !isMeans(row.means)) return undefined;
    addMoments(
      step,
      row.moments.map((seconds) => Number(seconds) * SECOND),
    );
    const use = step.means.get(row.means) ?? { detail: row.detail, count: 0, days: [], isCustom: false };
    use.count += Number(row.count);
    use.days = [...new Set([...use.days, ...row.days.map(Number)])].sort((a, b) => a - b).slice(0, DAYS_KEPT);
    step.means.set(row.means, use);
    if (row.actor !== "") step.actor = accountOf(this.names, row.realm, row.actor);
    for (const [, , , line] of row.lines)
      if (step.evidence.length < LINES)
        step.evidence.push({
          line,
          what: `${row.label || "somebody"} ${MEANS[row.means].words}: ${row.detail}`,
        });
    return step;
  }
}

function isSameTime(a: Pick<Step, "first" | "last">, b: Pick<Step, "first" | "last">): boolean {
  return a.first <= b.last + SAME_ACT && b.first <= a.last + SAME_ACT;
}

function accountOf(names: DomainNames, realm: string, label: string): Account {
  const cut = label.indexOf("\\");
  const domain = label.slice(0, Math.max(0, cut)).toLowerCase().split(".", 1)[0] ?? "";
  return { ...names.of(realm, { name: label.slice(cut + 1).toLowerCase(), domain }), label };
}

/** Whose the host reached is: addresses are looked up in the inventory, as nothing else is said of them. */
function ownerOnWire(context: DetectContext): (row: StepRow) => string {
  const owners = new HostOwners(context);
  return ({ realm, target, first }) =>
    owners.ofRealm(realm) ?? context.directory.resolve(realm, target, Number(first))?.orgId ?? "";
}

/** Controllers of a domain replicate it among each other. */
function isOfController(
  context: DetectContext,
  { realm, source, means, first }: StepRow,
  controllers: (realm: string, host: string) => boolean,
): boolean {
  return means === "replication" && controllers(realm, named(context, realm, source, Number(first)));
}

/** Everything that one host did on another, and how many like ones were beyond the limit. */
export async function collect(
  context: DetectContext,
  names: DomainNames,
  owners: SqlParameters,
  controllers: (realm: string, host: string) => boolean,
): Promise<{ steps: Steps; rows: number; beyond: number }> {
  const most = context.parameter("max_steps");
  const steps = new Steps(context, names);
  let rows = 0;
  let beyond = 0;
  const owner = ownerOnWire(context);
  const [wire] = await context.query<{ rows: number | string }>(
    "SELECT count() AS rows FROM remote_access_activity",
  );
  for (const query of Number(wire?.rows) > 0 ? [...QUERIES, ON_THE_WIRE, WINRM] : QUERIES) {
    const isOfWire = query === ON_THE_WIRE || query === WINRM;
    const found = await context.query<StepRow>(query, { ...owners, most });
    for (const row of found) {
      if (!isOfWire) steps.add(row);
      else if (!isOfController(context, row, controllers)) steps.addOfWire(row, owner(row));
    }
    rows += found.reduce((sum, { count }) => sum + Number(count), 0);
    beyond += Math.max(0, Number(found[0]?.groups ?? 0) - found.length);
  }
  return { steps, rows, beyond };
}

/**
 * Marks what is custom: an account uses this means from this host, on whatever hosts, on `habitDays` days, and began to when the logs began. A means taken up later is
 * none, however often: an intruder who stays does not become usual. Where no record names the account, it may be any that uses this means from there.
 * @param begin of the logs, milliseconds UTC
 */
export function markCustom(
  steps: readonly Step[],
  begin: number,
  limits: { habitDays: number; historyDays: number },
): void {
  const days = new Map<string, Set<number>>();
  for (const step of steps)
    for (const [means, use] of step.means)
      for (const whose of unique([habit(step, step.account, means), habit(step, NOBODY, means)])) {
        const own = days.get(whose) ?? new Set<number>();
        days.set(whose, own);
        for (const day of use.days) own.add(day);
      }
  for (const step of steps)
    for (const [means, use] of step.means) {
      const own = days.get(habit(step, step.account, means)) ?? new Set();
      use.isCustom =
        own.size >= limits.habitDays && Math.min(...own) * DAY < begin + limits.historyDays * DAY;
    }
}

/** What has one custom. Of what nobody did from an unknown host, only what was done to one host may be of one hand. */
function habit(
  { realm, source, target }: Step,
  { name, domain }: Pick<Account, "name" | "domain">,
  means: string,
): string {
  return JSON.stringify([realm, source, name, domain, means, source === "" && name === "" ? target : ""]);
}

const NOBODY = { name: "", domain: "" };
