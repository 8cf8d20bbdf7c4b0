import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "false-protocol",
  title: "Connections that are not what their port says",
  description:
    "Finds connections to TCP ports 443 and 80 outside that carry something else than TLS and HTTP, and TLS records without a handshake: the " +
    "shape of backdoors that send their own frames, some with a forged TLS record header, through the one port that every firewall leaves " +
    "open. What was spoken is what the sensor recognised; so only sensors are judged that do recognise protocols, at the time, and only " +
    "connections whose beginning they saw without gaps. Other protocols that the sensor did recognise (SSH on 443) are named. A server that few " +
    "know, that has no name, that comes back and sends both ways weighs most.",
  needs: ["network_activity"],
  uses: ["tls_activity", "http_activity", "dns_activity"],
  attack: ["T1001.003", "T1095", "T1571"],
  parameters: {
    min_recognised_share: {
      default: 0.5,
      unit: "share of connections",
      meaning:
        "Share of a sensor's whole connections to a port in which it recognised the port's protocol, in the week around a day, for the day to be judged.",
    },
    busy_day: {
      default: 20,
      unit: "connections",
      meaning:
        "A day with so many whole connections to a port must have the share by itself: where analysis was down for a day, everything looks wrong.",
    },
    reliable_share: {
      default: 0.8,
      unit: "share of connections",
      meaning: "The same share of the sensor over all judged days, for medium severity.",
    },
    handshake_bytes: {
      default: 4000,
      unit: "bytes",
      meaning:
        "Bytes that must go each way in a TLS connection without a finished handshake: a handshake that failed sends less from the client.",
    },
    medium_connections: {
      default: 5,
      unit: "connections",
      meaning: "Least connections with data both ways, for medium severity.",
    },
    medium_span_seconds: {
      default: 3600,
      unit: "seconds",
      meaning: "Least time between the first and the last of them, or that one lasted, for medium severity.",
    },
    medium_score: { default: 0.7, unit: "score", meaning: "Least score for medium severity." },
    low_score: { default: 0.45, unit: "score", meaning: "Least score for low severity." },
    rare_hosts: {
      default: 3,
      unit: "hosts",
      meaning: "A server that more of our hosts contact is at most low: software on many machines speaks so.",
    },
    max_findings: {
      default: 50,
      unit: "findings",
      meaning: "Findings reported, by severity and score; the rest is counted.",
    },
  },
  after: [],
};
