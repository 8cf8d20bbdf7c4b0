import { chunks, groupBy, unique } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import { parseTime } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";
import { lists } from "./lists.js";
import type { Transfers } from "./transfers.js";

/** A file as the sensor saw it pass. */
export interface Seen {
  at: number;
  source_id: string;
  line: number;
  /** As the server calls it (Content-Disposition), or ''. */
  name: string;
  mime: string;
  /** bytes */
  size: number;
  /** The best that the log has, SHA-256 before SHA-1 before MD5, or ''. */
  hash: string;
}

interface Row extends Omit<Seen, "at" | "line" | "size"> {
  uid: string;
  sender: string;
  at: string;
  line: number | string;
  size: number | string;
}

const CHUNK = 2_000;

/** The file of each group's first request, where the sensor logs files: of the same connection and way, the one nearest in time. */
export async function filesOf(
  context: DetectContext,
  transfers: readonly Transfers[],
): Promise<ReadonlyMap<Transfers, Seen>> {
  const { named_programs, unnamed_programs, scripts, archives } = lists().content;
  const kinds = [...named_programs, ...unnamed_programs, ...scripts, ...archives];
  const withUid = transfers.filter(({ example }) => example.uid !== "");
  const found = new Map<Transfers, Seen>();
  for (const some of chunks(withUid, CHUNK)) {
    const uids = unique(some.map(({ example }) => example.uid));
    const ends = unique(
      some.flatMap(({ client, address }) => (address === "" ? [client] : [client, address])),
    );
    const rows = await context.query<Row>(
      `SELECT uid, toString(src_endpoint_ip) AS sender, toString(time) AS at, toString(source_id) AS source_id, source_line AS line, substring(file_name, 1, 300) AS name,
         toString(file_mime_type) AS mime, file_size AS size, multiIf(hash_sha256 != '', hash_sha256, hash_sha1 != '', hash_sha1, hash_md5) AS hash
       FROM file_activity ARRAY JOIN connection_uids AS uid
       WHERE src_endpoint_ip IN {ends:Array(IPv6)} AND has({kinds:Array(String)}, file_mime_type) AND uid IN {uids:Array(String)}
       ORDER BY time, source_id, source_line LIMIT 20 BY uid`,
      { ends, kinds, uids },
    );
    const byUid = groupBy(rows, ({ uid }) => uid);
    for (const each of some) {
      const [nearest] = (byUid.get(each.example.uid) ?? [])
        .filter(({ sender }) => (plainAddress(sender) === each.client) === (each.way === "send"))
        .map(
          ({ uid: _, sender: __, ...row }): Seen => ({
            ...row,
            at: parseTime(row.at),
            line: Number(row.line),
            size: Number(row.size),
          }),
        )
        .sort((a, b) => Math.abs(a.at - each.example.at) - Math.abs(b.at - each.example.at));
      if (nearest !== undefined) found.set(each, nearest);
    }
  }
  return found;
}
