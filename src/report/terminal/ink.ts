/** Colours of the terminal, or none. Text from logs must have gone through `safe` before it comes here. */
export interface Ink {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  blue(text: string): string;
}

export interface TerminalOptions {
  colour: boolean;
  /** Columns; held between 80 and 200. */
  width: number;
}

export function makeInk(colour: boolean): Ink {
  const paint = (on: number, off: number) => (text: string) =>
    colour && text !== "" ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    yellow: paint(33, 39),
    blue: paint(36, 39),
  };
}

export function terminalWidth(width: number): number {
  return Math.max(80, Math.min(200, Number.isFinite(width) ? Math.floor(width) : 80));
}
