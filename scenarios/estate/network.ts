import { MINUTE, SECOND } from "../engine/clock.js";
import { skewed, weighted } from "../engine/rng.js";
import type { DayBook } from "./day-book.js";
import { type Host, hex, hostOf } from "./estate.js";

const SETS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

export interface Flow {
  from: string;
  to: string;
  port: number;
  out: number;
  in: number;
  seconds: number;
  service?: string;
}

/** What a sensor at the border and between the servers and everybody else sees. */
export class Network {
  constructor(readonly book: DayBook) {}

  private uid(): string {
    return `C${Array.from({ length: 17 }, () => SETS[this.book.rng.int(62)]).join("")}`;
  }

  /** The address of a name in the ordinary world: made up of the name. */
  static addressOf(name: string): string {
    const n = Number.parseInt(hex(`address ${name}`, 6), 16);
    return `${[104, 142, 151, 13, 52, 20][n % 6]}.${(n >> 3) % 250}.${(n >> 8) % 250}.${1 + ((n >> 14) % 250)}`;
  }

  private static local = (address: string): boolean => address.startsWith("10.");

  /** A connection of TCP. @returns its uid, its endpoints and the client's port */
  flow(
    ts: number,
    { from, to, port, out, in: back, seconds, service = "-" }: Flow,
  ): { id: string; sourcePort: number } {
    const sourcePort = 49152 + this.book.rng.int(16000);
    const id = `${this.uid()}\t${from}\t${sourcePort}\t${to}\t${port}`;
    const [packetsOut, packetsIn] = [4 + Math.ceil(out / 1400), 4 + Math.ceil(back / 1400)];
    const flag = (address: string) => (Network.local(address) ? "T" : "F");
    const row = [
      id,
      "tcp",
      service,
      seconds.toFixed(6),
      out,
      back,
      "SF",
      flag(from),
      flag(to),
      0,
      "ShADadFf",
    ];
    this.book.sensed("conn", ts, [
      ...row,
      packetsOut,
      out + 40 * packetsOut,
      packetsIn,
      back + 40 * packetsIn,
      "-",
    ]);
    return { id, sourcePort };
  }

  /** A question to the domain controller. */
  ask(ts: number, host: Host, name: string, answer: string): void {
    const { rng, estate } = this.book;
    const controller = hostOf(estate, "domain_controller").address;
    const id = `${this.uid()}\t${host.address}\t${49152 + rng.int(16000)}\t${controller}\t53`;
    const length = name.length + 18;
    const rtt = (0.0004 + rng.float() * 0.02).toFixed(6);
    this.book.sensed("conn", ts, [
      id,
      "udp",
      "dns",
      rtt,
      length,
      length + 16,
      "SF",
      "T",
      "T",
      0,
      "Dd",
      1,
      length + 28,
      1,
      length + 44,
      "-",
    ]);
    this.book.sensed("dns", ts, [
      id,
      "udp",
      rng.int(65536),
      rtt,
      name,
      1,
      "C_INTERNET",
      1,
      "A",
      0,
      "NOERROR",
      "F",
      "F",
      "T",
      "T",
      0,
      answer,
      "300.000000",
      "F",
    ]);
  }

  /** A page by TLS: name, connection, handshake. */
  tls(
    ts: number,
    host: Host,
    name: string,
    out: number,
    back: number,
    address = Network.addressOf(name),
    client = "an ordinary browser",
  ): number {
    const { rng } = this.book;
    if (rng.chance(0.5)) this.ask(ts - 30_000, host, name, address);
    const { id, sourcePort } = this.flow(ts, {
      from: host.address,
      to: address,
      port: 443,
      out,
      in: back,
      seconds: 0.2 + rng.float() * 40,
      service: "ssl",
    });
    this.book.sensed("ssl", ts + 40_000, [
      id,
      "TLSv13",
      "TLS_AES_256_GCM_SHA384",
      "x25519",
      name,
      "F",
      "-",
      "h2",
      "T",
      "CsiI",
      "-",
      "-",
      "-",
      "-",
      hex(`fingerprint of ${client}`, 32),
      "-",
    ]);
    return sourcePort;
  }

  http(ts: number, from: string, to: string, name: string, uri: string, agent: string, back: number): void {
    const { id } = this.flow(ts, { from, to, port: 80, out: 400, in: back, seconds: 0.4, service: "http" });
    this.book.sensed("http", ts + 30_000, [
      id,
      1,
      "GET",
      name,
      uri,
      "-",
      "1.1",
      agent,
      "-",
      0,
      back - 300,
      200,
      "OK",
      "-",
      "-",
      "(empty)",
      "-",
      "-",
      "-",
      "-",
      "-",
      "-",
      "-",
      "-",
      "-",
    ]);
  }

  /** A file given to a server of FTP: little on the connection for commands, the file on another. @returns the ports of the client on both, and the server's for the file */
  ftp(
    ts: number,
    host: Host,
    to: string,
    { user, file, size, seconds }: { user: string; file: string; size: number; seconds: number },
  ): { command: number; data: number; port: number } {
    const port = 50000 + this.book.rng.int(9000);
    const command = this.flow(ts, {
      from: host.address,
      to,
      port: 21,
      out: 180,
      in: 640,
      seconds: seconds + 2,
      service: "ftp",
    });
    const data = this.flow(ts + SECOND, {
      from: host.address,
      to,
      port,
      out: size,
      in: 0,
      seconds,
      service: "ftp-data",
    });
    for (const [verb, arg, fileSize, code, said] of [
      ["EPSV", "-", "-", 229, "Entering Extended Passive Mode"],
      ["STOR", `ftp://${to}/in/${file}`, size, 226, "Transfer complete"],
    ])
      this.book.sensed("ftp", ts + 400_000, [
        command.id,
        user,
        "<hidden>",
        verb as string,
        arg as string,
        "-",
        fileSize as string | number,
        code as number,
        said as string,
        "T",
        host.address,
        to,
        port,
        "-",
      ]);
    return { command: command.sourcePort, data: data.sourcePort, port };
  }

  mail(ts: number, from: string, to: string, message: Message): void {
    const { id } = this.flow(ts, {
      from,
      to,
      port: 25,
      out: message.size,
      in: 600,
      seconds: 2.5,
      service: "smtp",
    });
    const { sender, recipient, subject, id: messageId, helo } = message;
    this.book.sensed("smtp", ts + 100_000, [
      id,
      1,
      helo,
      sender,
      recipient,
      new Date(ts / 1000).toUTCString(),
      `<${sender}>`,
      `<${recipient}>`,
      "-",
      message.replyTo ?? "-",
      messageId,
      "-",
      subject,
      "-",
      "-",
      "-",
      "250 2.0.0 Ok: queued",
      `${to},${from}`,
      "-",
      "F",
      "(empty)",
      "F",
    ]);
  }

  lease(ts: number, host: Host): void {
    const server = hostOf(this.book.estate, "domain_controller").address;
    const domain = this.book.estate.organisation.domain;
    this.book.sensed("dhcp", ts, [
      this.uid(),
      host.address,
      server,
      host.mac,
      host.name,
      host.computer,
      domain,
      host.address,
      host.address,
      "86400.000000",
      "-",
      "-",
      "REQUEST,ACK",
      "0.004000",
    ]);
  }

  /** A stay on the web: a few sites, each with what it takes along. */
  browse(from: number, to: number, host: Host, visits: number): void {
    const { rng, estate } = this.book;
    const sites = estate.description.software.sites;
    for (let n = 0; n < visits; n++) {
      const site = weighted(rng, sites);
      this.tls(rng.between(from + MINUTE, to - SECOND), host, site, skewed(rng, 1800), skewed(rng, 16000));
    }
  }
}

export interface Message {
  sender: string;
  recipient: string;
  subject: string;
  id: string;
  helo: string;
  size: number;
  replyTo?: string;
}
