import { z } from "zod";
import { shippedList } from "../../kernel/shipped-list.js";
import { providerList } from "../shared/providers.js";

/** A protocol and port of the server, as logged; ICMP has its code for a port. */
export interface Service {
  protocol: string;
  port: number;
}

/** What regular contact is for, as far as something says so. */
export interface Purpose {
  /** E.g. `time`, `mail`, or what a provider is known for. */
  what: string;
  /** What says so: a vendor's domain, or a port that anybody may use. */
  by: "domain" | "port";
  /** The domain and port, as evidence. */
  fact: string;
  /** It explains a rhythm. */
  harmless: boolean;
}

const listSchema = z.strictObject({
  purposes: z.record(
    z.string().min(1),
    z.strictObject({
      harmless: z.boolean(),
      ports: z.partialRecord(z.enum(["tcp", "udp"]), z.array(z.number().int().min(1).max(65_535))),
      domains: z.array(z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/)),
    }),
  ),
});

interface Entry {
  what: string;
  harmless: boolean;
}

interface Lists {
  ports: ReadonlyMap<string, Entry>;
  domains: ReadonlyMap<string, Entry>;
}

/** `purposes.yaml`. @throws LW_CONFIG where it was damaged. */
const lists = shippedList("The list of purposes", "src/detect/beaconing/purposes.yaml", (content): Lists => {
  const ports = new Map<string, Entry>();
  const domains = new Map<string, Entry>();
  const { purposes } = listSchema.parse(content);
  for (const [what, { harmless, ports: byProtocol, domains: names }] of Object.entries(purposes)) {
    for (const [protocol, numbers] of Object.entries(byProtocol))
      for (const port of numbers) ports.set(`${protocol} ${port}`, { what, harmless });
    for (const name of names) domains.set(name, { what, harmless });
  }
  return { ports, domains };
});

/**
 * A domain says more than a port: names under which the client contacts the server come first, its service last. Labels (`update.`,
 * `mail.`) say nothing, since whoever registers a domain chooses them.
 */
export function purposeOf(names: readonly string[], service: Service | undefined): Purpose | undefined {
  for (const name of names) {
    const provider = providerList().of(name);
    if (provider !== undefined)
      return {
        what: provider.kinds.join(", "),
        by: "domain",
        fact: `${provider.name} (${name})`,
        harmless: true,
      };
    const entry = ofDomain(name);
    if (entry !== undefined) return { ...entry, by: "domain", fact: name };
  }
  if (service === undefined) return undefined;
  if (service.protocol === "icmp") return { what: "ping", by: "port", fact: "ICMP echo", harmless: true };
  const entry = lists().ports.get(`${service.protocol} ${service.port}`);
  return entry && { ...entry, by: "port", fact: `port ${service.port}/${service.protocol}` };
}

function ofDomain(name: string): Entry | undefined {
  for (let suffix = name; suffix.includes("."); suffix = suffix.slice(suffix.indexOf(".") + 1)) {
    const entry = lists().domains.get(suffix);
    if (entry !== undefined) return entry;
  }
  return undefined;
}
