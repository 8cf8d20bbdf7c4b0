import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";

/** A self-signed certificate for 127.0.0.1, made for these tests and good for nothing else. */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmjCCAUCgAwIBAgIUXWdGWw68P6pCofumhMCqwDY+Ut4wCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwObG9uZ3dhdGNoIHRlc3QwIBcNMjYxMTIyMDg0MTUxWhgPMjEy
NjEwMjkwODQxNTFaMBkxFzAVBgNVBAMMDmxvbmd3YXRjaCB0ZXN0MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEj/jBBTKbM2ogB5VNxpCyMLP+2cr8UebXUYlcNvwR
MEPQxqObNqi01jWes+/Qma1uGBFgNCMHlaHVP7pLU7Cr1qNkMGIwHQYDVR0OBBYE
FD/FAnFZQOh2QNGWe/NNgLn19uYMMB8GA1UdIwQYMBaAFD/FAnFZQOh2QNGWe/NN
gLn19uYMMA8GA1UdEwEB/wQFMAMBAf8wDwYDVR0RBAgwBocEfwAAATAKBggqhkjO
PQQDAgNIADBFAiAoNBlJXnaXxAzihd6Buf8wasCD7ITyvMbe8wBO3GOMtAIhAKh0
t6YAIUGCC0szS5LcDh9VzzF2Uj9HDxFa7lZvxOyG
-----END CERTIFICATE-----
`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg68CnBR0gLW96pxWa
RgUeGpiuRO4GbqyDtTIV0cJvGBWhRANCAASP+MEFMpszaiAHlU3GkLIws/7ZyvxR
5tdRiVw2/BEwQ9DGo5s2qLTWNZ6z79CZrW4YEWA0IweVodU/uktTsKvW
-----END PRIVATE KEY-----
`;

/** Speaks TLS in front of `target`, as a server's own https port does. */
export async function startTlsFront(target: string): Promise<{ url: string; close(): void }> {
  const server: Server = createServer(
    { key: KEY, cert: CERTIFICATE, maxHeaderSize: 1 << 20 },
    (inbound, outbound) => forward(target, inbound, outbound),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function forward(target: string, inbound: IncomingMessage, outbound: ServerResponse): void {
  const { method, headers } = inbound;
  const passed = request(`${target}${inbound.url}`, { method, headers }, (answer) => {
    outbound.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outbound);
  });
  passed.on("error", () => outbound.destroy());
  inbound.pipe(passed);
}
