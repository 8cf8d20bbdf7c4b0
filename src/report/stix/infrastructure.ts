import { say } from "../catalogue.js";
import type { ReportedIndicator } from "../indicators.js";
import { orderInfrastructure } from "../order.js";
import { stixLines, stixSpan, stixText } from "./collector.js";
import { observableOf, patternOf } from "./observables.js";
import { percent, type Scene } from "./scene.js";

/** Servers, networks and certificates; what they consist of; and what to look for. */
export function addInfrastructure(scene: Scene): void {
  const byItem = new Map(scene.indicators.map((indicator) => [indicator.item, indicator]));
  const items = orderInfrastructure(scene.input.assessment.infrastructure);
  let unusable = 0;
  for (const item of items) {
    const indicator = byItem.get(item);
    if (indicator === undefined) unusable++;
    else addOne(scene, indicator);
  }
  if (unusable > 0)
    scene.leftOut.add(`${unusable} pieces of infrastructure whose value is no public name, address or hash`);
  addNames(scene);
}

function addOne(scene: Scene, indicator: ReportedIndicator): void {
  const { stix } = scene;
  const { item, tlp } = indicator;
  const span = stixSpan(item.first_seen, item.last_seen);
  const extra = { tlp, confidence: percent(item.score) };
  const meaning = stixLines([
    `${say(`basis.${item.basis}`)}: ${say(`basis.${item.basis}.meaning`)}`,
    ...item.why,
  ]);
  const id = stix.domain(
    "infrastructure",
    [item.kind, item.value],
    {
      name: stixText(item.value),
      description: meaning,
      infrastructure_types: ["unknown"],
      first_seen: span.from,
      last_seen: span.to,
    },
    extra,
  );
  scene.infrastructure.set(item.value, id);
  stix.relationship(id, "consists-of", observableOf(stix, indicator), {}, { tlp });
  const pattern = patternOf(indicator);
  // A sibling is a reason to look, not something to alert on.
  if (pattern === undefined || item.basis === "related") return;
  const indicatorId = stix.domain(
    "indicator",
    [item.kind, item.value],
    {
      name: stixText(item.value),
      description: meaning,
      indicator_types: [item.basis === "confirmed" ? "malicious-activity" : "anomalous-activity"],
      pattern,
      pattern_type: "stix",
      pattern_version: "2.1",
      valid_from: span.from,
    },
    extra,
  );
  scene.indicatorRefs.set(item.value, indicatorId);
  stix.relationship(indicatorId, "indicates", id, {}, { tlp });
}

/** Which name stood for which address, where both are in the bundle. */
function addNames({ stix, indicators, input }: Scene): void {
  const byValue = new Map(indicators.map((indicator) => [indicator.value, indicator]));
  for (const { from, to, relation } of input.assessment.links) {
    const name = byValue.get(from);
    const address = byValue.get(to);
    if (relation !== "name of" || name?.kind !== "domain") continue;
    if (address?.kind !== "ipv4" && address?.kind !== "ipv6") continue;
    stix.relationship(observableOf(stix, name), "resolves-to", observableOf(stix, address));
  }
}
