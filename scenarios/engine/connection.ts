import { ascii } from "./slab.js";

/** How a connection ended, in Zeek's words. */
export interface Ending {
  state: Uint8Array;
  history: Uint8Array;
  /** Whether data passed. */
  data: boolean;
  /** Packets each way besides those that carry data. */
  origPackets: number;
  respPackets: number;
}

function ending(state: string, history: string, data: boolean, orig: number, resp: number): Ending {
  return { state: ascii(state), history: ascii(history), data, origPackets: orig, respPackets: resp };
}

export const SF = ending("SF", "ShADadFf", true, 4, 3);
export const SF_SERVER_CLOSES = ending("SF", "ShADadfF", true, 4, 3);
export const SF_ANSWER_FIRST = ending("SF", "ShAdDaFf", true, 4, 3);
export const S1 = ending("S1", "ShADad", true, 2, 1);
export const RSTO = ending("RSTO", "ShADadR", true, 3, 1);
export const RSTR = ending("RSTR", "ShADadFr", true, 3, 2);
export const S0 = ending("S0", "S", false, 1, 0);
export const S0_RETRIED = ending("S0", "S", false, 3, 0);
export const REJ = ending("REJ", "Sr", false, 1, 1);
export const UDP_BOTH = ending("SF", "Dd", true, 0, 0);
export const ICMP = ending("OTH", "-", true, 0, 0);

const ORDINARY = [
  ...Array<Ending>(50).fill(SF),
  ...Array<Ending>(20).fill(SF_SERVER_CLOSES),
  ...Array<Ending>(4).fill(SF_ANSWER_FIRST),
  ...Array<Ending>(8).fill(RSTO),
  ...Array<Ending>(6).fill(RSTR),
  ...Array<Ending>(4).fill(S1),
  ...Array<Ending>(4).fill(S0_RETRIED),
  ...Array<Ending>(2).fill(S0),
  ...Array<Ending>(2).fill(REJ),
];

/** `bits`: at least seven random bits. About 8 % of ordinary attempts fail, as on real networks. */
export function ordinaryEnding(bits: number): Ending {
  return ORDINARY[(bits >>> 0) % 100] ?? SF;
}

export const TCP = ascii("tcp");
export const UDP = ascii("udp");
export const ICMP_PROTOCOL = ascii("icmp");
export const NO_SERVICE = ascii("-");
export const SERVICE = {
  dns: ascii("dns"),
  ssl: ascii("ssl"),
  http: ascii("http"),
  ntp: ascii("ntp"),
  smb: ascii("gssapi,smb,ntlm"),
  krb: ascii("krb_tcp"),
  ldap: ascii("ldap_tcp"),
  smtp: ascii("smtp"),
  ssh: ascii("ssh"),
  quic: ascii("quic"),
};

/** Bytes of payload in a full packet, and of headers in every packet. */
export const PAYLOAD = 1380;
export const TCP_HEADERS = 52;
export const TCP_SYN_HEADERS = 60;
export const UDP_HEADERS = 28;
