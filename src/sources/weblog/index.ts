import type { Detection, Probe, Source } from "../port.js";
import { accessLogReader } from "./access-log.js";
import { squidReader } from "./squid.js";
import { w3cReader } from "./w3c.js";

export const weblogSource: Source = {
  id: "weblog",
  title: "Logs of web servers and proxies",
  formats: [
    {
      format: "access-log",
      description: "Apache, nginx, Tomcat: the common and combined formats, with or without the virtual host",
    },
    { format: "w3c-log", description: "IIS: W3C extended log format" },
    { format: "squid-log", description: "Squid's native access.log" },
  ],
  detect(probe: Probe): Detection {
    const reasons: string[] = [];
    for (const readerOf of [w3cReader, accessLogReader, squidReader]) {
      const reader = readerOf(probe);
      if (typeof reader !== "string") return { recognised: true, reader };
      reasons.push(reader);
    }
    return { recognised: false, refused: reasons.join(", ") };
  },
};
