import { joinItems } from "../../kernel/lists.js";
import { rfc3339 } from "../../kernel/time.js";
import type { HostStay } from "../../model/host-identity.js";
import { say } from "../catalogue.js";
import { makeInk, type TerminalOptions, terminalWidth } from "./ink.js";
import { renderTable } from "./table.js";

/** For `longwatch hosts`: which host had which address when. */
export function renderHosts(stays: readonly HostStay[], options: TerminalOptions): string {
  if (stays.length === 0) return `${say("terminal.hosts.none")}\n`;
  const ink = makeInk(options.colour);
  const realms = new Set(stays.map(({ realm }) => realm)).size > 1;
  const lines = renderTable(
    [
      ...(realms ? [{ title: say("head.realm"), text: (row: HostStay) => row.realm }] : []),
      { title: say("head.host"), text: (row) => row.host, paint: ink.bold },
      { title: say("head.address"), text: (row) => row.address },
      { title: say("head.from"), text: (row) => rfc3339(row.from) },
      { title: say("head.to"), text: (row) => rfc3339(row.to) },
      { title: say("head.verdict"), text: (row) => row.verdict },
      { title: say("head.said-by"), text: (row) => joinItems(row.kinds), flexible: 10, optional: 1 },
    ],
    stays,
    terminalWidth(options.width),
    ink.dim,
  );
  return `${lines.join("\n")}\n`;
}
