import { ASSET_ROLES, type Asset, type AssetRole } from "../../model/organisation.js";
import { canonicalAddress } from "../net/address.js";
import { Problems, quoted, type Warnings } from "../text/problems.js";
import { didYouMean } from "../text/suggest.js";
import { hasControlCharacters, readTable } from "../text/table.js";
import { EVERYWHERE } from "./organisations.js";

const COLUMNS = ["address", "realm", "name", "role", "criticality"] as const;
const ORDINARY = 3;

function readRole(text: string): AssetRole | undefined {
  const word = text.toLowerCase().replace(/[\s-]+/g, "_");
  return ASSET_ROLES.find((role) => role === word);
}

/**
 * Reads the asset list. An empty criticality is 3; an unknown role is `other`, with a warning; an empty realm means a public address.
 * @throws LongwatchError LW_INVENTORY with all bad lines.
 */
export function readAssets(text: string, file: string, warnings: Warnings): Asset[] {
  const problems = new Problems("LW_INVENTORY", file);
  const assets = new Map<string, Asset>();
  for (const row of readTable(text, { columns: COLUMNS, required: COLUMNS }, problems, warnings)) {
    const address = canonicalAddress(row.get("address"));
    if (address === undefined) {
      problems.add(
        row.line,
        `${quoted(row.get("address"))} is not an address: write it like 10.1.2.3 or 2001:db8::3`,
      );
      continue;
    }
    const level = row.get("criticality");
    if (!/^[1-5]?$/.test(level)) {
      problems.add(
        row.line,
        `criticality ${quoted(level)} is not a number from 1 (spare part) to 5 (the organisation stops without it)`,
      );
      continue;
    }
    const name = row.get("name").replace(/\s+/g, " ");
    const realm = row.get("realm") || EVERYWHERE;
    if (hasControlCharacters(name) || hasControlCharacters(realm)) {
      problems.add(row.line, "name or realm holds control characters");
      continue;
    }
    const role = readRole(row.get("role"));
    if (role === undefined && row.get("role") !== "") {
      warnings.add(
        `${file}:${row.line}: the role ${quoted(row.get("role"))} is not known${didYouMean(row.get("role"), ASSET_ROLES)}; read as "other". Known: ${ASSET_ROLES.join(", ")}`,
      );
    }
    const key = `${realm}\n${address}`;
    if (assets.has(key)) warnings.add(`${file}:${row.line}: ${address} stands twice; the first line counts`);
    else
      assets.set(key, {
        address,
        realm,
        name,
        role: role ?? "other",
        criticality: level === "" ? ORDINARY : Number(level),
      });
  }
  problems.throwIfAny();
  return [...assets.values()];
}
