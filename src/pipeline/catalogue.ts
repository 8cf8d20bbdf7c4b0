import type { DetectorManifest } from "../detect/port.js";
import { DETECTORS, inOrder } from "../detect/registry.js";
import { SOURCES } from "../sources/registry.js";

export function detectorList(): DetectorManifest[] {
  return inOrder(DETECTORS).map((detector) => detector.manifest);
}

export function sourceList(): { source: string; format: string; description: string }[] {
  return SOURCES.flatMap((source) =>
    source.formats.map(({ format, description }) => ({ source: source.title, format, description })),
  );
}
