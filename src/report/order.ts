import type { AssessedInfrastructure } from "../model/assessment.js";

const BASIS_RANK = { confirmed: 0, suspected: 1, related: 2 } as const;
const KIND_RANK = { domain: 0, address: 1, network: 2, certificate: 3, fingerprint: 4 } as const;

/** Highest score first; among equals what is confirmed, then what more organisations use, then names before numbers. */
export function orderInfrastructure(items: readonly AssessedInfrastructure[]): AssessedInfrastructure[] {
  return [...items].sort(
    (a, b) =>
      b.score - a.score ||
      BASIS_RANK[a.basis] - BASIS_RANK[b.basis] ||
      KIND_RANK[a.kind] - KIND_RANK[b.kind] ||
      b.organisations.length - a.organisations.length ||
      (a.value < b.value ? -1 : a.value > b.value ? 1 : 0),
  );
}
