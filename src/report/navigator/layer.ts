import { groupBy, unique } from "../../kernel/group-by.js";
import { plural } from "../../kernel/plural.js";
import { severityRank } from "../../model/finding.js";
import { tlpLabel } from "../format.js";
import type { ReportInput } from "../port.js";
import { shortName, visible } from "../text.js";

const TECHNIQUE = /^T\d{4}(?:\.\d{3})?$/;

/**
 * Techniques of the findings as a layer of ATT&CK Navigator (layer format 4.5). The score of a technique is the best score, times 100, of the findings of
 * medium severity or above that name it; weaker ones would colour what any network does.
 */
export function renderNavigator({ assessment, findings }: ReportInput): string {
  const named = findings
    .filter(({ severity }) => severityRank(severity) >= severityRank("medium"))
    .flatMap((finding) => unique(finding.attack).map((technique) => ({ technique, finding })))
    .filter(({ technique }) => TECHNIQUE.test(technique));
  const techniques = [...groupBy(named, ({ technique }) => technique)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([techniqueID, list]) => ({
      techniqueID,
      score: Math.round(100 * Math.max(...list.map(({ finding }) => finding.score))),
      comment: visible(
        `${plural(list.length, "finding")} of ${unique(list.map(({ finding }) => finding.detector)).join(", ")}`,
      ),
      enabled: true,
    }));
  const layer = {
    name: `${shortName(assessment.case)} (${tlpLabel(assessment.tlp)})`,
    versions: { attack: "18", navigator: "5.1.0", layer: "4.5" },
    domain: "enterprise-attack",
    description: `${tlpLabel(assessment.tlp)}. Made by Longwatch${assessment.synthetic ? " from synthetic data" : ""}. Scores are those of findings, and no probabilities; a technique without colour was not found, or not looked for.`,
    sorting: 3,
    hideDisabled: false,
    techniques,
    gradient: { colors: ["#fbe0cc", "#b04a12"], minValue: 0, maxValue: 100 },
  };
  return `${JSON.stringify(layer, null, 2)}\n`;
}
