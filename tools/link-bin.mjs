// Lets `npx longwatch` find this checkout's own command: npm links the commands of dependencies, not of the package itself, and `npx` would
// otherwise pack and install the checkout anew at each call.
import { chmodSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
chmodSync(`${root}dist/src/cli/main.js`, 0o755);
mkdirSync(`${root}node_modules/.bin`, { recursive: true });
rmSync(`${root}node_modules/.bin/longwatch`, { force: true });
symlinkSync("../../dist/src/cli/main.js", `${root}node_modules/.bin/longwatch`);
