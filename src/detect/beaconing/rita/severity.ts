export interface Thresholds {
  base: number;
  low: number;
  medium: number;
  high: number;
}

/** Straight lines from 0.2 at `base` to 0.8 at `high`, and nothing below `base`: RITA's ladder for scores, seconds and subdomains. */
export function bucketedScore(value: number, { base, low, medium, high }: Thresholds): number {
  const between = (from: number, to: number, start: number) => start + ((value - from) / (to - from)) * 0.2;
  if (value < base) return 0;
  if (value < low) return between(base, low, 0.2);
  if (value < medium) return between(low, medium, 0.4);
  if (value < high) return between(medium, high, 0.6);
  return 0.8;
}

export function severityLabel(score: number): "none" | "low" | "medium" | "high" {
  if (score >= 0.6) return "high";
  if (score >= 0.4) return "medium";
  return score >= 0.2 ? "low" : "none";
}
