import { expect, test } from "vitest";
import { prose } from "../../src/report/html/markup.js";

test("dates and offsets from UTC do not break at their hyphens", () => {
  expect(prose("From 2023-09-07 on, at UTC-4.").text).toBe(
    'From <span class="solid">2023-09-07</span> on, at <span class="solid">UTC-4</span>.',
  );
});

test("text of others stays escaped and bounded", () => {
  expect(prose("<b>2023-09-07").text).toBe('&lt;b&gt;<span class="solid">2023-09-07</span>');
  expect(prose("x".repeat(10_000)).text.length).toBeLessThan(2_100);
});
