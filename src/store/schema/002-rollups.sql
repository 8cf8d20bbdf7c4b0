-- Roll-ups: small enough to read whole, and they outlive raw rows under retention. Written in the same batch as the
-- rows they sum up (no materialised views: those break atomic batches).

-- Who talked to whom, by hour. One row for each channel through which the contact showed:
--   flow  volumes and counts from network_activity; name is ''
--   tls, http   the same contact seen with the server's name (no volumes: the flow row has them)
--   dns   the client asked for the name and was told this address (dst_ip '::' if it got none); dst_port is 0
-- Always aggregate when reading: a key may come in several rows. Rows of batch 'derived' carry negative sums for flows that a second observer saw too (made anew after each ingest).
CREATE TABLE IF NOT EXISTS contact_hourly (
  batch_id LowCardinality(String),
  sensor_id LowCardinality(String),
  address_realm LowCardinality(String),
  product LowCardinality(String),
  channel Enum8('flow' = 0, 'tls' = 1, 'http' = 2, 'dns' = 3),
  hour DateTime('UTC') CODEC(Delta, ZSTD(1)),
  src_ip IPv6 CODEC(ZSTD(1)),
  dst_ip IPv6 CODEC(ZSTD(1)),
  dst_port UInt16 CODEC(ZSTD(1)),
  protocol LowCardinality(String),
  name String CODEC(ZSTD(1)),
  connections Int64 CODEC(T64, ZSTD(1)),
  -- connections that the server answered (for dns: with an answer)
  answered Int64 CODEC(T64, ZSTD(1)),
  bytes_out Int64 CODEC(T64, ZSTD(1)),
  bytes_in Int64 CODEC(T64, ZSTD(1)),
  -- seconds
  duration_max Float32 CODEC(ZSTD(1)),
  first_time DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  last_time DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  INDEX src src_ip TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX name name TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = MergeTree PARTITION BY batch_id
ORDER BY (channel, dst_ip, dst_port, src_ip, name, hour);

-- Hours in which a sensor demonstrably worked: silence counts only there.
CREATE TABLE IF NOT EXISTS coverage_hourly (
  batch_id LowCardinality(String),
  sensor_id LowCardinality(String),
  address_realm LowCardinality(String),
  product LowCardinality(String),
  class LowCardinality(String),
  hour DateTime('UTC') CODEC(Delta, ZSTD(1)),
  records UInt64 CODEC(T64, ZSTD(1))
) ENGINE = MergeTree PARTITION BY batch_id
ORDER BY (sensor_id, hour);

-- Names and addresses of hosts, as records show them together: by day and kind of record (docs/store.md). What follows from them over time is made
-- when it is asked (src/intel/hosts). Always aggregate when reading: a key may come in several rows.
CREATE TABLE IF NOT EXISTS host_identity (
  batch_id LowCardinality(String),
  address_realm LowCardinality(String),
  day Date CODEC(ZSTD(1)),
  -- connection, dhcp, machine-account, logon, session
  kind LowCardinality(String),
  -- lower case, as the record has it: a NetBIOS name or one with its domain
  host String CODEC(ZSTD(1)),
  address IPv6 CODEC(ZSTD(1)),
  first_time DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  last_time DateTime64(3, 'UTC') CODEC(ZSTD(1)),
  observations UInt64 CODEC(ZSTD(1))
) ENGINE = MergeTree PARTITION BY batch_id
ORDER BY (address, host, kind, day);
