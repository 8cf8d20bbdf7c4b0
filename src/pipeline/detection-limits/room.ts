import { DETECTORS } from "../../detect/registry.js";
import type { Config, DetectorSetting } from "../../model/config.js";
import type { Finding } from "../../model/finding.js";

/** The parameter by which detectors bound what they report. */
const CAP = "max_findings";
/** What a detector must read, so that a planted connection can make it find something. */
const PLANTED_CLASSES: ReadonlySet<string> = new Set([
  "contact_hourly",
  "network_activity",
  "tls_activity",
  "dns_activity",
]);

/**
 * The configuration for detections with so many plants: detectors that read none of the planted tables are off, and others may report as many
 * findings more, since plants must not push each other out. Whether one would be reported among the case's own findings alone is
 * asked afterwards ({@link fitsCap}).
 */
export function configWithRoom(config: Config, plants: number): Config {
  const detectors = new Map<string, DetectorSetting>(config.detectors);
  for (const { manifest } of DETECTORS) {
    const given = config.detectors.get(manifest.id) ?? { enabled: true, parameters: {} };
    const reads = [...manifest.needs, ...manifest.uses].some((table) => PLANTED_CLASSES.has(table));
    const cap = capOf(config, manifest.id);
    detectors.set(manifest.id, {
      enabled: given.enabled && reads,
      parameters: cap === undefined ? given.parameters : { ...given.parameters, [CAP]: cap + plants },
    });
  }
  return { ...config, detectors };
}

/** Whether a finding is among the first so many of its detector. @param real findings about nothing planted */
export function fitsCap(config: Config, { detector, score }: Finding, real: readonly Finding[]): boolean {
  const cap = capOf(config, detector);
  if (cap === undefined) return true;
  return real.filter((each) => each.detector === detector && each.score > score).length < cap;
}

function capOf(config: Config, id: string): number | undefined {
  const spec = DETECTORS.find(({ manifest }) => manifest.id === id)?.manifest.parameters[CAP];
  return spec && (config.detectors.get(id)?.parameters[CAP] ?? spec.default);
}
