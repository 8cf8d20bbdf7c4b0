/** NetBIOS names end after 15 characters; the rest of a longer name is not in them. */
const NETBIOS_LENGTH = 15;

/** `\\HOST`, `HOST$`, `Host.Example.` as the name that hosts are known by: lower case, without what is none of it. */
export function plainHostName(name: string): string {
  return name
    .toLowerCase()
    .replace(/^\\+/, "")
    .replace(/\$(@.*)?$/, "")
    .replace(/\.+$/, "");
}

/** Joins the names without a domain to those with one: where exactly one host of the realm is called so, they are the same. */
export class HostNames {
  /** Full names by realm and first label as NetBIOS has it; `undefined` where there are several. */
  readonly #full = new Map<string, string | undefined>();

  /** @param names of hosts as they call themselves; names that others give them may be anybody's, and join nothing */
  constructor(names: Iterable<{ realm: string; host: string }>) {
    for (const { realm, host } of names) {
      const name = plainHostName(host);
      if (!name.includes(".")) continue;
      const key = shortKey(realm, name);
      this.#full.set(key, this.#full.has(key) && this.#full.get(key) !== name ? undefined : name);
    }
  }

  nameOf(realm: string, host: string): string {
    const name = plainHostName(host);
    return name.includes(".") ? name : (this.#full.get(shortKey(realm, name)) ?? name);
  }
}

function shortKey(realm: string, name: string): string {
  const [label = ""] = name.split(".");
  return `${realm}\n${label.slice(0, NETBIOS_LENGTH)}`;
}
