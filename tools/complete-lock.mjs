// Completes package-lock.json after `npm install` on a registry mirror that lacks the packages of other platforms: npm then leaves those
// entries out, and `npm ci` refuses the lock on every machine. Versions are those that the parent package pins; a package that is not for
// this platform is never fetched. Run: node tools/complete-lock.mjs
import { readFileSync, writeFileSync } from "node:fs";

const PATH = new URL("../package-lock.json", import.meta.url);
const SYSTEMS = ["android", "darwin", "freebsd", "linux", "openharmony", "win32"];
const PROCESSORS = ["arm", "arm64", "ia32", "ppc64", "riscv64", "s390x", "x64"];

const lock = JSON.parse(readFileSync(PATH, "utf8"));
const packages = lock.packages;
const known = (name) => Object.keys(packages).some((key) => key.endsWith(`node_modules/${name}`));
for (const parent of Object.values(packages)) {
  for (const [name, range] of Object.entries(parent.optionalDependencies ?? {})) {
    if (known(name)) continue;
    const words = name.split("/").at(-1).split("-");
    const os = SYSTEMS.filter((system) => words.includes(system));
    const cpu = PROCESSORS.filter((processor) => words.includes(processor));
    const libc = words.some((word) => word.startsWith("musl")) ? ["musl"] : ["glibc"];
    packages[`node_modules/${name}`] = {
      version: range.replace(/^[\^~]/, ""),
      ...(cpu.length > 0 && { cpu }),
      ...(parent.dev && { dev: true }),
      ...(os[0] === "linux" && { libc }),
      optional: true,
      ...(os.length > 0 && { os }),
    };
    process.stdout.write(`added ${name} ${range}\n`);
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(PATH, `${JSON.stringify(lock, null, 2)}\n`);
