import type { NamedSoftware } from "../model/attribution.js";

type Known = Pick<NamedSoftware, "name"> & { type: "malware" | "tool" };

const malware = (name: string): Known => ({ name, type: "malware" });
const tool = (name: string): Known => ({ name, type: "tool" });

/**
 * Programs of MITRE ATT&CK Enterprise 18.1 that SigmaHQ's rules name by tags and Longwatch's detectors by themselves. © The MITRE Corporation; reproduced
 * under the terms of use of ATT&CK.
 */
const SOFTWARE: Readonly<Record<string, Known>> = {
  S0002: tool("Mimikatz"),
  S0005: tool("Windows Credential Editor"),
  S0013: malware("PlugX"),
  S0029: tool("PsExec"),
  S0039: tool("Net"),
  S0040: tool("HTRAN"),
  S0081: malware("Elise"),
  S0106: tool("cmd"),
  S0108: tool("netsh"),
  S0111: tool("schtasks"),
  S0139: malware("PowerDuke"),
  S0154: malware("Cobalt Strike"),
  S0183: tool("Tor"),
  S0190: tool("BITSAdmin"),
  S0195: tool("SDelete"),
  S0246: malware("HARDRAIN"),
  S0349: tool("LaZagne"),
  S0363: tool("Empire"),
  S0402: malware("OSX/Shlayer"),
  S0404: tool("esentutl"),
  S0412: malware("ZxShell"),
  S0482: malware("Bundlore"),
  S0508: tool("ngrok"),
  S0575: malware("Conti"),
  S0592: tool("RemoteUtilities"),
  S1040: tool("Rclone"),
};

const BY_NAME = new Map(Object.entries(SOFTWARE).map(([attack, { name }]) => [name.toLowerCase(), attack]));

/** A program that the knowledge base has (`id`), or that ATT&CK, a rule, a command or a list names. */
export type NamedProgram = Omit<NamedSoftware, "id"> & Partial<Pick<NamedSoftware, "id">>;

/** A program as `facts.software` of a finding names it: by its id in ATT&CK (`S1040`), or by its type and name (`tool:WinRAR`, `malware:PUBLOAD - S1228`). Undefined for other words. */
export function softwareOf(named: string): NamedProgram | undefined {
  if (/^S\d{4}$/.test(named)) return { name: named, type: null, ...SOFTWARE[named], attack: named };
  const [, type, name = "", id] = /^(malware|tool):(.+?)(?: - (S\d{4}))?$/s.exec(named) ?? [];
  if (type !== "malware" && type !== "tool") return undefined;
  const attack = id ?? BY_NAME.get(name.toLowerCase());
  return { name, type, ...SOFTWARE[attack ?? ""], attack: attack ?? null };
}
