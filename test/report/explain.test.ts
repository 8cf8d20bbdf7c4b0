import { describe, expect, test } from "vitest";
import { joinList } from "../../src/kernel/lists.js";
import { explain, explainText, renderArgument } from "../../src/report/explain.js";
import {
  formatBytes,
  formatDay,
  formatDuration,
  formatNumber,
  formatPercent,
  formatTime,
} from "../../src/report/format.js";

describe("explanations", () => {
  test("typed arguments become words, each in its own notation", () => {
    const text = explainText(
      {
        key: "k",
        args: [
          { type: "host", value: "10.0.0.1" },
          { type: "number", value: 1234567 },
          { type: "bytes", value: 1_234_567_890 },
          { type: "time", value: "2023-09-29T01:02:03Z" },
          { type: "duration", value: 93_600 },
          { type: "percent", value: 0.971 },
          { type: "list", value: ["a", "b", "c"] },
        ],
      },
      { k: "{0} connected {1} times, {2}, since {3}, for {4}, {5}: {6}. Again {0}." },
    );
    expect(text).toBe(
      "10.0.0.1 connected 1,234,567 times, 1.23 GB, since 2023-09-29 01:02 UTC, for 1 day 2 h, 97 %: a, b and c. Again 10.0.0.1.",
    );
  });

  test("a rounded value keeps its exact one", () => {
    expect(renderArgument({ type: "bytes", value: 1_234_567_890 })).toEqual({
      text: "1.23 GB",
      kind: "bytes",
      exact: "1,234,567,890 bytes",
    });
    const names = Array.from({ length: 20 }, (_, index) => `host-${index}`);
    const list = renderArgument({ type: "list", value: names });
    expect(list.text).toMatch(/and 8 more$/);
    expect(list.exact).toBe(names.join(", "));
  });

  test("a missing template is shown with its arguments, and a missing argument is named", () => {
    expect(
      explainText({ key: "nobody.wrote", args: [{ type: "domain", value: "x.example" }] }, {}),
    ).toContain("[no text for “nobody.wrote”] x.example");
    expect(explain({ key: "k", args: [] }, { k: "{0} is up" })[0]).toEqual({
      text: "[argument 0 is missing]",
      kind: "problem",
    });
  });

  test("a key of Object.prototype is not a template, and an argument is not a template either", () => {
    expect(explainText({ key: "constructor", args: [] }, {})).toContain("no text for");
    expect(
      explainText(
        {
          key: "k",
          args: [
            { type: "text", value: "{1}" },
            { type: "text", value: "secret" },
          ],
        },
        { k: "a {0} b" },
      ),
    ).toBe("a {1} b");
  });

  test("values that do not fit their type are shown as they are", () => {
    expect(renderArgument({ type: "bytes", value: "many" }).text).toBe("many");
    expect(renderArgument({ type: "time", value: "yesterday" }).text).toBe("yesterday");
    expect(renderArgument({ type: "list", value: [] }).text).toBe("none");
  });
});

test("numbers, bytes, times, durations and shares", () => {
  expect([0, 999, 999.4, 999_500, 1e6, 12_345_678, 1.5e21].map(formatBytes)).toEqual([
    "0 B",
    "999 B",
    "999 B",
    "1.00 MB",
    "1.00 MB",
    "12.3 MB",
    "1500 EB",
  ]);
  expect([1234.567, 0.00012345, -3, Number.NaN].map(formatNumber)).toEqual([
    "1,234.57",
    "0.000123",
    "-3",
    "NaN",
  ]);
  expect([0, 0.004, 0.5, 0.996, 1].map(formatPercent)).toEqual(["0 %", "<1 %", "50 %", ">99 %", "100 %"]);
  expect([0.25, 59, 60, 3_600, 5_400, 86_400, 1e6].map(formatDuration)).toEqual([
    "0.3 s",
    "59 s",
    "1 min",
    "1 h",
    "1 h 30 min",
    "1 day",
    "11 days 13 h",
  ]);
  expect(formatDay("2023-09-29 23:59:59.5")).toBe("2023-09-29");
  expect(formatTime(Date.UTC(2023, 0, 2, 3, 4))).toBe("2023-01-02 03:04 UTC");
  expect(joinList(["a"])).toBe("a");
});
