import { expect, it } from "vitest";
import { csvWithoutFormulas } from "../../src/kernel/spreadsheet.js";

async function* parts(text: string, size: number): AsyncIterable<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

async function disarm(text: string, size: number): Promise<string> {
  let all = "";
  for await (const part of csvWithoutFormulas(parts(text, size))) all += part;
  return all;
}

const GIVEN = [
  '"name","n"',
  "\"=cmd|' /C calc'!A0\",-5",
  '"  @SUM(1)",1.5',
  '"a, ""=1"" b\n=2",3',
  '"","\uff1d1"',
  '"""=x","-"',
  '"a;=1+1; -2;b=1;"";@x"";=;""=3"",","; "',
].join("\n");

it("makes text of every formula and changes nothing else, wherever the parts end", async () => {
  for (let size = 1; size <= GIVEN.length; size++)
    expect(await disarm(GIVEN, size)).toBe(
      [
        '"name","n"',
        "\"'=cmd|' /C calc'!A0\",-5",
        '"\'  @SUM(1)",1.5',
        '"a, ""=1"" b\n=2",3',
        '"","\'\uff1d1"',
        '"""=x","\'-"',
        '"a;\'=1+1;\' -2;b=1;"";\'@x"";\'=;\'""=3"",","; "',
      ].join("\n"),
    );
});
