import type { Replay, ReplayedOrganisation } from "../../model/replay.js";
import { say } from "../catalogue.js";
import { formatDay } from "../format.js";
import { firstDetectors, replaySentences } from "../replay-text.js";
import { wrap } from "./cells.js";
import { makeInk, type TerminalOptions, terminalWidth } from "./ink.js";
import { renderTable } from "./table.js";

/** For `longwatch replay`: when each organisation could have been known. */
export function renderReplay(replay: Replay, options: TerminalOptions): string {
  const ink = makeInk(options.colour);
  const width = terminalWidth(options.width);
  const lines =
    replay.organisations.length === 0
      ? []
      : [
          ...renderTable<ReplayedOrganisation>(
            [
              { title: say("head.organisation"), text: (row) => row.name, flexible: 14, paint: ink.bold },
              { title: say("head.first-contact"), text: (row) => formatDay(row.first_seen) },
              { title: say("head.suspected-by"), text: (row) => row.suspected?.by ?? say("replay.never") },
              {
                title: say("head.compromised-by"),
                text: (row) => row.compromised?.by ?? say("replay.never"),
              },
              { title: say("head.hidden"), text: (row) => days(row.days_hidden), align: "right" },
              { title: say("head.known"), text: (row) => days(row.days_saved), align: "right", optional: 2 },
              {
                title: say("head.first-seen-by"),
                text: (row) => firstDetectors(row),
                flexible: 12,
                optional: 1,
              },
            ],
            replay.organisations,
            width,
            ink.dim,
          ),
          "",
        ];
  for (const sentence of replaySentences(replay)) lines.push(...wrap(sentence, width));
  return `${lines.join("\n")}\n`;
}

const days = (count: number | null): string => (count === null ? "–" : say("unit.d", count));
