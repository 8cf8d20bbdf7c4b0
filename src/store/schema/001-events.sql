-- Event classes and attributes follow OCSF 1.x, flattened to snake_case. Common columns first, in every table:
--   batch_id       the unit of commitment; partition key (design, section 2)
--   source_id      slice of the source file (table source_slice); source_line counts from 1 in the file
--   sensor_id, address_realm   who saw it, and whose address plan it is in
-- No clock value and no random value stands in a row.

CREATE TABLE IF NOT EXISTS network_activity (
  batch_id LowCardinality(String),
  source_id LowCardinality(String),
  source_line UInt64 CODEC(Delta, LZ4),
  sensor_id LowCardinality(String),
  address_realm LowCardinality(String),
  product LowCardinality(String),
  time DateTime64(6, 'UTC') CODEC(Delta, LZ4),
  connection_uid String CODEC(ZSTD(1)),
  community_id String CODEC(ZSTD(1)),
  src_endpoint_ip IPv6,
  src_endpoint_port UInt16,
  dst_endpoint_ip IPv6,
  dst_endpoint_port UInt16,
  connection_protocol LowCardinality(String),
  app_name LowCardinality(String),
  -- seconds
  duration Float64,
  -- payload bytes; out is from the originator
  traffic_bytes_out UInt64 CODEC(T64, LZ4),
  traffic_bytes_in UInt64 CODEC(T64, LZ4),
  traffic_packets_out UInt64 CODEC(T64, LZ4),
  traffic_packets_in UInt64 CODEC(T64, LZ4),
  -- bytes including IP headers; 0 where the source has none
  ip_bytes_out UInt64 CODEC(T64, LZ4),
  ip_bytes_in UInt64 CODEC(T64, LZ4),
  -- Zeek conn_state, or the nearest equivalent: SF, S0, REJ, …
  connection_state LowCardinality(String),
  -- 0 where the responder is known never to have answered: attempts are told from contacts
  answered UInt8,
  connection_history LowCardinality(String),
  record_state Enum8('final' = 0, 'open' = 1, 'long' = 2),
  -- 0 unknown, 1 local, 2 remote, as the log says
  src_is_local UInt8,
  dst_is_local UInt8,
  -- packets seen × sampling_rate = packets; volumes are stored unscaled
  sampling_rate UInt32 CODEC(ZSTD(1)),
  INDEX dst_ip dst_endpoint_ip TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = MergeTree PARTITION BY batch_id
ORDER BY (src_endpoint_ip, dst_endpoint_ip, dst_endpoint_port, time);

CREATE TABLE IF NOT EXISTS dns_activity (
  batch_id LowCardinality(String), source_id LowCardinality(String), source_line UInt64 CODEC(Delta, ZSTD(1)),
  sensor_id LowCardinality(String), address_realm LowCardinality(String), product LowCardinality(String),
  time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  connection_uid String CODEC(ZSTD(1)),
  src_endpoint_ip IPv6 CODEC(ZSTD(1)), src_endpoint_port UInt16,
  dst_endpoint_ip IPv6 CODEC(ZSTD(1)), dst_endpoint_port UInt16,
  connection_protocol LowCardinality(String),
  -- lower case, without the final dot
  query_hostname String CODEC(ZSTD(1)),
  query_type LowCardinality(String),
  rcode LowCardinality(String),
  -- as logged: addresses, names, texts
  answers Array(String) CODEC(ZSTD(1)),
  answer_ips Array(IPv6) CODEC(ZSTD(1)),
  rejected UInt8,
  INDEX query query_hostname TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX answer answer_ips TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = MergeTree PARTITION BY batch_id
ORDER BY (query_hostname, src_endpoint_ip, time);

CREATE TABLE IF NOT EXISTS http_activity (
  batch_id LowCardinality(String), source_id LowCardinality(String), source_line UInt64 CODEC(Delta, ZSTD(1)),
  sensor_id LowCardinality(String), address_realm LowCardinality(String), product LowCardinality(String),
  time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  connection_uid String CODEC(ZSTD(1)),
  src_endpoint_ip IPv6 CODEC(ZSTD(1)), src_endpoint_port UInt16,
  dst_endpoint_ip IPv6 CODEC(ZSTD(1)), dst_endpoint_port UInt16,
  -- Host header, lower case, port removed
  url_hostname String CODEC(ZSTD(1)),
  url_path String CODEC(ZSTD(1)),
  http_method LowCardinality(String),
  http_status UInt16,
  user_agent String CODEC(ZSTD(1)),
  referrer String CODEC(ZSTD(1)),
  request_length UInt64 CODEC(T64, LZ4),
  response_length UInt64 CODEC(T64, LZ4),
  request_mime_types Array(String) CODEC(ZSTD(1)),
  response_mime_types Array(String) CODEC(ZSTD(1)),
  is_proxied UInt8,
  -- who was logged in, where a server or proxy says it
  user_name String CODEC(ZSTD(1)),
  -- whose log it is: of a sensor on the network, or of the web server or proxy itself, which sees no other traffic (detectors of traffic read 'sensor' only)
  log_role Enum8('sensor' = 0, 'server' = 1, 'proxy' = 2),
  INDEX host url_hostname TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = MergeTree PARTITION BY batch_id
ORDER BY (url_hostname, src_endpoint_ip, time);

-- Cases from before these columns.
ALTER TABLE http_activity ADD COLUMN IF NOT EXISTS user_name String CODEC(ZSTD(1)) AFTER is_proxied;
ALTER TABLE http_activity ADD COLUMN IF NOT EXISTS log_role Enum8('sensor' = 0, 'server' = 1, 'proxy' = 2) AFTER user_name;

CREATE TABLE IF NOT EXISTS tls_activity (
  batch_id LowCardinality(String), source_id LowCardinality(String), source_line UInt64 CODEC(Delta, ZSTD(1)),
  sensor_id LowCardinality(String), address_realm LowCardinality(String), product LowCardinality(String),
  time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  connection_uid String CODEC(ZSTD(1)),
  src_endpoint_ip IPv6 CODEC(ZSTD(1)), src_endpoint_port UInt16,
  dst_endpoint_ip IPv6 CODEC(ZSTD(1)), dst_endpoint_port UInt16,
  -- server name indication, lower case
  sni String CODEC(ZSTD(1)),
  tls_version LowCardinality(String),
  cipher LowCardinality(String),
  ja3 String CODEC(ZSTD(1)), ja3s String CODEC(ZSTD(1)), ja4 String CODEC(ZSTD(1)),
  established UInt8,
  resumed UInt8,
  validation_status LowCardinality(String),
  -- Zeek file ids or SHA-256 fingerprints of the server's chain, leaf first: `certificate.certificate_uid` or `.fingerprint_sha256`
  certificate_chain Array(String) CODEC(ZSTD(1)),
  -- of the leaf, where the log has them
  certificate_fingerprint String CODEC(ZSTD(1)),
  certificate_subject String CODEC(ZSTD(1)),
  certificate_issuer String CODEC(ZSTD(1)),
  certificate_not_before Nullable(DateTime64(0, 'UTC')),
  certificate_not_after Nullable(DateTime64(0, 'UTC')),
  INDEX sni sni TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX chain certificate_chain TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX fingerprint certificate_fingerprint TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX ja3 ja3 TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX ja4 ja4 TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = MergeTree PARTITION BY batch_id
ORDER BY (sni, src_endpoint_ip, time);

CREATE TABLE IF NOT EXISTS certificate (
  batch_id LowCardinality(String), source_id LowCardinality(String), source_line UInt64 CODEC(Delta, ZSTD(1)),
  sensor_id LowCardinality(String), address_realm LowCardinality(String), product LowCardinality(String),
  time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  -- Zeek file id (before Zeek 5 the only key), empty where the log is keyed by fingerprint
  certificate_uid String CODEC(ZSTD(1)),
  -- hex, lower case, no colons; empty where unknown
  fingerprint_md5 String CODEC(ZSTD(1)), fingerprint_sha1 String CODEC(ZSTD(1)), fingerprint_sha256 String CODEC(ZSTD(1)),
  serial String CODEC(ZSTD(1)),
  subject String CODEC(ZSTD(1)),
  issuer String CODEC(ZSTD(1)),
  not_before Nullable(DateTime64(0, 'UTC')),
  not_after Nullable(DateTime64(0, 'UTC')),
  key_algorithm LowCardinality(String),
  key_length UInt32,
  san_dns Array(String) CODEC(ZSTD(1)),
  is_ca UInt8,
  INDEX uid certificate_uid TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX sha1 fingerprint_sha1 TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX sha256 fingerprint_sha256 TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = MergeTree PARTITION BY batch_id
ORDER BY (subject, time);

CREATE TABLE IF NOT EXISTS file_activity (
  batch_id LowCardinality(String), source_id LowCardinality(String), source_line UInt64 CODEC(Delta, ZSTD(1)),
  sensor_id LowCardinality(String), address_realm LowCardinality(String), product LowCardinality(String),
  time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  file_uid String CODEC(ZSTD(1)),
  connection_uids Array(String) CODEC(ZSTD(1)),
  -- sender and receiver of the file
  src_endpoint_ip IPv6 CODEC(ZSTD(1)), dst_endpoint_ip IPv6 CODEC(ZSTD(1)),
  app_name LowCardinality(String),
  file_name String CODEC(ZSTD(1)),
  file_mime_type LowCardinality(String),
  file_size UInt64 CODEC(T64, LZ4),
  hash_md5 String CODEC(ZSTD(1)), hash_sha1 String CODEC(ZSTD(1)), hash_sha256 String CODEC(ZSTD(1)),
  INDEX uid file_uid TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX sha1 hash_sha1 TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX sha256 hash_sha256 TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = MergeTree PARTITION BY batch_id
ORDER BY (src_endpoint_ip, dst_endpoint_ip, time);

CREATE TABLE IF NOT EXISTS email_activity (
  batch_id LowCardinality(String), source_id LowCardinality(String), source_line UInt64 CODEC(Delta, ZSTD(1)),
  sensor_id LowCardinality(String), address_realm LowCardinality(String), product LowCardinality(String),
  time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  connection_uid String CODEC(ZSTD(1)),
  src_endpoint_ip IPv6 CODEC(ZSTD(1)), src_endpoint_port UInt16,
  dst_endpoint_ip IPv6 CODEC(ZSTD(1)), dst_endpoint_port UInt16,
  smtp_hello String CODEC(ZSTD(1)),
  smtp_from String CODEC(ZSTD(1)),
  smtp_to Array(String) CODEC(ZSTD(1)),
  email_from String CODEC(ZSTD(1)),
  email_reply_to String CODEC(ZSTD(1)),
  email_subject String CODEC(ZSTD(1)),
  email_message_uid String CODEC(ZSTD(1)),
  user_agent String CODEC(ZSTD(1)),
  file_uids Array(String) CODEC(ZSTD(1)),
  -- what follows is known where the message itself is there (product 'mail'); of it, src_endpoint_ip is the first address outside, from our side, in Received
  email_to Array(String) CODEC(ZSTD(1)),
  email_cc Array(String) CODEC(ZSTD(1)),
  -- as the sender writes it; `time` is when the last server took it
  email_sent_time Nullable(DateTime64(6, 'UTC')),
  -- the last hop first
  email_received_ips Array(IPv6) CODEC(ZSTD(1)),
  -- RFC 8601 results of the outermost Authentication-Results, and who says so
  email_auth_server LowCardinality(String),
  email_spf LowCardinality(String), email_dkim LowCardinality(String), email_dmarc LowCardinality(String),
  email_names_password UInt8,
  email_links Array(String) CODEC(ZSTD(1)),
  email_attachments Array(Tuple(name String, mime_type String, file_type String, size UInt64, sha256 String, members Array(String), traits Array(String))) CODEC(ZSTD(1))
) ENGINE = MergeTree PARTITION BY batch_id
ORDER BY (src_endpoint_ip, time);

-- Cases from before these columns.
ALTER TABLE email_activity
  ADD COLUMN IF NOT EXISTS email_to Array(String) CODEC(ZSTD(1)) AFTER file_uids,
  ADD COLUMN IF NOT EXISTS email_cc Array(String) CODEC(ZSTD(1)) AFTER email_to,
  ADD COLUMN IF NOT EXISTS email_sent_time Nullable(DateTime64(6, 'UTC')) AFTER email_cc,
  ADD COLUMN IF NOT EXISTS email_received_ips Array(IPv6) CODEC(ZSTD(1)) AFTER email_sent_time,
  ADD COLUMN IF NOT EXISTS email_auth_server LowCardinality(String) AFTER email_received_ips,
  ADD COLUMN IF NOT EXISTS email_spf LowCardinality(String) AFTER email_auth_server,
  ADD COLUMN IF NOT EXISTS email_dkim LowCardinality(String) AFTER email_spf,
  ADD COLUMN IF NOT EXISTS email_dmarc LowCardinality(String) AFTER email_dkim,
  ADD COLUMN IF NOT EXISTS email_names_password UInt8 AFTER email_dmarc,
  ADD COLUMN IF NOT EXISTS email_links Array(String) CODEC(ZSTD(1)) AFTER email_names_password,
  ADD COLUMN IF NOT EXISTS email_attachments Array(Tuple(name String, mime_type String, file_type String, size UInt64, sha256 String, members Array(String), traits Array(String))) CODEC(ZSTD(1)) AFTER email_links;

CREATE TABLE IF NOT EXISTS software_inventory (
  batch_id LowCardinality(String), source_id LowCardinality(String), source_line UInt64 CODEC(Delta, ZSTD(1)),
  sensor_id LowCardinality(String), address_realm LowCardinality(String), product LowCardinality(String),
  time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  device_ip IPv6 CODEC(ZSTD(1)),
  device_port UInt16,
  software_type LowCardinality(String),
  software_name String CODEC(ZSTD(1)),
  software_version String CODEC(ZSTD(1)),
  unparsed_version String CODEC(ZSTD(1))
) ENGINE = MergeTree PARTITION BY batch_id
ORDER BY (device_ip, time);

CREATE TABLE IF NOT EXISTS detection_finding (
  batch_id LowCardinality(String), source_id LowCardinality(String), source_line UInt64 CODEC(Delta, ZSTD(1)),
  sensor_id LowCardinality(String), address_realm LowCardinality(String), product LowCardinality(String),
  time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  connection_uid String CODEC(ZSTD(1)),
  src_endpoint_ip IPv6 CODEC(ZSTD(1)), src_endpoint_port UInt16,
  dst_endpoint_ip IPv6 CODEC(ZSTD(1)), dst_endpoint_port UInt16,
  connection_protocol LowCardinality(String),
  rule_uid String CODEC(ZSTD(1)),
  rule_name String CODEC(ZSTD(1)),
  rule_category LowCardinality(String),
  -- 1 is the most severe, as Suricata counts
  severity_id UInt8,
  action LowCardinality(String)
) ENGINE = MergeTree PARTITION BY batch_id
ORDER BY (src_endpoint_ip, dst_endpoint_ip, time);

CREATE TABLE IF NOT EXISTS dhcp_activity (
  batch_id LowCardinality(String), source_id LowCardinality(String), source_line UInt64 CODEC(Delta, ZSTD(1)),
  sensor_id LowCardinality(String), address_realm LowCardinality(String), product LowCardinality(String),
  time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  connection_uids Array(String) CODEC(ZSTD(1)),
  -- lower case, as the client says
  client_mac String CODEC(ZSTD(1)),
  client_hostname String CODEC(ZSTD(1)),
  client_fqdn String CODEC(ZSTD(1)),
  -- the server's idea of where its clients are, not the client's own domain
  domain String CODEC(ZSTD(1)),
  -- '::' where it got none
  assigned_ip IPv6 CODEC(ZSTD(1)),
  server_ip IPv6 CODEC(ZSTD(1)),
  -- seconds
  lease_time Float64 CODEC(ZSTD(1)),
  message_types Array(LowCardinality(String)) CODEC(ZSTD(1))
) ENGINE = MergeTree PARTITION BY batch_id
ORDER BY (assigned_ip, time);

-- How one host logs on to, and works on, another, as the network shows it: a ticket, a logon, a share, a file, a call, a desktop.
CREATE TABLE IF NOT EXISTS remote_access_activity (
  batch_id LowCardinality(String), source_id LowCardinality(String), source_line UInt64 CODEC(Delta, ZSTD(1)),
  sensor_id LowCardinality(String), address_realm LowCardinality(String), product LowCardinality(String),
  time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  connection_uid String CODEC(ZSTD(1)),
  src_endpoint_ip IPv6 CODEC(ZSTD(1)), src_endpoint_port UInt16,
  dst_endpoint_ip IPv6 CODEC(ZSTD(1)), dst_endpoint_port UInt16,
  -- kerberos, ntlm, smb, dce_rpc, rdp, ssh
  protocol LowCardinality(String),
  -- AS, TGS (kerberos); logon (ntlm, rdp, ssh); mapping, or what was done with a file (smb: FILE_OPEN, …); the operation (dce_rpc)
  operation LowCardinality(String),
  -- as the log spells them; of a Kerberos client the name before the realm. RDP: what the client says before it logs on
  user_name String CODEC(ZSTD(1)),
  user_domain String CODEC(ZSTD(1)),
  -- names that the two ends give of themselves
  src_endpoint_hostname String CODEC(ZSTD(1)),
  dst_endpoint_hostname String CODEC(ZSTD(1)),
  -- Kerberos: the service that the ticket is for; SMB: the kind of share (DISK, PIPE, PRINT)
  service_name String CODEC(ZSTD(1)),
  -- SMB: \\server\share, and the file within it
  share String CODEC(ZSTD(1)),
  file_name String CODEC(ZSTD(1)),
  -- bytes
  file_size UInt64 CODEC(ZSTD(1)),
  -- DCE/RPC: name of the interface and its pipe, or its port
  endpoint LowCardinality(String),
  named_pipe LowCardinality(String),
  status Enum8('Unknown' = 0, 'Success' = 1, 'Failure' = 2),
  -- the error, or what the server answered
  status_detail LowCardinality(String),
  cipher LowCardinality(String),
  -- what the programs at the two ends call themselves
  src_software String CODEC(ZSTD(1)),
  dst_software String CODEC(ZSTD(1))
) ENGINE = MergeTree PARTITION BY batch_id
ORDER BY (src_endpoint_ip, dst_endpoint_ip, time);
