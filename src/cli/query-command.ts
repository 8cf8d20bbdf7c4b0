import { csvWithoutFormulas } from "../kernel/spreadsheet.js";
import { printData } from "./output.js";
import { type CaseFlags, withCase } from "./with-case.js";

export async function runQuery(
  sql: string,
  flags: CaseFlags & { json?: boolean; csv?: boolean },
): Promise<void> {
  const format = flags.json
    ? "JSONEachRow"
    : flags.csv
      ? "CSVWithNames"
      : process.stdout.isTTY
        ? "PrettyCompactNoEscapes"
        : "TabSeparatedWithNames";
  await withCase(flags, true, async ({ store }) => {
    const answer = store.userQuery(sql, format);
    for await (const chunk of flags.csv && !flags.json ? csvWithoutFormulas(answer) : answer)
      await printData(chunk);
  });
}
