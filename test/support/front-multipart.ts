/** Parts of a multipart/form-data body by name, as @clickhouse/client writes them: one header line, text values. */
export function parseMultipart(body: string, boundary: string): Map<string, string> {
  const parts = new Map<string, string>();
  for (const part of body.split(`--${boundary}`)) {
    const match = /^\r\nContent-Disposition: form-data; name="([\w.-]+)"\r\n\r\n([\s\S]*)\r\n$/.exec(part);
    if (match?.[1] !== undefined && match[2] !== undefined) parts.set(match[1], match[2]);
  }
  return parts;
}
