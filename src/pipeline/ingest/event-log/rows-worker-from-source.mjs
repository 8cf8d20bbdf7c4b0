// Development only: a thread does not inherit the TypeScript loader, so it loads the loader first.
import { register } from "tsx/esm/api";

register();
await import("./rows-worker.ts");
