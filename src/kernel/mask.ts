/**
 * Secrets that logs carry by accident: kept out of rejects and evidence. The patterns are RE2 syntax, so that the engine and
 * JavaScript mask alike; each keeps its first group and hides the rest.
 */
export const SECRET_PATTERNS = [
  // password=…, "token": "…", api_key: …
  `((?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key)["']?[ ]*[:=][ ]*["']?)[^ "'&;,\\t]+`,
  // Authorization: Basic …, Bearer …
  `((?:basic|bearer)[ ]+)[A-Za-z0-9+/=._~-]{8,}`,
  // user:password@host
  `(://[^/:@ \\t]+:)[^/@ \\t]+@`,
] as const;

const COMPILED = SECRET_PATTERNS.map((pattern) => new RegExp(pattern, "gi"));

export function maskSecrets(text: string): string {
  return COMPILED.reduce((masked, pattern) => masked.replace(pattern, "$1***"), text);
}
