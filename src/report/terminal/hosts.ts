import { rfc3339 } from "../../kernel/time.js";
import type { HostStay } from "../../model/host-identity.js";
import { makeInk, type TerminalOptions, terminalWidth } from "./ink.js";
import { renderTable } from "./table.js";

/** For `longwatch hosts`: which host had which address when. */
export function renderHosts(stays: readonly HostStay[], options: TerminalOptions): string {
  if (stays.length === 0) return "No record ties a host's name to an address.\n";
  const ink = makeInk(options.colour);
  const realms = new Set(stays.map(({ realm }) => realm)).size > 1;
  const lines = renderTable(
    [
      ...(realms ? [{ title: "Realm", text: (row: HostStay) => row.realm }] : []),
      { title: "Host", text: (row) => row.host, paint: ink.bold },
      { title: "Address", text: (row) => row.address },
      { title: "From", text: (row) => rfc3339(row.from) },
      { title: "To", text: (row) => rfc3339(row.to) },
      { title: "Verdict", text: (row) => row.verdict },
      { title: "Said by", text: (row) => row.kinds.join(", "), flexible: 10, optional: 1 },
    ],
    stays,
    terminalWidth(options.width),
    ink.dim,
  );
  return `${lines.join("\n")}\n`;
}
