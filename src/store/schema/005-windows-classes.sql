-- What the classes of OCSF say of hosts' events: views over windows_event, so that nothing is stored twice, a row and what its class says of it
-- cannot differ, and a better mapping needs no new import. They are made anew whenever a case is opened. Attribute names follow OCSF 1.x, flattened;
-- a value that the event does not have is '' or 0. Where a column is called path, name or line, it is as the event has it.

-- Processes: started, ended, opened by others, injected into (Sysmon 1, 5, 8, 10, 25, Linux as well; Security 4688, 4689; auditd's EXECVE). The process is the one that acts; of a start, the one that is started.
CREATE OR REPLACE VIEW process_activity AS
SELECT batch_id, source_id, source_line, sensor_id, address_realm, product, time, computer AS device_hostname,
  channel AS metadata_log_name, event_id AS metadata_event_code,
  multiIf(event_id IN (1, 4688), 'Launch', event_id IN (5, 4689), 'Terminate', event_id IN (8, 25), 'Inject', event_id IN (10), 'Open', '') AS activity,
  multiIf(event_id IN (8, 10), if(data['SourceProcessGuid'] = '', data['SourceProcessGUID'], data['SourceProcessGuid']), data['ProcessGuid']) AS process_uid,
  if(startsWith(multiIf(event_id = 4688, data['NewProcessId'], event_id IN (8, 10), data['SourceProcessId'], data['ProcessId']), '0x'), reinterpretAsUInt64(reverse(unhex(leftPad(substring(multiIf(event_id = 4688, data['NewProcessId'], event_id IN (8, 10), data['SourceProcessId'], data['ProcessId']), 3), 16, '0')))), toUInt64OrZero(multiIf(event_id = 4688, data['NewProcessId'], event_id IN (8, 10), data['SourceProcessId'], data['ProcessId']))) AS process_pid,
  multiIf(event_id = 4688, data['NewProcessName'], event_id = 4689, data['ProcessName'], event_id IN (8, 10), data['SourceImage'], data['Image']) AS process_file_path,
  data['CommandLine'] AS process_cmd_line,
  data['CurrentDirectory'] AS process_working_directory,
  data['OriginalFileName'] AS process_file_original_name,
  data['Company'] AS process_file_company,
  data['Hashes'] AS process_file_hashes,
  if(data['IntegrityLevel'] = '', data['MandatoryLabel'], data['IntegrityLevel']) AS process_integrity,
  multiIf(data['User'] != '', data['User'], data['SourceUser'] != '', data['SourceUser'], data['SubjectDomainName'] = '', data['SubjectUserName'], concat(data['SubjectDomainName'], '\\', data['SubjectUserName'])) AS user_name,
  if(data['LogonId'] = '', data['SubjectLogonId'], data['LogonId']) AS logon_uid,
  data['ParentProcessGuid'] AS parent_process_uid,
  if(startsWith(multiIf(event_id = 4688, data['ProcessId'], data['ParentProcessId']), '0x'), reinterpretAsUInt64(reverse(unhex(leftPad(substring(multiIf(event_id = 4688, data['ProcessId'], data['ParentProcessId']), 3), 16, '0')))), toUInt64OrZero(multiIf(event_id = 4688, data['ProcessId'], data['ParentProcessId']))) AS parent_process_pid,
  if(event_id = 4688, data['ParentProcessName'], data['ParentImage']) AS parent_process_file_path,
  data['ParentCommandLine'] AS parent_process_cmd_line,
  if(data['TargetProcessGuid'] = '', data['TargetProcessGUID'], data['TargetProcessGuid']) AS target_process_uid,
  data['TargetImage'] AS target_process_file_path,
  data['GrantedAccess'] AS granted_access,
  data['CallTrace'] AS call_trace
FROM windows_event
WHERE (channel IN ('Microsoft-Windows-Sysmon/Operational', 'Linux-Sysmon/Operational') AND event_id IN (1, 5, 8, 10, 25)) OR (channel = 'Security' AND event_id IN (4688, 4689))
UNION ALL
-- What auditd saw being started: the arguments are of the record EXECVE, the rest of the record SYSCALL before it.
SELECT batch_id, source_id, source_line, sensor_id, address_realm, product, time, computer AS device_hostname,
  channel AS metadata_log_name, event_id AS metadata_event_code,
  'Launch' AS activity,
  '' AS process_uid,
  toUInt64OrZero(context['pid']) AS process_pid,
  context['exe'] AS process_file_path,
  context['command_line'] AS process_cmd_line,
  '' AS process_working_directory,
  '' AS process_file_original_name,
  '' AS process_file_company,
  '' AS process_file_hashes,
  '' AS process_integrity,
  if(context['AUID'] = '', context['auid'], context['AUID']) AS user_name,
  context['ses'] AS logon_uid,
  '' AS parent_process_uid,
  toUInt64OrZero(context['ppid']) AS parent_process_pid,
  '' AS parent_process_file_path,
  '' AS parent_process_cmd_line,
  '' AS target_process_uid,
  '' AS target_process_file_path,
  '' AS granted_access,
  '' AS call_trace
FROM windows_event
WHERE channel = 'auditd' AND event_id = 1309;

-- Modules and drivers that were loaded (Sysmon 7, 6). module_signed is true, false, or '' where Sysmon does not say, which is unknown and not unsigned.
CREATE OR REPLACE VIEW module_activity AS
SELECT batch_id, source_id, source_line, sensor_id, address_realm, product, time, computer AS device_hostname,
  channel AS metadata_log_name, event_id AS metadata_event_code,
  'Load' AS activity,
  data['ProcessGuid'] AS process_uid,
  if(startsWith(data['ProcessId'], '0x'), reinterpretAsUInt64(reverse(unhex(leftPad(substring(data['ProcessId'], 3), 16, '0')))), toUInt64OrZero(data['ProcessId'])) AS process_pid,
  data['Image'] AS process_file_path,
  data['ImageLoaded'] AS module_file_path,
  data['OriginalFileName'] AS module_file_original_name,
  data['Company'] AS module_file_company,
  data['Hashes'] AS module_file_hashes,
  lower(data['Signed']) AS module_signed,
  data['Signature'] AS module_signature,
  data['SignatureStatus'] AS module_signature_status,
  toUInt8(event_id = 6) AS is_driver,
  data['User'] AS user_name
FROM windows_event
WHERE channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (6, 7);

-- Files that processes made, changed or deleted on a host (Sysmon 2, 11, 15, 23, 26 to 29, Linux as well; auditd's PATH); file_activity has those that were seen on the wire.
CREATE OR REPLACE VIEW host_file_activity AS
SELECT batch_id, source_id, source_line, sensor_id, address_realm, product, time, computer AS device_hostname,
  channel AS metadata_log_name, event_id AS metadata_event_code,
  multiIf(event_id IN (2), 'Set Attributes', event_id IN (11, 15, 27, 29), 'Create', event_id IN (23, 26, 28), 'Delete', '') AS activity,
  if(event_id IN (27, 28), 'Denied', 'Allowed') AS action,
  data['ProcessGuid'] AS process_uid,
  if(startsWith(data['ProcessId'], '0x'), reinterpretAsUInt64(reverse(unhex(leftPad(substring(data['ProcessId'], 3), 16, '0')))), toUInt64OrZero(data['ProcessId'])) AS process_pid,
  data['Image'] AS process_file_path,
  data['TargetFilename'] AS file_path,
  if(data['Hashes'] = '', data['Hash'], data['Hashes']) AS file_hashes,
  parseDateTime64BestEffortOrNull(data['CreationUtcTime'], 3, 'UTC') AS file_created_time,
  parseDateTime64BestEffortOrNull(data['PreviousCreationUtcTime'], 3, 'UTC') AS file_previous_created_time,
  data['Contents'] AS file_contents,
  data['User'] AS user_name
FROM windows_event
WHERE channel IN ('Microsoft-Windows-Sysmon/Operational', 'Linux-Sysmon/Operational') AND event_id IN (2, 11, 15, 23, 26, 27, 28, 29)
UNION ALL
-- The names that a system call made or removed: auditd's record PATH.
SELECT batch_id, source_id, source_line, sensor_id, address_realm, product, time, computer AS device_hostname,
  channel AS metadata_log_name, event_id AS metadata_event_code,
  if(data['nametype'] = 'CREATE', 'Create', 'Delete') AS activity,
  if(context['success'] = 'no', 'Denied', 'Allowed') AS action,
  '' AS process_uid,
  toUInt64OrZero(context['pid']) AS process_pid,
  context['exe'] AS process_file_path,
  if(startsWith(data['name'], '/') OR context['cwd'] = '', data['name'], concat(trim(TRAILING '/' FROM context['cwd']), '/', data['name'])) AS file_path,
  '' AS file_hashes,
  CAST(NULL AS Nullable(DateTime64(3, 'UTC'))) AS file_created_time,
  CAST(NULL AS Nullable(DateTime64(3, 'UTC'))) AS file_previous_created_time,
  '' AS file_contents,
  if(context['AUID'] = '', context['auid'], context['AUID']) AS user_name
FROM windows_event
WHERE channel = 'auditd' AND event_id = 1302 AND data['nametype'] IN ('CREATE', 'DELETE');

-- Keys and values of the registry (Sysmon 12 to 14; Security 4657).
CREATE OR REPLACE VIEW registry_activity AS
SELECT batch_id, source_id, source_line, sensor_id, address_realm, product, time, computer AS device_hostname,
  channel AS metadata_log_name, event_id AS metadata_event_code,
  multiIf(event_id = 4657, data['OperationType'], data['EventType']) AS activity,
  data['ProcessGuid'] AS process_uid,
  if(startsWith(data['ProcessId'], '0x'), reinterpretAsUInt64(reverse(unhex(leftPad(substring(data['ProcessId'], 3), 16, '0')))), toUInt64OrZero(data['ProcessId'])) AS process_pid,
  if(event_id = 4657, data['ProcessName'], data['Image']) AS process_file_path,
  if(event_id = 4657, concat(data['ObjectName'], '\\', data['ObjectValueName']), data['TargetObject']) AS registry_path,
  if(event_id = 4657, data['NewValue'], data['Details']) AS registry_value_data,
  data['OldValue'] AS registry_previous_value_data,
  data['NewName'] AS registry_new_path,
  if(event_id = 4657, data['SubjectUserName'], data['User']) AS user_name
FROM windows_event
WHERE (channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (12, 13, 14)) OR (channel = 'Security' AND event_id IN (4657));

-- Logons and what goes before them (Security 4624, 4625, 4634, 4647, 4648, 4672, 4768, 4769, 4771, 4776, 4778, 4779; auditd's USER_LOGIN and USER_LOGOUT). The user is the account that is logged on to; the actor the one that asked, where another.
CREATE OR REPLACE VIEW authentication AS
SELECT batch_id, source_id, source_line, sensor_id, address_realm, product, time, computer AS device_hostname,
  channel AS metadata_log_name, event_id AS metadata_event_code,
  multiIf(event_id IN (4624, 4625, 4776), 'Logon', event_id IN (4634, 4647), 'Logoff', event_id IN (4648), 'Explicit Credentials', event_id IN (4672), 'Special Privileges', event_id IN (4768, 4771), 'Authentication Ticket', event_id IN (4769), 'Service Ticket', event_id IN (4778), 'Reconnect', event_id IN (4779), 'Disconnect', '') AS activity,
  multiIf(event_id IN (4625, 4771), 'Failure', event_id IN (4768, 4769, 4776) AND lower(data['Status']) NOT IN ('', '0x0'), 'Failure', 'Success') AS status,
  if(data['SubStatus'] IN ('', '0x0'), data['Status'], data['SubStatus']) AS status_code,
  toUInt8OrZero(data['LogonType']) AS logon_type,
  multiIf(data['TargetUserName'] != '', data['TargetUserName'], data['AccountName'] != '', data['AccountName'], data['SubjectUserName']) AS user_name,
  multiIf(data['TargetDomainName'] != '', data['TargetDomainName'], data['AccountDomain'] != '', data['AccountDomain'], data['SubjectDomainName']) AS user_domain,
  multiIf(data['TargetUserSid'] != '', data['TargetUserSid'], data['TargetSid'] != '', data['TargetSid'], data['SubjectUserSid']) AS user_sid,
  multiIf(data['TargetLogonId'] != '', data['TargetLogonId'], data['LogonID'] != '', data['LogonID'], data['SubjectLogonId']) AS logon_uid,
  data['SubjectUserName'] AS actor_user_name,
  data['SubjectDomainName'] AS actor_user_domain,
  data['SubjectLogonId'] AS actor_logon_uid,
  toIPv6OrDefault(if(data['IpAddress'] = '', data['ClientAddress'], data['IpAddress'])) AS src_endpoint_ip,
  toUInt16OrZero(data['IpPort']) AS src_endpoint_port,
  multiIf(data['WorkstationName'] != '', data['WorkstationName'], data['Workstation'] != '', data['Workstation'], data['ClientName']) AS src_endpoint_hostname,
  data['TargetServerName'] AS dst_endpoint_hostname,
  data['ServiceName'] AS service_name,
  if(data['AuthenticationPackageName'] = '', data['PackageName'], data['AuthenticationPackageName']) AS auth_protocol,
  data['ProcessName'] AS process_file_path,
  data['PrivilegeList'] AS privileges
FROM windows_event
WHERE channel = 'Security' AND event_id IN (4624, 4625, 4634, 4647, 4648, 4672, 4768, 4769, 4771, 4776, 4778, 4779)
UNION ALL
-- Logons as sshd, login and the like report them to auditd (USER_LOGIN, USER_LOGOUT).
SELECT batch_id, source_id, source_line, sensor_id, address_realm, product, time, computer AS device_hostname,
  channel AS metadata_log_name, event_id AS metadata_event_code,
  if(event_id = 1112, 'Logon', 'Logoff') AS activity,
  if(data['res'] IN ('success', '1'), 'Success', 'Failure') AS status,
  '' AS status_code,
  toUInt8(0) AS logon_type,
  multiIf(data['acct'] != '', data['acct'], data['ID'] != '', data['ID'], data['AUID'] != '', data['AUID'], data['auid']) AS user_name,
  '' AS user_domain,
  '' AS user_sid,
  data['ses'] AS logon_uid,
  '' AS actor_user_name,
  '' AS actor_user_domain,
  '' AS actor_logon_uid,
  toIPv6OrDefault(data['addr']) AS src_endpoint_ip,
  toUInt16(0) AS src_endpoint_port,
  if(data['hostname'] = '?', '', data['hostname']) AS src_endpoint_hostname,
  '' AS dst_endpoint_hostname,
  '' AS service_name,
  '' AS auth_protocol,
  data['exe'] AS process_file_path,
  '' AS privileges
FROM windows_event
WHERE channel = 'auditd' AND event_id IN (1112, 1113);

-- Services: installed, started, stopped, changed, crashed (Service Control Manager 7034, 7036, 7040, 7045; Security 4697).
CREATE OR REPLACE VIEW service_activity AS
SELECT batch_id, source_id, source_line, sensor_id, address_realm, product, time, computer AS device_hostname,
  channel AS metadata_log_name, event_id AS metadata_event_code,
  multiIf(event_id IN (4697, 7045), 'Create', event_id = 7040, 'Update', event_id = 7034, 'Crash', data['param2'] = 'running', 'Start', data['param2'] = 'stopped', 'Stop', data['param2']) AS activity,
  multiIf(event_id IN (4697, 7045), data['ServiceName'], event_id = 7040 AND data['param4'] != '', data['param4'], data['param1']) AS service_name,
  if(event_id = 4697, data['ServiceFileName'], data['ImagePath']) AS service_file_path,
  data['ServiceType'] AS service_type,
  multiIf(event_id = 7040, data['param3'], event_id = 4697, data['ServiceStartType'], data['StartType']) AS service_start_type,
  if(event_id = 7040, data['param2'], '') AS service_previous_start_type,
  if(event_id = 4697, data['ServiceAccount'], data['AccountName']) AS service_account,
  data['SubjectUserName'] AS user_name,
  if(data['SubjectUserSid'] = '', user_sid, data['SubjectUserSid']) AS user_sid
FROM windows_event
WHERE (channel = 'System' AND provider = 'Service Control Manager' AND event_id IN (7034, 7036, 7040, 7045)) OR (channel = 'Security' AND event_id IN (4697));

-- Scheduled tasks: registered, changed, deleted, run (Security 4698 to 4702; Task Scheduler 106, 140, 141, 200, 201).
CREATE OR REPLACE VIEW scheduled_job_activity AS
SELECT batch_id, source_id, source_line, sensor_id, address_realm, product, time, computer AS device_hostname,
  channel AS metadata_log_name, event_id AS metadata_event_code,
  multiIf(event_id IN (4698, 106), 'Create', event_id IN (4699, 141), 'Delete', event_id IN (4700), 'Enable', event_id IN (4701), 'Disable', event_id IN (4702, 140), 'Update', event_id IN (200), 'Start', event_id IN (201), 'Complete', '') AS activity,
  data['TaskName'] AS job_name,
  if(event_id IN (200, 201), data['ActionName'], decodeXMLComponent(trimRight(concat(extract(if(data['TaskContent'] = '', data['TaskContentNew'], data['TaskContent']), '<Command>([^<]*)'), ' ', extract(if(data['TaskContent'] = '', data['TaskContentNew'], data['TaskContent']), '<Arguments>([^<]*)'))))) AS job_cmd_line,
  if(data['TaskContent'] = '', data['TaskContentNew'], data['TaskContent']) AS job_definition,
  multiIf(data['SubjectUserName'] != '', data['SubjectUserName'], data['UserContext'] != '', data['UserContext'], data['UserName']) AS user_name
FROM windows_event
WHERE (channel = 'Security' AND event_id IN (4698, 4699, 4700, 4701, 4702)) OR (channel = 'Microsoft-Windows-TaskScheduler/Operational' AND event_id IN (106, 140, 141, 200, 201));

-- What happens to the logs themselves, and to the clock they are written by (Security 1100, 1102, 1104, 4616, 4719; System 104, 6005, 6006, 6008).
CREATE OR REPLACE VIEW log_activity AS
SELECT batch_id, source_id, source_line, sensor_id, address_realm, product, time, computer AS device_hostname,
  channel AS metadata_log_name, event_id AS metadata_event_code,
  multiIf(event_id IN (1102, 104), 'Clear', event_id IN (1100, 6006), 'Stop', event_id IN (6005), 'Start', event_id IN (1104), 'Full', event_id IN (6008), 'Unexpected Shutdown', event_id IN (4616), 'Set Clock', event_id IN (4719), 'Set Audit Policy', '') AS activity,
  multiIf(event_id = 104, data['Channel'], event_id IN (1100, 1102, 1104), 'Security', '') AS log_name,
  data['BackupPath'] AS log_backup_path,
  data['SubjectUserName'] AS user_name,
  data['SubjectDomainName'] AS user_domain,
  if(data['SubjectUserSid'] = '', user_sid, data['SubjectUserSid']) AS user_sid,
  data['ProcessName'] AS process_file_path,
  parseDateTime64BestEffortOrNull(data['PreviousTime'], 6, 'UTC') AS previous_time,
  parseDateTime64BestEffortOrNull(data['NewTime'], 6, 'UTC') AS new_time,
  data['SubcategoryGuid'] AS audit_subcategory,
  data['AuditPolicyChanges'] AS audit_changes
FROM windows_event
WHERE (channel = 'Security' AND event_id IN (1100, 1102, 1104, 4616, 4719)) OR (channel = 'System' AND (event_id = 104 OR (provider = 'EventLog' AND event_id IN (6005, 6006, 6008))));
