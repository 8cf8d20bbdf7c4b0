import type { Tlp } from "../../model/finding.js";
import { tlpLabel } from "../format.js";

/** OASIS, "STIX 2.1 TLP 2.0 Marking Definition Extension" (oasis-open/cti-stix-common-objects): ids and texts are those published there. */
const TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

export const TLP_MARKING: Readonly<Record<Tlp, string>> = {
  clear: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
  green: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
  amber: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
  "amber+strict": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
  red: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
};

export function tlpMarking(tlp: Tlp) {
  return {
    type: "marking-definition",
    spec_version: "2.1",
    id: TLP_MARKING[tlp],
    created: "2022-10-01T00:00:00.000Z",
    name: tlpLabel(tlp),
    extensions: { [TLP_EXTENSION]: { extension_type: "property-extension", tlp_2_0: tlp } },
  };
}
