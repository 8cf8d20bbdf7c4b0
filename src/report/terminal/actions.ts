import { joinItems } from "../../kernel/lists.js";
import type { Assessment } from "../../model/assessment.js";
import { measureText, sumText } from "../action-text.js";
import { say } from "../catalogue.js";
import { formatFixed } from "../format.js";
import { safe, wrap } from "./cells.js";
import type { Ink } from "./ink.js";

const MOST_RESPONSES = 6;
const MOST_MEASURES = 3;
const MOST_TARGETS = 4;

/** The first of what to do now, and the measures of most effect; all of them stand in the report. */
export function actionLines(
  { recommendations, organisations }: Assessment,
  width: number,
  ink: Ink,
): string[] {
  const { response, hardening, considered } = recommendations;
  if (response.length + hardening.length === 0) return [];
  const names = new Map(organisations.map(({ org_id, name }) => [org_id, name]));
  const item = (text: string) => {
    const [first = "", ...rest] = wrap(safe(text), width, "    ");
    return [`  - ${first.trimStart()}`, ...rest];
  };
  const more = (count: number) => (count > 0 ? [ink.dim(`    ${say("actions.more", count)}`)] : []);
  return [
    `  ${say("actions.now")}`,
    ...response.slice(0, MOST_RESPONSES).flatMap((each) => {
      const whose = each.org_id === null ? say("actions.everybody") : (names.get(each.org_id) ?? each.org_id);
      const left = each.targets.length - MOST_TARGETS + each.more;
      const which = each.targets.slice(0, MOST_TARGETS).map(({ value }) => value);
      const rest = left > 0 && each.targets.length > MOST_TARGETS ? [say("actions.more", left)] : [];
      const listed = joinItems([...which, ...rest]);
      return item(`${whose}: ${say(`response.${each.action}`)}${listed === "" ? "" : `: ${listed}`}`);
    }),
    ...more(response.length - MOST_RESPONSES),
    `  ${say("actions.later")}`,
    ...hardening
      .slice(0, MOST_MEASURES)
      .flatMap((each) =>
        item(
          `${formatFixed(each.score, 2)} ${measureText(each)} (${say(`effect.${each.effect}`)}; ${sumText(each, considered)})`,
        ),
      ),
    ...more(hardening.length - MOST_MEASURES),
  ];
}
