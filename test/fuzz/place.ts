import fc from "fast-check";

/** A share of something's length, each as likely as any other: fast-check's own doubles are spread over their exponents, and so nearly all next to 0. */
export const place = fc.noBias(fc.nat(2 ** 30 - 1)).map((part) => part / 2 ** 30);
