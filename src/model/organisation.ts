/** STIX 2.1, section 10.8: Industry Sector Vocabulary (`industry-sector-ov`). */
export const INDUSTRY_SECTORS: readonly string[] = [
  "agriculture",
  "aerospace",
  "automotive",
  "chemical",
  "commercial",
  "communications",
  "construction",
  "defense",
  "education",
  "energy",
  "entertainment",
  "financial-services",
  "government",
  "emergency-services",
  "government-local",
  "government-national",
  "government-public-services",
  "government-regional",
  "healthcare",
  "hospitality-leisure",
  "infrastructure",
  "dams",
  "nuclear",
  "water",
  "insurance",
  "manufacturing",
  "mining",
  "non-profit",
  "pharmaceuticals",
  "retail",
  "technology",
  "telecommunications",
  "transportation",
  "utilities",
];

/** One line of the organisation inventory, read and checked. Times are milliseconds UTC; open ends are ±Infinity. */
export interface OrganisationRange {
  /** Canonical CIDR, e.g. `10.1.0.0/16` or `2001:db8::/32`. */
  cidr: string;
  /** Whose address plan: `10.0.0.0/8` of two realms are two places. `*` where the range is public and so the same for all. */
  realm: string;
  orgId: string;
  name: string;
  /** STIX 2.1 `industry-sector-ov`. */
  sector: string;
  /** Free text. */
  subsector: string;
  validFrom: number;
  validTo: number;
  source: string;
  /** Line of the inventory file, from 1. */
  line: number;
}

export interface Organisation {
  orgId: string;
  name: string;
  sector: string;
  subsector: string;
}

export const ASSET_ROLES = [
  "mail_server",
  "domain_controller",
  "contract_database",
  "database",
  "file_server",
  "web_server",
  "vpn_gateway",
  "workstation",
  "other",
] as const;
export type AssetRole = (typeof ASSET_ROLES)[number];

export interface Asset {
  address: string;
  realm: string;
  name: string;
  role: AssetRole;
  /** 1 (spare part) to 5 (the organisation stops without it). */
  criticality: number;
}

/** Answers whose address it was, at a time. Longest valid prefix wins. */
export interface OrganisationDirectory {
  /** All organisations, once each, by id. */
  readonly organisations: ReadonlyMap<string, Organisation>;
  resolve(realm: string, address: string, at: number): Organisation | undefined;
  /** Every change of owner of an address over time: half-open intervals in order. */
  history(realm: string, address: string): { from: number; to: number; organisation: Organisation }[];
  /** Whether the address is on our side: in an organisation's range, a configured internal network, or private space that is not configured as external. */
  isInternal(realm: string, address: string): boolean;
  /** Whether the configuration says that it is not, whatever logs say. */
  isExternal(realm: string, address: string): boolean;
  asset(realm: string, address: string): Asset | undefined;
  /** All assets of the list, in its order. */
  readonly assets: readonly Asset[];
  /** The inventory lines of one organisation, in file order, whatever their validity. */
  orgRanges(orgId: string): readonly OrganisationRange[];
  /**
   * Address realms in which the organisation has ranges; `*` stands for ranges that are the same everywhere (public ones), which every
   * sensor may see. A sensor can speak of the organisation only if its realm is listed, or `*` is.
   */
  orgRealms(orgId: string): readonly string[];
  /** What a person should know: overlapping ranges, sectors outside the vocabulary. */
  readonly warnings: readonly string[];
}
