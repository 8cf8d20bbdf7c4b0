import { describe, expect, it } from "vitest";
import { ATTRIBUTION_MESSAGES } from "../../src/assess/index.js";
import { renderHtml } from "../../src/report/html/page.js";
import { attributionLines, attributionPart } from "../../src/report/terminal/attribution.js";
import { makeInk } from "../../src/report/terminal/ink.js";
import { artefact, CROWD, cluster, judgeOne, server, technique } from "../assess/attribution/support.js";
import { makeInput } from "./fixture.js";

const EVIL = "<img src=x onerror=alert(1)>\u001b[2J";
const fox = cluster("fox", {
  title: `Fox ${EVIL}`,
  techniques: ["T1197"],
  artefacts: [artefact("domain", "fox.example")],
  related: [{ id: "wolf", title: `Wolf ${EVIL}`, stance: "same_as", publisher: `Labs ${EVIL}`, grade: "B3" }],
});
const found = judgeOne([server("fox.example"), technique("T1197")], [...CROWD, fox, cluster("wolf")]);

describe("attribution in the reports", () => {
  const ink = makeInk(false);

  it("tells verdict, hypotheses, matrix and what to do in the terminal, and nothing acts", () => {
    const lines = attributionPart(found, { messages: ATTRIBUTION_MESSAGES }, 110, ink).join("\n");
    expect(lines).not.toContain("\u001b");
    expect(lines).not.toContain("[no text for");
    for (const text of [
      "Consistent with Fox",
      "an unknown cluster",
      "fox.example",
      "is the same as Wolf",
      "The verdict hangs on one piece of evidence",
    ])
      expect(lines).toContain(text);
  });

  it("is a line for each verdict in the summary", () => {
    const { assessment } = makeInput();
    const lines = attributionLines({ ...assessment, attribution: [found] }, 110, ink).join("\n");
    expect(lines).toContain("insufficient evidence in 0");
    expect(lines).toContain("incident-1: consistent with Fox");
    expect(lines).not.toContain("\u001b");
  });

  it("is a section with the matrix in the page, with hostile titles escaped", () => {
    const input = makeInput();
    const page = renderHtml({
      ...input,
      messages: { ...input.messages, ...ATTRIBUTION_MESSAGES },
      assessment: { ...input.assessment, attribution: [found] },
    });
    expect(page).toContain('id="attribution"');
    expect(page).toContain("speaks for");
    expect(page).toContain("Fox &lt;img");
    expect(page).not.toContain("<img src=x");
  });
});
