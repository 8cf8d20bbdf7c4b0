import type { DetectorManifest } from "../port.js";

export const manifest: DetectorManifest = {
  id: "many-odd-ports",
  title: "One server with many unusual ports for unrelated organisations",
  description:
    "Finds servers outside that answer on a handful of TCP ports which no ordinary service has and hardly any other server of this telemetry " +
    "answers on, and that a few hosts of several organisations keep using: a rented machine on which somebody runs many things. What is " +
    "ordinary is learned from the telemetry; neighbouring ports and ports of one known service count once, and a port counts only if it is used " +
    "again. Shared hosting, content networks, popular servers, peers, sweeps and negotiated data channels (FTP, RPC) are told apart. Facts of " +
    "a finding: server, ports, odd_ports, points, units, units_in_common, organisations, hosts, hosts_all, names, connections, bytes_out, " +
    "bytes_in, active_days, weeks, relation.",
  needs: ["contact_hourly"],
  uses: ["network_activity", "dns_activity", "tls_activity"],
  attack: ["T1571"],
  parameters: {
    min_points: {
      default: 2,
      unit: "odd services",
      meaning:
        "Servers with fewer odd services than this are not reported; a known or alternative one counts half.",
    },
    medium_points: { default: 2.5, unit: "odd services", meaning: "Least odd services for medium severity." },
    medium_organisations: {
      default: 3,
      unit: "organisations",
      meaning: "Least organisations that keep using the odd ports, for medium severity.",
    },
    units_in_common: {
      default: 2,
      unit: "odd services",
      meaning:
        "Odd services that two or more organisations must both use for medium severity. Behind a gateway that forwards ports everybody has a port of his own.",
    },
    hosts_per_organisation: {
      default: 5,
      unit: "hosts",
      meaning:
        "With more hosts than this in each organisation, on average, it is a service of the house: at most low.",
    },
    max_hosts: {
      default: 50,
      unit: "hosts",
      meaning: "A server that more of our hosts use, on whatever port, is popular and not weighed.",
    },
    max_share: {
      default: 0.6,
      unit: "share of organisations",
      meaning:
        "A server that a larger share of all organisations uses (where there are ten or more) is at most low.",
    },
    max_ports: {
      default: 40,
      unit: "ports",
      meaning:
        "More ports than this on one address are no handful: a gateway for many, a log with the two sides exchanged, a scan. It is set aside.",
    },
    peer_servers: {
      default: 50,
      unit: "servers",
      meaning:
        "A host that reaches more servers than this on ports that are not ordinary, and a third of all its servers so, is a peer-to-peer client: its contacts are left out.",
    },
    min_servers: {
      default: 30,
      unit: "servers",
      meaning: "Below so many servers outside that answered nothing can be said of which ports are usual.",
    },
    shared_sites: {
      default: 5,
      unit: "registrable domains",
      meaning:
        "An address that serves this many unrelated domains, or a provider's name, is shared and set aside.",
    },
    max_servers: {
      default: 50,
      unit: "servers",
      meaning: "Servers reported, by score; the rest is counted.",
    },
  },
  after: [],
};
