/**
 * Zeek's logs of how hosts log on to and work on each other, as rows of `remote_access_activity`. Fields: KRB::Info, NTLM::Info, SMB::TreeInfo, SMB::FileInfo,
 * DCE_RPC::Info, RDP::Info and SSH::Info, https://docs.zeek.org/en/master/script-reference/log-files.html
 */
import type { Checks } from "../checked.js";
import type { InsertPlan } from "../port.js";
import { endpoints } from "./endpoints.js";
import type { ZeekFields } from "./fields.js";

/** Names and messages come from whoever connects, of any length: what is kept is enough to tell them apart. */
const LONGEST_NAME = 256;
const LONGEST_PATH = 1024;

const name = (text: string): string => `substringUTF8(${text}, 1, ${LONGEST_NAME})`;
const path = (text: string): string => `substringUTF8(${text}, 1, ${LONGEST_PATH})`;

const status = (fields: ZeekFields, flag: string): string =>
  `multiIf(${fields.isTrue(flag)}, 'Success', ${fields.isFalse(flag)}, 'Failure', 'Unknown')`;

type Columns = (fields: ZeekFields, checks: Checks) => Readonly<Record<string, string>>;
type Mapping = (fields: ZeekFields, checks: Checks) => Omit<InsertPlan, "accept" | "reject" | "kinds">;

/** `name/REALM`, `host/server/REALM`, or a name alone: the realm is what follows the last slash. */
const kerberos: Columns = (fields) => {
  const parts = fields.prelude.define(`splitByChar('/', ${fields.text("client")})`);
  return {
    operation: name(fields.word("request_type")),
    user_name: name(
      `if(length(${parts}) > 1, arrayStringConcat(arraySlice(${parts}, 1, -1), '/'), ${parts}[1])`,
    ),
    user_domain: name(`if(length(${parts}) > 1, ${parts}[-1], '')`),
    service_name: name(fields.text("service")),
    status: status(fields, "success"),
    status_detail: name(fields.text("error_msg")),
    cipher: name(fields.text("cipher")),
  };
};

/** Before Zeek 2.6 the outcome was a word in `status`. */
const ntlm: Columns = (fields) => {
  const server = fields.prelude.define(
    firstOf(
      fields.text("server_dns_computer_name"),
      firstOf(fields.text("server_nb_computer_name"), fields.text("server_dns_name")),
    ),
  );
  const said = fields.prelude.define(fields.text("status"));
  return {
    operation: "'logon'",
    user_name: name(fields.text("username")),
    user_domain: name(fields.text("domainname")),
    src_endpoint_hostname: name(fields.text("hostname")),
    dst_endpoint_hostname: name(server),
    status: `multiIf(${fields.isTrue("success")} OR ${said} = 'SUCCESS', 'Success', ${fields.isFalse("success")} OR ${said} != '', 'Failure', 'Unknown')`,
    status_detail: name(said),
  };
};

const smbMapping: Columns = (fields) => ({
  operation: "'mapping'",
  share: path(fields.text("path")),
  service_name: name(fields.text("share_type")),
});

const smbFiles: Columns = (fields, checks) => ({
  operation: name(`replaceOne(${fields.word("action")}, 'SMB::', '')`),
  share: path(fields.text("path")),
  file_name: path(fields.text("name")),
  file_size: checks.count(fields.field("size")),
});

const dceRpc: Columns = (fields) => ({
  operation: name(fields.text("operation")),
  endpoint: name(fields.text("endpoint")),
  named_pipe: name(fields.text("named_pipe")),
});

/** The cookie is what the client asks for in the clear (`mstshash`), mostly the name of the account, cut to nine characters. */
const rdp: Columns = (fields) => ({
  operation: "'logon'",
  user_name: name(fields.text("cookie")),
  src_endpoint_hostname: name(fields.text("client_name")),
  service_name: name(fields.text("security_protocol")),
  status_detail: name(fields.text("result")),
  src_software: name(fields.text("client_build")),
});

const ssh: Columns = (fields) => ({
  operation: "'logon'",
  status: status(fields, "auth_success"),
  cipher: name(fields.text("cipher_alg")),
  src_software: name(fields.text("client")),
  dst_software: name(fields.text("server")),
});

const firstOf = (first: string, second: string): string => `if(${first} != '', ${first}, ${second})`;

const mapped =
  (protocol: string, columns: Columns): Mapping =>
  (fields, checks) => ({
    table: "remote_access_activity",
    columns: { ...endpoints(fields, checks), protocol: `'${protocol}'`, ...columns(fields, checks) },
  });

export const REMOTE_ACCESS: readonly { kinds: readonly string[]; mapping: Mapping }[] = [
  { kinds: ["kerberos"], mapping: mapped("kerberos", kerberos) },
  { kinds: ["ntlm"], mapping: mapped("ntlm", ntlm) },
  { kinds: ["smb_mapping"], mapping: mapped("smb", smbMapping) },
  { kinds: ["smb_files"], mapping: mapped("smb", smbFiles) },
  { kinds: ["dce_rpc"], mapping: mapped("dce_rpc", dceRpc) },
  { kinds: ["rdp"], mapping: mapped("rdp", rdp) },
  { kinds: ["ssh"], mapping: mapped("ssh", ssh) },
];
