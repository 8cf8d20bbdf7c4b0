import type { Indicator } from "../../model/indicator.js";
import type { AllowList } from "../port.js";
import { cidrInIpv6 } from "../shared/endpoint.js";

/** The watch list, sorted by how each kind is looked up. Numbers are indexes into `indicators`. */
export interface Watch {
  indicators: readonly Indicator[];
  addresses: { indicator: number; address: string; port: number }[];
  networks: { indicator: number; network: string; prefix: number }[];
  /** Name → indicators. */
  names: Map<string, number[]>;
  wildcards: Map<string, number[]>;
  /** Fingerprint (hex, lower case) → indicators. */
  certificates: Map<string, number[]>;
  ja3: Map<string, number[]>;
  ja4: Map<string, number[]>;
  /** Indicators that the user's allow-list silences. */
  allowed: number;
}

/** `[2001:db8::1]:443` or `192.0.2.1:443`. */
export function splitAddressPort(value: string): { address: string; port: number } | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(value);
  const address = match?.[1] ?? match?.[2];
  return address === undefined ? undefined : { address, port: Number(match?.[3]) };
}

export function compileWatch(indicators: readonly Indicator[], allow: AllowList): Watch {
  const watch: Watch = {
    indicators,
    addresses: [],
    networks: [],
    names: new Map(),
    wildcards: new Map(),
    certificates: new Map(),
    ja3: new Map(),
    ja4: new Map(),
    allowed: 0,
  };
  indicators.forEach((indicator, index) => {
    if (isAllowed(indicator, allow)) watch.allowed++;
    else place(watch, indicator, index);
  });
  return watch;
}

function isAllowed(indicator: Indicator, allow: AllowList): boolean {
  switch (indicator.kind) {
    case "domain":
    case "domain-wildcard":
      return allow.domain(indicator.value);
    case "address":
      return allow.address(indicator.value);
    case "address-port":
      return allow.address(splitAddressPort(indicator.value)?.address ?? "");
    default:
      return false;
  }
}

function place(watch: Watch, indicator: Indicator, index: number): void {
  switch (indicator.kind) {
    case "address":
      watch.addresses.push({ indicator: index, address: indicator.value, port: 0 });
      return;
    case "address-port": {
      const parts = splitAddressPort(indicator.value);
      if (parts !== undefined) watch.addresses.push({ indicator: index, ...parts });
      return;
    }
    case "network": {
      const cidr = cidrInIpv6(indicator.value);
      if (cidr !== undefined) watch.networks.push({ indicator: index, ...cidr });
      return;
    }
    case "domain":
      add(watch.names, indicator.value, index);
      return;
    case "domain-wildcard":
      add(watch.wildcards, indicator.value.replace(/^\*\./, ""), index);
      return;
    case "certificate":
      add(watch.certificates, indicator.value, index);
      return;
    case "ja3":
      add(watch.ja3, indicator.value, index);
      return;
    case "ja4":
      add(watch.ja4, indicator.value, index);
      return;
  }
}

function add(map: Map<string, number[]>, key: string, index: number): void {
  map.set(key, [...(map.get(key) ?? []), index]);
}

/** Indicators that a name falls under: itself, and every wildcard above or at it. */
export function indicatorsOfName(watch: Watch, name: string): number[] {
  const found = [...(watch.names.get(name) ?? [])];
  for (let rest = name; rest !== ""; ) {
    found.push(...(watch.wildcards.get(rest) ?? []));
    const dot = rest.indexOf(".");
    rest = dot < 0 ? "" : rest.slice(dot + 1);
  }
  return found;
}
