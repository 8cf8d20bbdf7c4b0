import type { DetectContext } from "../port.js";
import { addressesPresenting, covers, type PresentedCertificate } from "../shared/certificates.js";
import { isPublicAddress } from "../shared/endpoint.js";
import { namesOnServers } from "../shared/servers.js";
import { isShared } from "../shared/shared-hosting.js";
import type { Examined } from "./gather.js";

/** A certificate on more addresses than this is a product's or a provider's, not one operator's. */
const MOST_ADDRESSES = 20;

/**
 * Servers that were only ever reached by address belong to the site if they present its certificate: one that is made out to it, or a
 * self-signed one. They are added to `own`.
 */
export async function addNamelessServers(
  context: DetectContext,
  suspects: readonly Examined[],
): Promise<void> {
  const owners = new Map<string, Examined[]>();
  for (const suspect of suspects) {
    for (const print of suspect.certificates
      .filter((each) => isIts(each, suspect))
      .flatMap((each) => each.fingerprints)) {
      owners.set(print, [...(owners.get(print) ?? []), suspect]);
    }
  }
  const presenting = await addressesPresenting(context, [...owners.keys()], MOST_ADDRESSES);
  const addresses = [...presenting.values()]
    .filter((list) => list.length <= MOST_ADDRESSES)
    .flatMap((list) => list.map(({ ip }) => ip));
  const names = await namesOnServers(context, addresses);
  for (const [print, list] of presenting) {
    if (list.length > MOST_ADDRESSES) continue;
    for (const { ip } of list) {
      if (
        !isPublicAddress(ip) ||
        context.allow.address(ip) ||
        isShared(names.get(ip) ?? [], context.parameter("shared_sites"))
      )
        continue;
      for (const suspect of owners.get(print) ?? []) if (!suspect.own.includes(ip)) suspect.own.push(ip);
    }
  }
}

function isIts(certificate: PresentedCertificate, { candidate: { use } }: Examined): boolean {
  const selfSigned = certificate.subject !== "" && certificate.subject === certificate.issuer;
  return (
    selfSigned ||
    use.names.some((name) => covers(certificate.names, name)) ||
    certificate.names.includes(use.site.domain)
  );
}
