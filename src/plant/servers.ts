import { type Random, sample, whole } from "./random.js";
import type { Shape } from "./shapes.js";

/** A server that never was. */
export interface Server {
  /** Of 198.18.0.0/15, which nobody has on the Internet (RFC 2544, appendix C.2.2). */
  address: string;
  /** Name that clients ask for; undefined where the shape has none. */
  name: string | undefined;
  /** The registrable domain of the name. */
  domain: string | undefined;
  port: number;
  tls: boolean;
}

const SPACE = 2 ** 17;
const CONSONANTS = "bdfgklmnprstvz";
const VOWELS = "aeiou";

/** An address that nobody has yet, which it is added to. @throws where the space is full */
export function freshAddress(random: Random, taken: Set<string>): string {
  // Sought from a random place on, so that it ends also where the space is nearly full.
  const start = whole(random, 0, SPACE - 1);
  for (let step = 0; step < SPACE; step++) {
    const number = (start + step) % SPACE;
    const address = `198.${18 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
    if (taken.has(address)) continue;
    taken.add(address);
    return address;
  }
  throw new Error("there is no address left in 198.18.0.0/15");
}

/** @param taken addresses that are in use; the server's is added */
export function serverOf(shape: Shape, random: Random, taken: Set<string>): Server {
  const address = freshAddress(random, taken);
  const { names, port, tls } = shape;
  if (names === undefined) return { address, name: undefined, domain: undefined, port, tls };
  const one = (list: readonly string[]) => sample(random, list, 1)[0] ?? "";
  // 14 × 5 to the fourth: 24 million stems, so that no two servers are alike and none is one of the case.
  const syllable = () => one([...CONSONANTS]) + one([...VOWELS]);
  const domain = `${syllable()}${syllable()}${syllable()}${syllable()}${one(names.words)}.${one(names.suffixes)}`;
  return { address, name: `${one(names.labels)}.${domain}`, domain, port, tls };
}
