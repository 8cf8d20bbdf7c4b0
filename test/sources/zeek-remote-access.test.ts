import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accounted, type Bench, openBench } from "./runner.js";
import { ENDPOINTS, tsvLog } from "./zeek-samples.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const AT = {
  protocol: "",
  operation: "",
  user_name: "",
  user_domain: "",
  src_endpoint_hostname: "",
  dst_endpoint_hostname: "",
  service_name: "",
  share: "",
  file_name: "",
  file_size: 0,
  endpoint: "",
  named_pipe: "",
  status: "Unknown",
  status_detail: "",
  cipher: "",
  src_software: "",
  dst_software: "",
};

/** What each log says, and its row; endpoints and time are those of every log. */
const LOGS: readonly [
  log: string,
  record: Readonly<Record<string, string>>,
  row: Partial<Record<keyof typeof AT, string | number>>,
][] = [
  [
    "kerberos",
    {
      request_type: "TGS",
      client: "anna/CORP.EXAMPLE",
      service: "cifs/SRV1",
      success: "T",
      cipher: "rc4-hmac",
    },
    {
      ...{ protocol: "kerberos", operation: "TGS", user_name: "anna", user_domain: "CORP.EXAMPLE" },
      ...{ service_name: "cifs/SRV1", status: "Success", cipher: "rc4-hmac" },
    },
  ],
  [
    "kerberos",
    {
      request_type: "AS",
      client: "host/srv1/CORP.EXAMPLE",
      success: "F",
      error_msg: "KDC_ERR_PREAUTH_FAILED",
    },
    {
      ...{ protocol: "kerberos", operation: "AS", user_name: "host/srv1", user_domain: "CORP.EXAMPLE" },
      ...{ status: "Failure", status_detail: "KDC_ERR_PREAUTH_FAILED" },
    },
  ],
  [
    "ntlm",
    { username: "anna", hostname: "WS1", domainname: "CORP", server_nb_computer_name: "SRV1", success: "T" },
    {
      ...{ protocol: "ntlm", operation: "logon", user_name: "anna", user_domain: "CORP", status: "Success" },
      ...{ src_endpoint_hostname: "WS1", dst_endpoint_hostname: "SRV1" },
    },
  ],
  [
    "ntlm",
    { username: "anna", hostname: "WS1", domainname: "CORP", success: "-", status: "LOGON_FAILURE" },
    {
      ...{ protocol: "ntlm", operation: "logon", user_name: "anna", user_domain: "CORP", status: "Failure" },
      ...{ src_endpoint_hostname: "WS1", status_detail: "LOGON_FAILURE" },
    },
  ],
  [
    "smb_mapping",
    { path: "\\\\SRV1\\ADMIN$", share_type: "DISK" },
    { protocol: "smb", operation: "mapping", share: "\\\\SRV1\\ADMIN$", service_name: "DISK" },
  ],
  [
    "smb_files",
    { action: "SMB::FILE_WRITE", path: "\\\\SRV1\\ADMIN$", name: "Temp\\a.exe", size: "4711" },
    {
      ...{ protocol: "smb", operation: "FILE_WRITE", share: "\\\\SRV1\\ADMIN$", file_name: "Temp\\a.exe" },
      file_size: 4711,
    },
  ],
  [
    "dce_rpc",
    { rtt: "0.1", named_pipe: "\\pipe\\ntsvcs", endpoint: "svcctl", operation: "CreateServiceW" },
    { protocol: "dce_rpc", operation: "CreateServiceW", endpoint: "svcctl", named_pipe: "\\pipe\\ntsvcs" },
  ],
  [
    "rdp",
    {
      cookie: "anna",
      result: "encrypted",
      security_protocol: "HYBRID",
      client_name: "WS1",
      client_build: "RDP 10",
    },
    {
      ...{ protocol: "rdp", operation: "logon", user_name: "anna", src_endpoint_hostname: "WS1" },
      ...{ service_name: "HYBRID", status_detail: "encrypted", src_software: "RDP 10" },
    },
  ],
  [
    "ssh",
    { auth_success: "F", auth_attempts: "3", client: "SSH-2.0-x", server: "SSH-2.0-y", cipher_alg: "aes" },
    {
      ...{ protocol: "ssh", operation: "logon", status: "Failure", cipher: "aes" },
      ...{ src_software: "SSH-2.0-x", dst_software: "SSH-2.0-y" },
    },
  ],
];

const COLUMNS = Object.keys(AT).map((name) =>
  name === "file_size" ? "toUInt32(file_size) AS file_size" : name,
);

describe("Zeek's logs of remote access", () => {
  test.each(LOGS)("%s as text and as JSON", async (log, record, row) => {
    const text = { ...ENDPOINTS, ...record };
    const json = Object.fromEntries(
      Object.entries(text)
        .filter(([, value]) => value !== "-")
        .map(([name, value]) => [
          name,
          value === "T" || value === "F"
            ? value === "T"
            : /^\d+(\.\d+)?$/.test(value)
              ? Number(value)
              : value,
        ]),
    );
    const escaped = Object.fromEntries(
      Object.entries(text).map(([name, value]) => [name, value.replaceAll("\\", "\\x5c")]),
    );
    const ends = { time: "2023-10-01 00:00:00.834168", from: "::ffff:10.1.2.3", to: "::ffff:203.0.113.7" };
    for (const content of [
      tsvLog(log, Object.keys(text), [escaped]),
      `${JSON.stringify({ _path: log, ...json })}\n`,
      // Without a name for itself, the log is known by its fields.
      `${JSON.stringify(json)}\n`,
    ]) {
      const outcome = await bench.read("some.log", content);
      expect(outcome).toMatchObject({ log, rejects: [], rows: { remote_access_activity: 1 } });
      expect(accounted(outcome)).toBe(outcome.lines);
      expect(
        await bench.rows(
          "remote_access_activity",
          `toString(time) AS time, toString(src_endpoint_ip) AS from, toString(dst_endpoint_ip) AS to, ${COLUMNS.join(", ")}`,
        ),
      ).toEqual([{ ...ends, ...AT, ...row }]);
    }
  });

  test("what cannot be an endpoint or a size is a reject with its reason; names of any length are cut", async () => {
    const line = (change: Record<string, unknown>) =>
      JSON.stringify({ _path: "smb_files", ...ENDPOINTS, action: "SMB::FILE_OPEN", ...change });
    const outcome = await bench.read(
      "smb_files.log",
      `${[
        line({ "id.resp_h": "SRV1" }),
        line({ size: "-1" }),
        line({ ts: "x" }),
        line({ path: `\\\\${"a".repeat(100_000)}`, name: "'\"\u0000$(x)" }),
        "",
      ].join("\n")}\n`,
    );
    expect(outcome.rejects.map(({ line: at }) => at)).toEqual([1, 2, 3]);
    expect(outcome).toMatchObject({ rows: { remote_access_activity: 1 }, blank: 1 });
    expect(accounted(outcome)).toBe(outcome.lines);
    expect(await bench.rows("remote_access_activity", "length(share) AS length, file_name AS name")).toEqual([
      { length: 1024, name: "'\"\u0000$(x)" },
    ]);
  });
});
