import type { DetectContext } from "../port.js";
import { Groups } from "./groups.js";
import { type AccountName, DOMAIN_SQL } from "./logons.js";

/**
 * Names of one domain. NTLM logons say CONTOSO and Kerberos logons CORP.EXAMPLE; accounts of both have identifiers of one authority (S-1-5-21-…), and that
 * ties the names. Where one authority has more names than {@link MOST_NAMES}, its hosts were cloned from one image, and their local accounts are different ones.
 */
export interface DomainNames {
  /** `realm domain`, and the name that stands for all: for {@link domainSql}. */
  from: string[];
  to: string[];
  of(realm: string, account: AccountName): AccountName;
}

const MOST_NAMES = 3;

const NAMES = `SELECT address_realm AS realm, extract(user_sid, '^(S-1-5-21-[0-9]+-[0-9]+-[0-9]+)-') AS authority, arraySort(groupUniqArray(${MOST_NAMES + 1})(${DOMAIN_SQL})) AS domains
  FROM authentication WHERE metadata_event_code IN (4624, 4672, 4768) AND startsWith(user_sid, 'S-1-5-21-') AND ${DOMAIN_SQL} NOT IN ('', '-')
  GROUP BY realm, authority HAVING length(domains) BETWEEN 2 AND ${MOST_NAMES} ORDER BY realm, authority`;

export async function domainNames(context: DetectContext): Promise<DomainNames> {
  const rows = await context.query<{ realm: string; domains: string[] }>(NAMES);
  const keys = [
    ...new Set(rows.flatMap(({ realm, domains }) => domains.map((domain) => `${realm} ${domain}`))),
  ].sort();
  const groups = new Groups(keys.length);
  for (const { realm, domains } of rows)
    groups.join(domains.map((domain) => keys.indexOf(`${realm} ${domain}`)));
  const first = new Map<number, string>();
  const standsFor = new Map(
    keys.map((key, index) => {
      const root = groups.root(index);
      const domain = first.get(root) ?? key.slice(key.lastIndexOf(" ") + 1);
      first.set(root, domain);
      return [key, domain] as const;
    }),
  );
  return {
    from: [...standsFor.keys()],
    to: [...standsFor.values()],
    of: (realm, { name, domain }) => ({ name, domain: standsFor.get(`${realm} ${domain}`) ?? domain }),
  };
}

/** SQL of the name that stands for all of a domain's; parameters `from` and `to` of {@link DomainNames}. */
export const domainSql = `transform(concat(toString(address_realm), ' ', ${DOMAIN_SQL}), {from:Array(String)}, {to:Array(String)}, ${DOMAIN_SQL})`;
