import type { Markup } from "../markup.js";
import { FONT, INK, renderChart } from "./render.js";

/** A picture put together from rectangles, lines and texts at places that we compute, for what is no chart of ECharts' own. */
export class Drawing {
  readonly #elements: object[] = [];

  rect(
    x: number,
    y: number,
    width: number,
    height: number,
    fill: string,
    more: { opacity?: number; radius?: number; stroke?: string } = {},
  ): void {
    const { opacity = 1, radius = 0, stroke } = more;
    this.#elements.push({
      type: "rect",
      silent: true,
      shape: { x: round(x), y: round(y), width: round(width), height: round(height), r: radius },
      style: { fill, opacity, ...(stroke === undefined ? {} : { stroke, lineWidth: 1.5 }) },
    });
  }

  line(
    points: readonly (readonly [x: number, y: number])[],
    stroke: string,
    width = 1,
    dashed = false,
  ): void {
    this.#elements.push({
      type: "polyline",
      silent: true,
      shape: { points: points.map(([x, y]) => [round(x), round(y)]) },
      style: { stroke, lineWidth: width, fill: "none", ...(dashed ? { lineDash: [4, 3] } : {}) },
    });
  }

  text(
    x: number,
    y: number,
    text: string,
    more: { align?: "left" | "center" | "right"; color?: string; bold?: boolean; size?: number } = {},
  ): void {
    const { align = "left", color = INK.muted, bold = false, size = 12 } = more;
    this.#elements.push({
      type: "text",
      silent: true,
      x: round(x),
      y: round(y),
      style: {
        text,
        fill: color,
        fontSize: size,
        fontWeight: bold ? 600 : 400,
        fontFamily: FONT,
        align,
        verticalAlign: "middle",
      },
    });
  }

  /** Upright lines at equal steps of time from `top` to `bottom`, each with its time below; the outer ones stay within the picture. */
  timeAxis(axis: {
    /** Milliseconds since 1970, and from there on. */
    first: number;
    length: number;
    x: (time: number) => number;
    top: number;
    bottom: number;
    /** Steps, so that there is one line more. */
    parts: number;
    text: (time: number) => string;
  }): void {
    const { first, length, x, top, bottom, parts, text } = axis;
    for (let part = 0; part <= parts; part++) {
      const time = first + (length * part) / parts;
      const at = x(time);
      this.line(
        [
          [at, top],
          [at, bottom],
        ],
        INK.rule,
      );
      const align = part === 0 ? "left" : part === parts ? "right" : "center";
      this.text(at, bottom + 14, text(time), { align });
    }
  }

  render(frame: { id: string; label: string; width: number; height: number }): Markup {
    return renderChart({ ...frame, option: { graphic: this.#elements } });
  }
}

/** Tenths of a pixel are enough, and keep the file small. */
const round = (value: number): number => Math.round(value * 10) / 10;
