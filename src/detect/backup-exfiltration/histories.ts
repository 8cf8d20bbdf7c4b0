import { groupBy, unique } from "../../kernel/group-by.js";
import type { DetectContext } from "../port.js";
import type { Timed } from "./timed.js";
import { type HourSeries, hostSeries, organisationSeries, type PeerDay, peerDays } from "./transfers.js";
import { hostKey } from "./units.js";
import type { UploadHour } from "./uploads.js";

const NOTHING: HourSeries = new Map();

/**
 * What hosts and organisations send to all destinations, less their own regular backup jobs: those are explained, and a theft in the hours of
 * a nightly backup must not hide behind it. The job that is being weighed itself stays in.
 */
export class Histories {
  readonly #hosts: ReadonlyMap<string, HourSeries>;
  readonly #organisations: ReadonlyMap<string, HourSeries>;
  readonly #peers: ReadonlyMap<string, readonly PeerDay[]>;
  readonly #jobsOfHost: ReadonlyMap<string, { job: Timed; uploads: UploadHour[] }[]>;
  readonly #jobsOfOrg: ReadonlyMap<string, Timed[]>;

  private constructor(
    hosts: ReadonlyMap<string, HourSeries>,
    organisations: ReadonlyMap<string, HourSeries>,
    peers: ReadonlyMap<string, readonly PeerDay[]>,
    jobs: readonly Timed[],
  ) {
    this.#hosts = hosts;
    this.#organisations = organisations;
    this.#peers = peers;
    const byHost = jobs.flatMap((job) =>
      job.unit.transfers.map((transfer) => ({ host: hostKey(transfer), job, uploads: transfer.uploads })),
    );
    this.#jobsOfHost = groupBy(byHost, ({ host }) => host);
    this.#jobsOfOrg = groupBy(
      jobs.filter(({ unit }) => unit.orgId !== null),
      ({ unit }) => unit.orgId as string,
    );
  }

  /** `jobs`: the units that are like a backup job. */
  static async load(
    context: DetectContext,
    suspects: readonly Timed[],
    jobs: readonly Timed[],
  ): Promise<Histories> {
    const orgs = unique(suspects.flatMap(({ unit }) => unit.orgId ?? []));
    const hosts = groupBy(
      suspects.flatMap(({ unit }) => unit.transfers),
      hostKey,
    );
    return new Histories(
      await hostSeries(
        context,
        [...hosts.values()].map(([first]) => first as { realm: string; host: string }),
      ),
      await organisationSeries(context, orgs),
      await peerDays(context, orgs),
      jobs,
    );
  }

  host(key: string, weighed: Timed): HourSeries {
    const jobs = (this.#jobsOfHost.get(key) ?? []).filter(({ job }) => job !== weighed);
    return without(
      this.#hosts.get(key) ?? NOTHING,
      jobs.map(({ uploads }) => uploads),
    );
  }

  /** Undefined where nobody knows whose hosts they are. */
  organisation(weighed: Timed): HourSeries | undefined {
    const { unit } = weighed;
    if (unit.orgId === null) return undefined;
    const jobs = (this.#jobsOfOrg.get(unit.orgId) ?? []).filter((job) => job !== weighed);
    return without(
      this.#organisations.get(unit.orgId) ?? NOTHING,
      jobs.map((job) => job.unit.uploads),
    );
  }

  peers({ unit }: Timed): readonly PeerDay[] | undefined {
    return unit.orgId === null ? undefined : (this.#peers.get(unit.orgId) ?? []);
  }

  /**
   * Hours of the UTC day in which a backup job of the same organisation (or host) runs on at least half of its days: those in which its
   * connections begin, and two more.
   */
  backupHours(weighed: Timed): Set<number> {
    const { unit } = weighed;
    const jobs =
      unit.orgId === null
        ? unit.hosts.flatMap((host) => (this.#jobsOfHost.get(host) ?? []).map(({ job }) => job))
        : (this.#jobsOfOrg.get(unit.orgId) ?? []);
    const hours = new Set<number>();
    for (const job of unique(jobs).filter((each) => each !== weighed)) {
      const counts = new Array<number>(24).fill(0);
      for (const hour of new Set(job.unit.uploads.map((upload) => upload.hour)))
        counts[hour % 24] = (counts[hour % 24] ?? 0) + 1;
      counts.forEach((count, hour) => {
        if (count * 2 >= job.days.length) for (const later of [0, 1, 2]) hours.add((hour + later) % 24);
      });
    }
    return hours;
  }
}

function without(series: HourSeries, uploads: readonly (readonly UploadHour[])[]): HourSeries {
  if (uploads.length === 0) return series;
  const rest = new Map(series);
  for (const list of uploads)
    for (const { hour, out } of list) rest.set(hour, Math.max(0, (rest.get(hour) ?? 0) - out));
  return rest;
}
