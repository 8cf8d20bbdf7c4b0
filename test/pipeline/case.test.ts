import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { setCaseState } from "../../src/pipeline/case-state.js";
import { type CaseFolder, openCaseFolder } from "./support/case-folder.js";

let at: CaseFolder;
beforeEach(async () => {
  at = await openCaseFolder();
});
afterEach(() => at.close());

describe("the tables of a case", () => {
  /** A view as another version of the program may have made it. */
  const changeView = () =>
    at.opened.store.command("CREATE OR REPLACE VIEW process_activity AS SELECT 1 AS other");

  it("are left alone where the case notes that these statements made them", async () => {
    await changeView();
    await at.reopen();
    expect(await at.value("SELECT other FROM process_activity")).toBe(1);
  });

  it("are brought up to date where other statements did, or none is known to have come to its end", async () => {
    await changeView();
    await at.opened.store.command("DROP TABLE remote_access_activity");
    await setCaseState(at.opened.store, "schema", "");
    await at.reopen();
    expect(await at.value("SELECT count(process_cmd_line) FROM process_activity")).toBe(0);
    expect(await at.value("SELECT count() FROM remote_access_activity")).toBe(0);
  });
});
