import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readHijackLibs } from "../../src/intel/index.js";
import { errorOf, folderWith } from "./support.js";

const ENTRY = `---
Name: Helper.dll
Author: nobody
ExpectedLocations:
- '%PROGRAMFILES%\\Vendor\\Tool %VERSION%'
VulnerableExecutables:
- Path: '%PROGRAMFILES%\\Vendor\\Tool %VERSION%\\Tool.exe'
  Type: Sideloading
- Path: 'Portable.exe'
  Type: Sideloading
- Path: '%SYSTEM32%\\other.exe'
  Type: Environment Variable
  Variable: SYSTEMROOT
`;

describe("a HijackLibs catalogue", () => {
  it("is read from any folders below, in lower case, without programs that only a variable leads astray", () => {
    const folder = folderWith({
      "a/helper.yml": ENTRY,
      "b/phantom.yaml": "Name: ghost.dll\n",
      "b/notes.txt": "no",
    });
    expect(readHijackLibs(folder)).toEqual({
      entries: [
        {
          library: "helper.dll",
          expected: ["%PROGRAMFILES%\\Vendor\\Tool %VERSION%"],
          programs: [
            { name: "tool.exe", home: "%PROGRAMFILES%\\Vendor\\Tool %VERSION%" },
            { name: "portable.exe", home: "" },
          ],
        },
        { library: "ghost.dll", expected: [], programs: [] },
      ],
      unreadable: 0,
    });
  });

  it("counts files that are no entry, and is an error where none is one", () => {
    const files = { "bad.yml": "- [", "other.yml": "title: a rule\n" };
    expect(readHijackLibs(folderWith({ ...files, "helper.yml": ENTRY })).unreadable).toBe(2);
    const folder = folderWith(files);
    expect(errorOf(() => readHijackLibs(folder))).toMatchObject({ code: "LW_CONFIG", file: folder });
    const missing = join(folder, "missing");
    expect(existsSync(missing)).toBe(false);
    expect(errorOf(() => readHijackLibs(missing)).code).toBe("LW_CONFIG");
  });
});
