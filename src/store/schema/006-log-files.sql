-- Facts about event log files (EVTX) as somebody copied them: one row of scope 'file' for each copy, one of scope 'chunk' for each of its chunks.
-- Records are in windows_event; this is what only the file shows, and what tells two copies of one log apart.
CREATE TABLE IF NOT EXISTS log_file_fact (
  batch_id LowCardinality(String),
  -- the copy: digest of the headers of the file and its chunks, and of the records. A log that was written on is another copy; the same bytes under
  -- another path are the same one (source_slice and source_path have its paths, by this id)
  acquisition_id LowCardinality(String),
  sensor_id LowCardinality(String),
  address_realm LowCardinality(String),
  scope Enum8('file' = 0, 'chunk' = 1),
  -- where it begins in the file, and how many bytes of it the copy has
  offset UInt64 CODEC(ZSTD(1)),
  bytes UInt64 CODEC(ZSTD(1)),
  -- of the file's header: such as 3.1; the log was not closed; it was full. '' and 0 of chunks, and of a file without a header
  version LowCardinality(String),
  dirty UInt8,
  full UInt8,
  -- of a file: chunks that it has, chunks that its header counts (old numbers where dirty), id that the next record was to have
  chunks UInt32 CODEC(ZSTD(1)),
  chunks_counted UInt32 CODEC(ZSTD(1)),
  next_record_id UInt64 CODEC(ZSTD(1)),
  -- right, wrong, or none where it is kept without; chunks alone have records. Of a file, data_checksum is wrong if any chunk's is
  header_checksum LowCardinality(String),
  data_checksum LowCardinality(String),
  -- number of the first and last record since the log was made or cleared, as the chunk counts them; ids go on across a clearing
  first_number UInt64 CODEC(ZSTD(1)),
  last_number UInt64 CODEC(ZSTD(1)),
  -- least and greatest id of a record, and records that the log leads to
  first_id UInt64 CODEC(ZSTD(1)),
  last_id UInt64 CODEC(ZSTD(1)),
  records UInt32 CODEC(ZSTD(1)),
  -- ids between these that no record has, and the first 64 stretches of them, both ends inclusive
  missing UInt64 CODEC(ZSTD(1)),
  gaps Array(Tuple(from UInt64, to UInt64)) CODEC(ZSTD(1)),
  -- ids that more than one record has; places where ids run backwards in the order of the bytes (a full log has one, where the newest meets the oldest)
  repeated UInt64 CODEC(ZSTD(1)),
  descents UInt32 CODEC(ZSTD(1)),
  -- when the records with the least and the greatest id were written
  first_time DateTime64(6, 'UTC') CODEC(ZSTD(1)),
  last_time DateTime64(6, 'UTC') CODEC(ZSTD(1)),
  -- records written more than a minute before the one with the id below: the first 16, with when, and how many seconds before
  time_steps Array(Tuple(id UInt64, time DateTime64(3, 'UTC'), seconds Float64)) CODEC(ZSTD(1)),
  -- of chunks: space that is not in use, whole records in it (--carve reads them), and the greatest id of these
  free_bytes UInt32 CODEC(ZSTD(1)),
  slack_records UInt32 CODEC(ZSTD(1)),
  slack_last_id UInt64 CODEC(ZSTD(1)),
  -- of the records that were read: how many, those hidden in others (the first 64), whose log it is. Of most logs one channel and one computer
  records_read UInt64 CODEC(ZSTD(1)),
  hidden Array(UInt64) CODEC(ZSTD(1)),
  channels Array(LowCardinality(String)) CODEC(ZSTD(1)),
  computers Array(LowCardinality(String)) CODEC(ZSTD(1)),
  -- of chunks: windows_event.source_id of its records, in their order; of a copy that is older than another, that other's
  slices Array(String) CODEC(ZSTD(1))
) ENGINE = MergeTree PARTITION BY batch_id
ORDER BY (acquisition_id, scope, offset);
