/**
 * The text of `longwatch init`: loads as it is. `#key` is a setting that waits for its `#` to be removed, `# text` is
 * explanation; a test removes every `#` of the first kind and loads the result too.
 */
export const initTemplate = `# Configuration of a Longwatch case. All paths are relative to this file.
# Every key is optional; a setting that begins with # is off until you remove the #.

case:
  name: My case
  # Marking (TLP 2.0) of everything that has none of its own: clear, green, amber, amber+strict, red
  tlp: amber

# Who owns which addresses. Columns, in any order:
# cidr,realm,org_id,org,sector,subsector,valid_from,valid_to,source
# The longest prefix wins. Days are UTC; valid_to counts to the end of its day. Sectors are STIX 2.1 industry-sector-ov.
# realm says whose address plan a private range belongs to (see sensors); leave it empty for public ranges.
#organisations: organisations.csv

# Hosts that matter: address,realm,name,role,criticality (1 to 5). Roles: mail_server, domain_controller,
# contract_database, database, file_server, web_server, vpn_gateway, workstation, other
#assets: assets.csv

# Watched infrastructure: CSV (only the column value is required), plain lists, MISP JSON, STIX 2.1 bundles.
# Defanged notation is fine. What a list says of an entry goes before what stands here; of two markings the stricter counts.
#watchlists:
#  - watchlist.csv
#  - path: watchlist.csv
#    source: Partner CERT
#    confidence: 0.8
#    tlp: amber+strict
#    owner: Partner CERT
#    sharing_group: constituents
#    # open: count contacts at any time, for lists whose valid_from is only the day of publication
#    validity: as_given

# Which sensor saw which files: globs relative to the hunted folder (** any folders, * and ? within a name; a folder
# means everything below it). The first that fits counts. Sensors on one network share a realm; sensors of two
# organisations that both use 10.0.0.0/8 must not.
#sensors:
#  - id: head-office
#    path: head-office/**
#    realm: head-office
#    # Public addresses that are ours on this network
#    internal: [198.51.100.0/24]
#    tlp: amber
#  - id: branch
#    path: ["branch/zeek/**", "branch/*.log.gz"]
#    realm: branch

# Addresses on our side that no organisation of the inventory owns. Private space always is.
#internal_networks:
#  - 203.0.113.0/24
#  - { cidr: 192.0.2.0/24, realm: branch }

# Private addresses that are not on our side: a partner's, a laboratory's, those of an exercise's attackers.
#external_networks:
#  - 192.168.77.0/24

# Harmless, whatever a detector thinks: domains with all names below them, addresses and ranges.
#allow:
#  domains: [updates.example.com]
#  networks: [203.0.113.53, 198.51.100.128/25]

# Where the watched organisations stand (ISO 3166-1 codes, one IANA time zone): their own office hours and holidays are the
# rival explanation for a rhythm in somebody's activity.
#home:
#  countries: [KH]
#  time_zone: Asia/Phnom_Penh

# Whose holidays are asked about, beside those of home. Each one more makes the answer about all of them weaker.
#calendars: [CN, KR, VN, SG, RU]

# Thresholds, by detector. \`longwatch detectors\` lists detectors, parameters and their meaning.
# Changes take effect with the next detect; nothing is imported again.
#detectors:
#  long-connection:
#    enabled: true
#    parameters: {}

# Folders or files with Sigma rules that a hunt runs beside Longwatch's own.
#sigma:
#  rules: [sigma-rules]
#  log_sources: [our-log-sources.yaml]   # where the events of further log sources stand

# A copy of HijackLibs (https://github.com/wietze/HijackLibs, folder yml), for known pairs of DLL side-loading.
#hijacklibs: hijacklibs

# Knowledge on clusters and tools beside Longwatch's own, for attribution: what \`longwatch knowledge import\` wrote, or files of your own.
#knowledge: [attack]

# CSV logs of firewalls and other devices: our field, then the column's name in the header line.
# Fields: time, src_ip, src_port, dst_ip, dst_port, protocol, bytes_out, bytes_in, packets_out, packets_in,
# duration_seconds, application, action. time_format: epoch, epoch_ms, iso8601 or a pattern such as %d/%m/%Y %H:%i:%s
#csv:
#  - name: edge-firewall
#    columns:
#      time: Receive Time
#      src_ip: Source
#      src_port: Sport
#      dst_ip: Destination
#      dst_port: Dport
#      protocol: Proto
#      bytes_out: Bytes Sent
#      bytes_in: Bytes Received
#    delimiter: ","
#    time_format: "%Y/%m/%d %H:%i:%s"
#    utc_offset: "+07:00"

# Files and folders of the hunted folder to leave out.
#ingest:
#  exclude: ["**/*.tmp", archive/old]
`;
