import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parseAddress } from "../../src/store/clickhouse/address.js";

const folder = mkdtempSync(join(tmpdir(), "longwatch-address-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => {
  const path = join(folder, name);
  writeFileSync(path, name);
  return path;
};

describe("--store", () => {
  test("is read into its parts", () => {
    expect(
      parseAddress("http://anna%40cert@db.example:8123/case_7", { LONGWATCH_STORE_PASSWORD: "x" }),
    ).toEqual({
      url: "http://db.example:8123",
      database: "case_7",
      username: "anna@cert",
      password: "x",
      tls: undefined,
      local: false,
      timeout: 1_800_000,
    });
    expect(parseAddress("http://[::1]:8123", {})).toMatchObject({
      database: "longwatch",
      username: "default",
      local: true,
    });
  });

  test.each([
    ["http://u:topsecret@h:8123/db", /LONGWATCH_STORE_PASSWORD/],
    ["ftp://h/db", /http:\/\//],
    ["h:8123/db", /http:\/\//],
    ["nonsense", /no address/],
    ["http://h:8123/a/b", /letters, digits/],
    ["http://h:8123/db`; DROP DATABASE x", /letters, digits/],
    ["http://h:8123/db?readonly=0", /takes no \?settings/],
  ])("refuses %s", (store, message) => {
    const parse = () => parseAddress(store, {});
    expect(parse).toThrow(message);
    expect(parse).toThrow(expect.objectContaining({ code: "LW_USAGE" }));
    expect(parse).not.toThrow(/topsecret/);
  });

  test("takes certificates from the environment, for https only", () => {
    const environment = {
      LONGWATCH_STORE_CA: file("ca"),
      LONGWATCH_STORE_CERT: file("cert"),
      LONGWATCH_STORE_KEY: file("key"),
    };
    expect(parseAddress("https://h:8443", environment).tls).toEqual({
      ca_cert: Buffer.from("ca"),
      cert: Buffer.from("cert"),
      key: Buffer.from("key"),
    });
    expect(parseAddress("http://h:8123", environment).tls).toBeUndefined();
    expect(parseAddress("https://h:8443", {}).tls).toBeUndefined();
  });

  test.each([
    [{ LONGWATCH_STORE_CA: "missing.pem" }, /LONGWATCH_STORE_CA names a file that cannot be read/],
    [{ LONGWATCH_STORE_CERT: file("cert") }, /set together/],
    [{ LONGWATCH_STORE_CERT: file("cert"), LONGWATCH_STORE_KEY: file("key") }, /needs LONGWATCH_STORE_CA/],
    [{ LONGWATCH_STORE_TIMEOUT: "soon" }, /seconds/],
  ])("refuses the environment %j", (environment, message) => {
    const parse = () => parseAddress("https://h:8443", environment);
    expect(parse).toThrow(message);
    expect(parse).toThrow(expect.objectContaining({ code: "LW_CONFIG" }));
  });
});
