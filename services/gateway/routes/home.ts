import { createHash } from 'node:crypto';
import type { Config } from '../../../platform/config/schema.ts';
import type { Handler } from './handler.ts';

const STYLE =
  'body{max-width:42rem;margin:3rem auto;padding:0 1rem;font:1rem/1.6 system-ui,sans-serif}pre{overflow:auto}';
/** The one style is allowed by its hash (CSP3 §6.7.3.3), and nothing else. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** For people who open the address where the web app is not built, and for tools: what this is, and how to chat. */
export function homeHandler({ http }: Pick<Config, 'http'>): Handler {
  const html = page(
    http.publicUrl === '' ? `http://localhost:${http.port}` : http.publicUrl.replace(/\/$/, ''),
  );
  return async (_request, reply) =>
    reply.header('content-security-policy', POLICY).type('text/html; charset=utf-8').send(html);
}

function page(address: string): string {
  const at = escaped(address);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Dunlin</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Dunlin</h1>
<p>This is a chat server. Its wire is plain MQTT: any MQTT 3.1.1 client is a chat client or a bot.</p>
<h2>In a browser</h2>
<p>The web app is served here when it is built. Where it is not: run <code>npm run build:web</code> in the server’s folder, and load this page again.</p>
<h2>In a terminal</h2>
<pre>npm run chat -- --user alice --server ${at}</pre>
<h2>With nothing of ours</h2>
<p>Register; the answer holds what an MQTT client needs, under <code>mqtt</code>.</p>
<pre>curl -s ${at}/register -H 'content-type: application/json' \\
  -d '{"username":"carol","password":"…"}'</pre>
<p>Then connect with it, subscribe to the two inboxes at QoS 1, and publish commands to the outbox.</p>
<h2>The contract</h2>
<ul>
<li><a href="/asyncapi.json">MQTT (AsyncAPI)</a>, also as a WebSocket at <code>/ws</code></li>
<li><a href="/openapi.json">HTTP (OpenAPI)</a></li>
</ul>
</body>
</html>
`;
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (character) => entities[character]!);
