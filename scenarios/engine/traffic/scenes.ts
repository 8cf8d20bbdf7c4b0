import { NO_SERVICE, REJ, RSTO, S0, SF } from "../connection.js";
import type { Scene } from "../scenes.js";
import { ascii } from "../slab.js";
import { strayVisit } from "./campaign.js";
import { type Context, clientPort, lookUp } from "./context.js";
import { tls } from "./tls.js";

export function playScene(context: Context, scene: Scene): void {
  const { recorder, rng } = context;
  const { ts, host } = scene;
  if (scene.kind === "upload") {
    if (rng.chance(0.4)) lookUp(context, host, scene.site, ts - 30000);
    tls(context, host, scene.site, ts, scene.duration, scene.sent, scene.received, true, SF);
  } else if (scene.kind === "visit") {
    strayVisit(context, scene);
  } else {
    recorder.open(ts, host.address, clientPort(rng), ascii(scene.address), scene.port, true, false);
    const end = scene.open ? RSTO : rng.chance(0.2) ? REJ : S0;
    recorder.tcp(NO_SERVICE, 200000 + rng.int(300000), 0, scene.open ? 120 : 0, end);
  }
}
