import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { measures } from "../../src/assess/actions/measures.js";
import { CORPUS } from "../support/corpus.js";

interface StixObject {
  id: string;
  type: string;
  relationship_type?: string;
  source_ref?: string;
  target_ref?: string;
  revoked?: boolean;
  x_mitre_deprecated?: boolean;
  external_references?: { source_name: string; external_id?: string }[];
}

test.skipIf(CORPUS === undefined)(
  "every mitigation of the list answers its techniques in ATT&CK 18.1 itself",
  () => {
    const file = join(CORPUS ?? "", "intel/enterprise-attack-18.1.stix20.json.gz");
    const { objects } = JSON.parse(gunzipSync(readFileSync(file)).toString("utf8")) as {
      objects: StixObject[];
    };
    const current = objects.filter((each) => !each.revoked && !each.x_mitre_deprecated);
    const ids = new Map(
      current.map((each) => [
        each.id,
        each.external_references?.find(({ source_name }) => source_name === "mitre-attack")?.external_id,
      ]),
    );
    const stated = new Set(
      current
        .filter(({ relationship_type }) => relationship_type === "mitigates")
        .map(({ source_ref = "", target_ref = "" }) => `${ids.get(source_ref)} ${ids.get(target_ref)}`),
    );
    expect(stated.size).toBeGreaterThan(1000);
    const ours = measures().flatMap(({ relations }) =>
      relations.flatMap(({ mitigation, techniques }) => techniques.map((each) => `${mitigation} ${each}`)),
    );
    expect(ours.filter((each) => !stated.has(each))).toEqual([]);
  },
);
