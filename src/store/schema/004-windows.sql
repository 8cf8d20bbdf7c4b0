-- Events of hosts' own logs, whole (Windows; of Linux those of Sysmon and auditd, which channel tells): a Sigma rule may ask for any field of any of them. What the classes of OCSF say of them are the views of
-- 005-windows-classes.sql.

CREATE TABLE IF NOT EXISTS windows_event (
  batch_id LowCardinality(String),
  source_id LowCardinality(String),
  -- of an event log (EVTX) the record id, as Event Viewer shows it; of other files the line
  source_line UInt64 CODEC(Delta, ZSTD(1)),
  sensor_id LowCardinality(String),
  address_realm LowCardinality(String),
  -- evtx, or the form of the text: evtx-dump-json, winlogbeat-json, sysmon-linux, auditd, …
  product LowCardinality(String),
  -- TimeCreated; where the event has none, when the record was written. Exact to the microsecond; system['TimeCreated_SystemTime'] has all digits
  time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  channel LowCardinality(String),
  provider LowCardinality(String),
  -- of an audit record the number of its type; -1 where the event has none
  event_id Int64 CODEC(T64, ZSTD(1)),
  computer LowCardinality(String),
  -- 1 critical, 2 error, 3 warning, 4 information, 5 verbose; 0 is "log always", which audit events have
  level UInt8 CODEC(ZSTD(1)),
  -- of the account under which it was written; often not the one it is about
  user_sid LowCardinality(String),
  -- the record in whose bytes this one was hidden (source_line); 0 for all others
  hidden_in UInt64 CODEC(ZSTD(1)),
  -- the element System (Element, Element_Attribute), EventData or UserData, and texts that a collector added; a field that
  -- stands more than once is joined with line ends
  system Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  data Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  rendering Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  -- fields of data that stand more than once (or in a list without items), value by value
  lists Map(LowCardinality(String), Array(String)) CODEC(ZSTD(1)),
  -- what the file says of the event and is no field of it (a shipper's message, who made the system call of an audit record): Sigma does not look here
  context Map(LowCardinality(String), String) CODEC(ZSTD(1))
) ENGINE = MergeTree PARTITION BY batch_id
ORDER BY (channel, event_id, computer, time);

-- Cases that were made before there was the column.
ALTER TABLE windows_event ADD COLUMN IF NOT EXISTS context Map(LowCardinality(String), String) CODEC(ZSTD(1));
