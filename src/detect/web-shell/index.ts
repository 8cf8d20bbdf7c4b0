import { severityRank } from "../../model/finding.js";
import type { AllowList, DetectContext, Detector, DetectorResult } from "../port.js";
import { HostOwners, ownerParameters } from "../shared/host-owners.js";
import { commandsStarted } from "./commands.js";
import { pagesCompiled, scriptsWritten } from "./files.js";
import { findingOf } from "./finding.js";
import { type Judged, judge, suspects } from "./join.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { type Page, pagesAsked, sitesAsked } from "./pages.js";
import type { Limits } from "./score.js";

export const detector: Detector = {
  manifest,
  async run(context: DetectContext): Promise<DetectorResult> {
    const owners = await ownerParameters(context);
    const [asked, sites] = [await pagesAsked(context), await sitesAsked(context)];
    const pages = asked.filter((page) => !isAllowed(page, context.allow));
    const commands = await commandsStarted(context, owners);
    const [scripts, compiled] = [await scriptsWritten(context, owners), await pagesCompiled(context)];
    const seen = await processesSeen(context);
    const limits: Limits = {
      newDays: context.parameter("new_days"),
      tunnelRequests: context.parameter("tunnel_requests"),
      tunnelRate: context.parameter("tunnel_rate"),
      deployedFiles: context.parameter("deployed_files"),
      habitDays: context.parameter("habit_days"),
    };
    const least = context.parameter("least_score");
    const judged = suspects(
      context,
      new HostOwners(context),
      { pages, sites, scripts, compiled, commands },
      limits,
    )
      .map((suspect) => judge(suspect, sites, limits))
      .filter(({ score }) => score >= least)
      .sort(gravestFirst);
    const requests = [...sites.values()].reduce((sum, site) => sum + site.requests, 0);
    return {
      findings: judged.slice(0, context.parameter("max_findings")).map((each) => findingOf(context, each)),
      evaluated: [
        { what: say("web-shell.requests-web-servers"), count: requests },
        { what: say("web-shell.pages-few-clients-send"), count: pages.length },
        { what: say("web-shell.processes-started-files-written"), count: seen },
        { what: say("web-shell.different-commands-web-servers"), count: commands.length },
        { what: say("web-shell.scripts-written-web-folders"), count: scripts.length },
      ],
      ...(judged.length === 0 && requests + seen < context.parameter("least_events")
        ? {
            notTested: say(
              "web-shell.requests-web-servers-ours",
              requests + seen === 0 ? say("web-shell.no") : say("web-shell.hardly-any"),
              seen === 0 ? say("web-shell.no") : say("web-shell.only", seen),
            ),
          }
        : {}),
    };
  },
};

/**
 * The user declares the server harmless, or everybody who asks for the page (of many askers not all are listed). By address alone: the name that is
 * asked for is the client's own words.
 */
function isAllowed({ server, clients, clientList }: Page, allow: AllowList): boolean {
  const isWhole = clientList.length > 0 && clients === clientList.length;
  return allow.address(server) || (isWhole && clientList.every((each) => allow.address(each)));
}

async function processesSeen(context: DetectContext): Promise<number> {
  const [row] = await context.query<{ seen: number | string }>(
    "SELECT (SELECT count() FROM process_activity WHERE activity = 'Launch') + (SELECT count() FROM host_file_activity WHERE activity = 'Create') AS seen",
  );
  return Number(row?.seen ?? 0);
}

function gravestFirst(a: Judged, b: Judged): number {
  const name = ({ host, pages, script }: Judged) =>
    `${host} ${pages[0]?.server} ${pages[0]?.page} ${script?.path}`;
  return (
    severityRank(b.severity) - severityRank(a.severity) || b.score - a.score || (name(a) < name(b) ? -1 : 1)
  );
}
