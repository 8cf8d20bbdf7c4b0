import { DAY, HOUR, MINUTE } from "../engine/clock.js";
import { type Rng, rngFor } from "../engine/rng.js";
import { type Account, type Estate, type Host, hostOf, isWorkday } from "./estate.js";

/** Names and tools of one intrusion, drawn from the pools. */
interface Tools {
  program: string;
  signer: string;
  library: string;
  /** Where both lie. */
  folder: string;
  task: string;
  service: readonly [string, string];
  server: string;
  address: string;
  /** Takes what is stolen. */
  store: string;
  storeAddress: string;
  lure: string;
  password: string;
  usb: { name: string; folder: string };
  shell: string;
  linuxTool: string;
  remote: readonly [string, string];
  discovery: readonly string[];
  archiver: "rar" | "7z";
  method: "service" | "winrm" | "task";
  upload: "ftp" | "https";
  beaconMinutes: number;
}

export interface Step {
  id: string;
  step: string;
  technique: string;
  ts: number;
  host: Host;
  account: Account | undefined;
}

export interface Intrusion {
  id: string;
  cluster: string;
  tools: Tools;
  /** Where it begins, and where it goes on to. */
  first: Host;
  second: Host;
  /** The administrator whose account is used. */
  administrator: Account;
  steps: Step[];
}

/** `staged`: where the step before was. */
type Place =
  | "staged"
  | "first"
  | "second"
  | "mail_server"
  | "database"
  | "web_server"
  | "file_server"
  | "gateway"
  | "linux";

/** ATT&CK technique, where, by whom, and whether minutes or days after the step before. */
const STEPS: Record<
  string,
  readonly [technique: string, Place, "owner" | "administrator" | "system", "minutes" | "days"]
> = {
  phishing: ["T1566.001", "first", "owner", "days"],
  open_attachment: ["T1204.002", "first", "owner", "minutes"],
  side_load: ["T1574.001", "first", "owner", "minutes"],
  task: ["T1053.005", "first", "owner", "minutes"],
  run_key: ["T1547.001", "first", "owner", "minutes"],
  beacon: ["T1071.001", "first", "owner", "minutes"],
  discovery: ["T1016", "first", "owner", "days"],
  removable_media: ["T1091", "second", "owner", "days"],
  archive: ["T1560.001", "first", "owner", "days"],
  upload: ["T1048.003", "staged", "owner", "minutes"],
  gateway_exploit: ["T1190", "gateway", "system", "days"],
  linux_backdoor: ["T1059.004", "linux", "system", "minutes"],
  web_shell: ["T1505.003", "web_server", "system", "days"],
  credentials: ["T1003.001", "web_server", "system", "days"],
  hijacked_mail: ["T1078.002", "mail_server", "administrator", "days"],
  service_side_load: ["T1543.003", "mail_server", "administrator", "minutes"],
  mailbox: ["T1114.002", "mail_server", "administrator", "days"],
  database: ["T1213", "database", "administrator", "days"],
  stage: ["T1074.002", "file_server", "administrator", "days"],
  restore_logs: ["T1070.001", "mail_server", "administrator", "days"],
  clear_history: ["T1070.003", "linux", "system", "minutes"],
  local_administrator: ["T1136.001", "first", "owner", "days"],
  remote_lateral: ["T1021.002", "second", "administrator", "days"],
  remote_tool: ["T1219", "second", "administrator", "minutes"],
  clear_logs: ["T1070.001", "second", "administrator", "days"],
};

function tools(estate: Estate, rng: Rng, take: <T>(list: readonly T[]) => T): Tools {
  const pools = estate.description.intrusions;
  const [program, signer, library] = take(pools.pairs);
  const product = take(pools.products);
  const name = () => `${take(pools.domain_words)}-${rng.pick(pools.domain_words)}.${rng.pick(pools.tlds)}`;
  const address = () => `${rng.pick(pools.address_prefixes)}.${1 + rng.int(250)}.${1 + rng.int(250)}`;
  return {
    program,
    signer,
    library,
    folder: rng.pick([`C:\\ProgramData\\${product}`, `C:\\Users\\Public\\Libraries\\${product}`]),
    task: take(pools.task_names),
    service: take(pools.services),
    server: `${rng.pick(["www", "cdn", "update", "api"])}.${name()}`,
    address: address(),
    store: `${rng.pick(["files", "sync", "drop"])}.${name()}`,
    storeAddress: address(),
    lure: take(pools.lures),
    password: String(1000 + rng.int(9000)),
    usb: { name: rng.pick(pools.usb_names), folder: rng.pick(pools.usb_folders) },
    shell: rng.pick(pools.web_shells),
    linuxTool: rng.pick(pools.linux_tools),
    remote: rng.pick(pools.remote_tools),
    discovery: take(pools.discovery),
    archiver: rng.pick(["rar", "7z"]),
    method: rng.pick(["service", "winrm", "task"]),
    upload: rng.pick(["ftp", "https"]),
    beaconMinutes: rng.pick([1, 5, 10, 15]),
  };
}

/** Three intrusions, in an order and with names, tools, hosts and days of the seed. The same at every scale. */
export function planIntrusions(estate: Estate): Intrusion[] {
  const rng = rngFor(estate.seed, "intrusions");
  const taken = new Set<unknown>();
  const take = <T>(list: readonly T[]): T => {
    const free = list.filter((each) => !taken.has(each));
    const picked = rng.pick(free.length > 0 ? free : list);
    taken.add(picked);
    return picked;
  };
  const desks = rng.shuffled(estate.workstations.slice(0, 12));
  const admins = rng.shuffled(estate.administrators);
  return rng.shuffled(estate.description.intrusions.clusters).map(({ id, chain }, index) => {
    const own: Intrusion = {
      id: `intrusion-${index + 1}`,
      cluster: id,
      tools: tools(estate, rng, take),
      first: desks[2 * index] as Host,
      second: desks[2 * index + 1] as Host,
      administrator: admins[index] as Account,
      steps: [],
    };
    const order = chain.flatMap((each) => (typeof each === "string" ? each : rng.shuffled(each)));
    const span = estate.days.length - 14 - 8 * index;
    const days = order.filter((name) => STEPS[name]?.[3] === "days").length;
    let day = 4 + 7 * index + rng.int(3);
    let at = 0;
    for (const step of order) {
      const [technique, place, who, after] = STEPS[step] ?? [];
      if (!technique || !place) throw new Error(`scenario ${estate.description.id}: no step ${step}`);
      if (after === "days") {
        if (at > 0) day += Math.max(1, Math.round((span / days) * rng.between(0.6, 1)));
        day = workdayFrom(estate, Math.min(day, estate.days.length - 2));
        // The intruders' own office hours, at UTC+8; mail is opened in them, too.
        at = (estate.days[day] as number) + rng.between(1.5, 7.5) * HOUR;
      } else at += rng.between(3, 9) * MINUTE;
      const before = own.steps.at(-1);
      const host = place === "staged" && before ? before.host : hostAt(estate, own, place);
      const account =
        place === "staged"
          ? before?.account
          : who === "owner"
            ? host.owner
            : who === "administrator"
              ? own.administrator
              : undefined;
      own.steps.push({ id: `${own.id}:${step}`, step, technique, ts: Math.floor(at), host, account });
    }
    return own;
  });
}

function hostAt(estate: Estate, own: Intrusion, place: Place): Host {
  return place === "first" || place === "second" ? own[place] : hostOf(estate, place);
}

function workdayFrom(estate: Estate, day: number): number {
  for (let each = day; each < estate.days.length - 1; each++)
    if (isWorkday(estate, estate.days[each] as number)) return each;
  return day;
}

/** When a backdoor of the intrusion calls on this day: from its first step on, until the period ends. */
export function callsOn(intrusion: Intrusion, day: number, rng: Rng): { host: Host; ts: number }[] {
  const calls: { host: Host; ts: number }[] = [];
  for (const { step, ts, host } of intrusion.steps) {
    if (!["beacon", "removable_media", "linux_backdoor", "service_side_load"].includes(step)) continue;
    const period = Math.max(intrusion.tools.beaconMinutes, 5) * MINUTE;
    const [wakes, sleeps] = host.role === "workstation" ? [day + HOUR, day + 10 * HOUR] : [day, day + DAY];
    for (let at = wakes; at < sleeps; at += period * rng.between(0.9, 1.1))
      if (at > ts + 4 * MINUTE) calls.push({ host, ts: Math.floor(at) });
  }
  return calls;
}
