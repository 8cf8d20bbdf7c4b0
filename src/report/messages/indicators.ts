/** Words of the section on indicators. `{n}` is the n-th argument. */
export const INDICATOR_MESSAGES = {
  "indicators.title": "Indicators",
  "indicators.short": "Indicators",
  "indicators.none":
    "There is no indicator: no public name, address, network or fingerprint was confirmed or suspected.",
  "indicators.lead":
    "Defanged, so that nothing becomes a link: hxxp stands for http, [.] for a dot and [:] for a colon. Blocks to copy select themselves whole with one click. Only what is confirmed and not withheld goes into rules.",
  "indicators.marking": "{0} unless the table says a stricter marking.",
  "indicators.unusable":
    "Infrastructure that is no indicator (private or special addresses, values that are no name): {0}.",
  "indicators.capped":
    "The first {0} of {1}: all are in indicators.csv (longwatch report --format indicators).",
  "indicators.block": "To copy: {0}",
  "indicators.kind.domain": "Names",
  "indicators.kind.ipv4": "IPv4 addresses",
  "indicators.kind.ipv6": "IPv6 addresses",
  "indicators.kind.ipv4-network": "IPv4 networks",
  "indicators.kind.ipv6-network": "IPv6 networks",
  "indicators.kind.md5-certificate": "Certificates (MD5)",
  "indicators.kind.sha1-certificate": "Certificates (SHA-1)",
  "indicators.kind.sha256-certificate": "Certificates (SHA-256)",
  "indicators.kind.ja3": "TLS fingerprints (JA3)",
  "indicators.kind.ja4": "TLS fingerprints (JA4)",
  "indicators.head.value": "Indicator",
  "indicators.head.first": "First seen",
  "indicators.head.last": "Last seen",
  "indicators.head.confidence": "Confidence",
  "indicators.head.tlp": "TLP",
  "indicators.head.why": "Why",
  "indicators.withheld.shared": "In no rule: shared hosting.",
  "indicators.withheld.popular": "In no rule: popular here.",
  "indicators.withheld.suffix": "In no rule: a public suffix.",
} as const;
