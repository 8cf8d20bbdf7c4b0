import { createHmac } from "node:crypto";

/** What a pseudonym stands for. */
export type Named =
  | "organisation"
  | "host"
  | "account"
  | "process"
  | "file"
  | "service"
  | "domain"
  | "address"
  | "network"
  | "certificate"
  | "fingerprint"
  | "sensor"
  | "realm"
  | "finding"
  | "incident"
  | "campaign"
  | "case";

/**
 * Names that stand for others' names: the same name always gets the same, and nobody without the key of the case can try out which it is
 * (names of organisations and private addresses are easily guessed, so a plain digest would hide nothing).
 */
export class Pseudonyms {
  constructor(readonly key: string) {}

  /** `host-1a2b3c4d`. */
  of(kind: Named, ...parts: readonly string[]): string {
    const digest = createHmac("sha256", this.key)
      .update(JSON.stringify([kind, ...parts]))
      .digest("hex");
    return `${kind}-${digest.slice(0, 8)}`;
  }
}
