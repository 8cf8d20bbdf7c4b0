import { parseAddress } from "../net/address.js";
import { parsePrefix } from "../net/prefix.js";
import { specialScope, specialScopeOfPrefix } from "../net/scope.js";
import type { Classified } from "./classify.js";
import { publicSuffix } from "./hostname.js";

/** The largest blocks that registries hand to one operator; anything wider is half the Internet. */
const LEAST_V4 = 8;
const LEAST_V6 = 19;

export type Verdict = { accept: true; warning?: string } | { accept: false; warning: string };

/** Whether watching this would match the world, or only our own side. `warning` is the end of a sentence that begins with the value. */
export function judge({ kind, value }: Classified): Verdict {
  if (kind === "network") return judgeNetwork(value);
  if (kind === "address" || kind === "address-port") {
    const host = kind === "address" ? value : value.slice(0, value.lastIndexOf(":")).replace(/^\[|\]$/g, "");
    const address = parseAddress(host);
    const scope = address && specialScope(address);
    return scope === undefined
      ? { accept: true }
      : { accept: false, warning: `is a ${scope} address, which is somebody else in every network: refused` };
  }
  if (kind === "domain-wildcard") {
    const suffix = publicSuffix(value);
    if (suffix === "icann")
      return {
        accept: false,
        warning: "is a public suffix: every domain registered below it would match: refused",
      };
    if (suffix === "private") {
      return {
        accept: true,
        warning: "is a suffix whose operator gives names to anybody: every customer's name will match",
      };
    }
  }
  return { accept: true };
}

function judgeNetwork(value: string): Verdict {
  const prefix = parsePrefix(value)?.prefix;
  if (prefix === undefined) return { accept: true };
  const least = prefix.address.bits === 32 ? LEAST_V4 : LEAST_V6;
  if (prefix.length < least) {
    return {
      accept: false,
      warning: `is wider than /${least} and would match a good part of the Internet: refused`,
    };
  }
  const scope = specialScopeOfPrefix(prefix);
  return scope === undefined
    ? { accept: true }
    : { accept: false, warning: `is ${scope} space, which is somebody else in every network: refused` };
}
