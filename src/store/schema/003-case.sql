-- The manifest: a batch counts if and only if source_slice names it. All slices of a batch are written in one block, last.
CREATE TABLE IF NOT EXISTS source_slice (
  batch_id String,
  source_id String,
  -- chain of content: id of the slice before this one in its file ('' for the first), and digest of the first data line
  previous_id String,
  head_id String,
  path String,
  format LowCardinality(String),
  log LowCardinality(String),
  sensor_id LowCardinality(String),
  address_realm LowCardinality(String),
  tlp LowCardinality(String),
  owner LowCardinality(String),
  sharing_group LowCardinality(String),
  byte_from UInt64,
  byte_to UInt64,
  -- lines from..to (from 1, inclusive) of the file; rows + rejected + header + blank + unused = to - from + 1
  line_from UInt64,
  line_to UInt64,
  rows UInt64,
  rejected UInt64,
  header_lines UInt64,
  blank_lines UInt64,
  unused_lines UInt64,
  -- the slice ends without LF: the next byte of a grown file belongs to its last line
  open_end UInt8,
  -- records with a time before 1971: accepted, but nobody's clock stood there
  early_times UInt64
) ENGINE = MergeTree ORDER BY (batch_id, source_id);

-- Batches that were merged into another: their partitions are dropped.
CREATE TABLE IF NOT EXISTS superseded_batch (
  batch_id String,
  merged_into String
) ENGINE = MergeTree ORDER BY batch_id;

-- Other paths under which a slice's content was met.
CREATE TABLE IF NOT EXISTS source_path (
  source_id String,
  path String
) ENGINE = MergeTree ORDER BY (source_id, path);

CREATE TABLE IF NOT EXISTS rejected_record (
  batch_id LowCardinality(String),
  source_id LowCardinality(String),
  source_line UInt64,
  reason String CODEC(ZSTD(1)),
  -- at most 4,096 bytes, secrets masked
  text String CODEC(ZSTD(1))
) ENGINE = MergeTree PARTITION BY batch_id ORDER BY (source_id, source_line);

-- Findings of the last detect run; `body` is the finding as JSON (model/finding.ts).
CREATE TABLE IF NOT EXISTS finding (
  id String,
  detector LowCardinality(String),
  org_id String,
  severity LowCardinality(String),
  score Float64,
  first_seen DateTime64(3, 'UTC'),
  last_seen DateTime64(3, 'UTC'),
  body String CODEC(ZSTD(1))
) ENGINE = MergeTree ORDER BY (detector, id);

CREATE TABLE IF NOT EXISTS detector_run (
  detector String,
  body String
) ENGINE = MergeTree ORDER BY detector;

-- Working hours that the last detect run analysed (model/assessed-schedule.ts), in their order.
CREATE TABLE IF NOT EXISTS schedule_analysis (
  position UInt32,
  body String CODEC(ZSTD(1))
) ENGINE = MergeTree ORDER BY position;

-- Key and value of the case itself: schema version, digests of the statements that made its tables and of what derived tables were made from.
CREATE TABLE IF NOT EXISTS case_state (
  key String,
  value String,
  version UInt64
) ENGINE = ReplacingMergeTree(version) ORDER BY key;

-- Owner of every internal address over time, made anew from the inventory before each detect run.
CREATE TABLE IF NOT EXISTS host_organisation (
  address_realm LowCardinality(String),
  ip IPv6,
  org_id LowCardinality(String),
  valid_from DateTime('UTC'),
  valid_to DateTime('UTC')
) ENGINE = MergeTree ORDER BY (address_realm, ip);

-- Every address that is on our side, made with host_organisation.
CREATE TABLE IF NOT EXISTS internal_host (
  address_realm LowCardinality(String),
  ip IPv6
) ENGINE = MergeTree ORDER BY (address_realm, ip);

-- Who writes to the case on a server (pipeline/lease.ts): a partition for each process, a row for each sign of life.
CREATE TABLE IF NOT EXISTS writer_lease (
  id String,
  host String,
  pid UInt32,
  -- when the process began, as its host counts it, and where its number counts: the machine's start and the container
  started String,
  heard DateTime64(3, 'UTC') DEFAULT now64(3)
) ENGINE = MergeTree PARTITION BY id ORDER BY heard;
