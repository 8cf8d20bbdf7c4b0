import { detector as accountHijack } from "./account-hijack/index.js";
import { messages as accountHijackMessages } from "./account-hijack/messages.js";
import { detector as backupExfiltration } from "./backup-exfiltration/index.js";
import { messages as backupExfiltrationMessages } from "./backup-exfiltration/messages.js";
import { detector as beaconing } from "./beaconing/index.js";
import { messages as beaconingMessages } from "./beaconing/messages.js";
import { detector as cloudMasquerade } from "./cloud-masquerade/index.js";
import { messages as cloudMasqueradeMessages } from "./cloud-masquerade/messages.js";
import { detector as discoveryBurst } from "./discovery-burst/index.js";
import { messages as discoveryBurstMessages } from "./discovery-burst/messages.js";
import { detector as dllSideload } from "./dll-sideload/index.js";
import { messages as dllSideloadMessages } from "./dll-sideload/messages.js";
import { detector as dnsTunnel } from "./dns-tunnel/index.js";
import { messages as dnsTunnelMessages } from "./dns-tunnel/messages.js";
import { detector as failedBeacon } from "./failed-beacon/index.js";
import { messages as failedBeaconMessages } from "./failed-beacon/messages.js";
import { detector as falseProtocol } from "./false-protocol/index.js";
import { messages as falseProtocolMessages } from "./false-protocol/messages.js";
import { detector as firstContact } from "./first-contact/index.js";
import { messages as firstContactMessages } from "./first-contact/messages.js";
import { detector as infrastructureContact } from "./infrastructure-contact/index.js";
import { messages as infrastructureContactMessages } from "./infrastructure-contact/messages.js";
import { detector as infrastructureExpansion } from "./infrastructure-expansion/index.js";
import { messages as infrastructureExpansionMessages } from "./infrastructure-expansion/messages.js";
import { detector as lateralMovement } from "./lateral-movement/index.js";
import { messages as lateralMovementMessages } from "./lateral-movement/messages.js";
import { detector as logTampering } from "./log-tampering/index.js";
import { messages as logTamperingMessages } from "./log-tampering/messages.js";
import { detector as longConnection } from "./long-connection/index.js";
import { messages as longConnectionMessages } from "./long-connection/messages.js";
import { detector as manyOddPorts } from "./many-odd-ports/index.js";
import { messages as manyOddPortsMessages } from "./many-odd-ports/messages.js";
import { detector as operatorSchedule } from "./operator-schedule/index.js";
import { messages as operatorScheduleMessages } from "./operator-schedule/messages.js";
import { detector as persistence } from "./persistence/index.js";
import { messages as persistenceMessages } from "./persistence/messages.js";
import { detector as persistenceMechanism } from "./persistence-mechanism/index.js";
import { messages as persistenceMechanismMessages } from "./persistence-mechanism/messages.js";
import { detector as phishingDelivery } from "./phishing-delivery/index.js";
import { messages as phishingDeliveryMessages } from "./phishing-delivery/messages.js";
import type { Detector } from "./port.js";
import { detector as processAnomaly } from "./process-anomaly/index.js";
import { messages as processAnomalyMessages } from "./process-anomaly/messages.js";
import { detector as rareClient } from "./rare-client/index.js";
import { messages as rareClientMessages } from "./rare-client/messages.js";
import { detector as registryAnomaly } from "./registry-anomaly/index.js";
import { messages as registryAnomalyMessages } from "./registry-anomaly/messages.js";
import { detector as removableMediaWorm } from "./removable-media-worm/index.js";
import { messages as removableMediaWormMessages } from "./removable-media-worm/messages.js";
import { detector as scan } from "./scan/index.js";
import { messages as scanMessages } from "./scan/messages.js";
import { detector as scriptHostAbuse } from "./script-host-abuse/index.js";
import { messages as scriptHostAbuseMessages } from "./script-host-abuse/messages.js";
import { messages as sharedMessages } from "./shared/messages.js";
import { detector as sigma } from "./sigma/detector/index.js";
import { messages as sigmaMessages } from "./sigma/detector/messages.js";
import { detector as stagingAndExfiltration } from "./staging-and-exfiltration/index.js";
import { messages as stagingAndExfiltrationMessages } from "./staging-and-exfiltration/messages.js";
import { detector as strobe } from "./strobe/index.js";
import { messages as strobeMessages } from "./strobe/messages.js";
import { detector as toolTransfer } from "./tool-transfer/index.js";
import { messages as toolTransferMessages } from "./tool-transfer/messages.js";
import { detector as webShell } from "./web-shell/index.js";
import { messages as webShellMessages } from "./web-shell/messages.js";

/** All detectors. Adding one is its folder and its two lines here. */
export const DETECTORS: readonly Detector[] = [
  infrastructureContact,
  cloudMasquerade,
  infrastructureExpansion,
  longConnection,
  firstContact,
  scan,
  strobe,
  failedBeacon,
  falseProtocol,
  dnsTunnel,
  backupExfiltration,
  persistence,
  operatorSchedule,
  manyOddPorts,
  rareClient,
  beaconing,
  sigma,
  dllSideload,
  persistenceMechanism,
  registryAnomaly,
  accountHijack,
  lateralMovement,
  discoveryBurst,
  processAnomaly,
  scriptHostAbuse,
  logTampering,
  phishingDelivery,
  webShell,
  stagingAndExfiltration,
  removableMediaWorm,
  toolTransfer,
];

/** Explanations and sentences of all detectors, by key. */
export const MESSAGES: Readonly<Record<string, string>> = {
  ...sharedMessages,
  ...infrastructureContactMessages,
  ...cloudMasqueradeMessages,
  ...infrastructureExpansionMessages,
  ...longConnectionMessages,
  ...firstContactMessages,
  ...scanMessages,
  ...strobeMessages,
  ...failedBeaconMessages,
  ...falseProtocolMessages,
  ...dnsTunnelMessages,
  ...backupExfiltrationMessages,
  ...persistenceMessages,
  ...operatorScheduleMessages,
  ...manyOddPortsMessages,
  ...rareClientMessages,
  ...beaconingMessages,
  ...sigmaMessages,
  ...dllSideloadMessages,
  ...persistenceMechanismMessages,
  ...registryAnomalyMessages,
  ...accountHijackMessages,
  ...lateralMovementMessages,
  ...discoveryBurstMessages,
  ...processAnomalyMessages,
  ...scriptHostAbuseMessages,
  ...logTamperingMessages,
  ...phishingDeliveryMessages,
  ...webShellMessages,
  ...stagingAndExfiltrationMessages,
  ...removableMediaWormMessages,
  ...toolTransferMessages,
};

/**
 * Detectors in an order in which each comes after those whose findings it reads.
 * @throws Error on a cycle or an unknown name: a defect of ours, which a test looks for.
 */
export function inOrder(detectors: readonly Detector[]): Detector[] {
  const byId = new Map(detectors.map((detector) => [detector.manifest.id, detector]));
  const ordered: Detector[] = [];
  const state = new Map<string, "visiting" | "done">();
  const visit = (detector: Detector): void => {
    const { id, after } = detector.manifest;
    if (state.get(id) === "done") return;
    if (state.get(id) === "visiting") throw new Error(`detectors wait for each other: ${id}`);
    state.set(id, "visiting");
    for (const name of after) {
      const before = byId.get(name);
      if (!before) throw new Error(`detector ${id} comes after ${name}, which does not exist`);
      visit(before);
    }
    state.set(id, "done");
    ordered.push(detector);
  };
  for (const detector of detectors) visit(detector);
  return ordered;
}
