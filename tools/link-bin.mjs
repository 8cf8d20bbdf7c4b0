// Lets `npx longwatch` run this checkout's own command at once. A `bin` entry in package.json would not do: npm links the commands of
// dependencies only, and `npx` then installs the checkout into its cache, building it a second time, before it runs it.
import { chmodSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
chmodSync(`${root}dist/src/cli/main.js`, 0o755);
mkdirSync(`${root}node_modules/.bin`, { recursive: true });
rmSync(`${root}node_modules/.bin/longwatch`, { force: true });
symlinkSync("../../dist/src/cli/main.js", `${root}node_modules/.bin/longwatch`);
