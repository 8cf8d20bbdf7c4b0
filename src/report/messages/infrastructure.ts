/** Words of the infrastructure. `{n}` is the n-th argument. */
export const INFRASTRUCTURE_MESSAGES = {
  "infrastructure.title": "Infrastructure",
  "infrastructure.short": "Infrastructure",
  "infrastructure.none": "No server, name or certificate was confirmed or suspected.",
  "infrastructure.label":
    "Graph: {0, plural, one {# piece} other {# pieces}} of infrastructure and who was in contact",
  "infrastructure.caption":
    "Thin lines: contact (not drawn again to an address or certificate whose name shows it already). Dashed lines: why two pieces belong together, see the table of links.",
  "infrastructure.by-sector": "Organisations are drawn by sector.",
  "infrastructure.left-out":
    "{0, plural, one {# piece} other {# pieces}} with lower scores not drawn, see the table.",
  "infrastructure.table": "Links of the graph as a table ({0})",
  "infrastructure.first": "The first {0} of {1} links",
  "infrastructure.more":
    "{0, plural, one {# more piece} other {# more pieces}} with lower scores left out here; all stand in assessment.json.",
  "infrastructure.column.names": "Names",
  "infrastructure.column.addresses": "Addresses",
  "infrastructure.column.certificates": "Certificates and fingerprints",
} as const;
