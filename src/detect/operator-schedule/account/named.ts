import { groupBy, unique } from "../../../kernel/group-by.js";
import { type Finding, severityRank } from "../../../model/finding.js";
import { type AccountName, accountName, hostName } from "../../shared/logons.js";

/** Role of an account that somebody else than its owner uses, in a finding of any detector; and of the hosts and addresses from which. */
const HIJACKED = "hijacked";
const LOGON_SOURCE = "logon_source";

export interface HijackedAccount {
  /** As the finding has it, e.g. `CONTOSO\anna`. */
  label: string;
  account: AccountName;
  /** '' where the finding does not say; then it may be in any. */
  realm: string;
  /** Addresses, and host names without domain, from which it was used and should not have been; empty where no finding says. */
  sources: ReadonlySet<string>;
  findings: Finding[];
}

/**
 * Accounts that findings at medium or above call hijacked, those with most findings first.
 *
 * @param canonical one name for all names of a domain
 */
export function hijackedAccounts(
  findings: readonly Finding[],
  canonical: (realm: string, account: AccountName) => AccountName = (_, account) => account,
): HijackedAccount[] {
  const named = findings
    .filter(({ severity }) => severityRank(severity) >= severityRank("medium"))
    .flatMap((finding) =>
      finding.entities
        .filter(({ kind, role, value }) => kind === "account" && role === HIJACKED && value.trim() !== "")
        .map(({ value, realm = "" }) => ({
          finding,
          label: value,
          realm,
          account: canonical(realm, accountName(value)),
        })),
    );
  const same = groupBy(named, ({ realm, account: { domain, name } }) => `${realm} ${domain}\\${name}`);
  return [...same.values()]
    .flatMap((list) => {
      const [first] = list;
      if (first === undefined) return [];
      const about = unique(list.map(({ finding }) => finding));
      return [
        {
          label: first.label,
          account: first.account,
          realm: first.realm,
          sources: sourcesOf(about),
          findings: about,
        },
      ];
    })
    .sort((a, b) => b.findings.length - a.findings.length || keyOf(a).localeCompare(keyOf(b)));
}

function sourcesOf(findings: readonly Finding[]): Set<string> {
  return new Set(
    findings.flatMap(({ entities }) =>
      entities
        .filter(({ kind, role }) => role === LOGON_SOURCE && (kind === "host" || kind === "address"))
        .map(({ value }) => hostName(value)),
    ),
  );
}

/** What an account is known by while evidence grows. */
export const keyOf = ({ realm, account: { domain, name } }: HijackedAccount): string =>
  `${realm} ${domain}\\${name}`;
