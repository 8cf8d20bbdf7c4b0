import { ownerSql } from "../shared/host-owners.js";
import { ACCOUNT_SQL, DOMAIN_SQL, HOST_SQL, OF_PEOPLE_SQL } from "../shared/logons.js";
import { LINE_SQL, remoteAddress, stepsSql } from "./step.js";

/** Pipes of programs that run commands for another host, and the three streams that PsExec and its like have, whatever the service is called. */
const SHELL_PIPES = "^(psexesvc|paexec|remcom_|csexec|winexesvc)|-(stdin|stdout|stderr)$";
const PROGRAMS = "[.](exe|dll|sys|scr|com|bat|cmd|ps1|vbs|js|hta|msi|cpl|lnk)$";
/** Bits of an access mask that let write: WriteData and AppendData ([MS-DTYP] 2.4.3 for files). */
const WRITES = "bitAnd(reinterpretAsUInt32(reverse(unhex(leftPad(substring(mask, 3), 8, '0')))), 6) != 0";

/**
 * Shares of the system itself as somebody uses them from elsewhere (Security 5140, 5145): a program written to ADMIN$ or to a drive, and the pipes by which services,
 * tasks and the registry of a host are worked from afar. Whatever is in a share that was made for users is left out.
 */
export const SHARES =
  stepsSql(`SELECT address_realm AS realm, ${ownerSql} AS owner, ${HOST_SQL} AS target, ${ACCOUNT_SQL} AS name, ${DOMAIN_SQL} AS domain,
    if(user_domain IN ('', '-'), user_name, concat(user_domain, '\\\\', user_name)) AS label, '' AS actor, source, means, time, source_id, source_line, ${LINE_SQL} AS line,
    concat(share, if(file IN ('', '\\\\'), '', concat('\\\\', file))) AS detail
  FROM (SELECT address_realm, source_id, source_line, time, computer AS device_hostname, event_id AS metadata_event_code, channel AS metadata_log_name,
      data['SubjectUserName'] AS user_name, data['SubjectDomainName'] AS user_domain, data['SubjectUserSid'] AS user_sid, ${remoteAddress("data['IpAddress']")} AS source,
      data['ShareName'] AS share, data['RelativeTargetName'] AS file, lower(data['AccessMask']) AS mask, lower(splitByChar('\\\\', share)[-1]) AS share_name, lower(file) AS pipe,
      multiIf(event_id = 5145 AND share_name = 'ipc$',
          multiIf(match(pipe, '${SHELL_PIPES}'), 'remote_shell', pipe = 'svcctl', 'service_pipe', pipe = 'atsvc', 'task_pipe', pipe = 'winreg', 'registry', ''),
        NOT match(share_name, '^([a-z]|admin)[$]$'), '',
        event_id = 5145 AND startsWith(mask, '0x') AND ${WRITES} AND match(pipe, '${PROGRAMS}'), 'copy', 'share') AS means
    FROM windows_event WHERE channel = 'Security' AND event_id IN (5140, 5145))
  WHERE means != '' AND source != '' AND ${OF_PEOPLE_SQL}`);
