// The floor of a page: the same document and style sheet from a server that only sends bytes, without script.
import { createServer } from 'node:http';

/** Serves a copy of the page at `url` without its scripts; returns its address and how to stop. */
export async function staticCopy(url) {
  const origin = new URL(url).origin;
  const page = await (await fetch(url)).text();
  const plain = page
    .replaceAll(/<script[^>]*>[\s\S]*?<\/script>/g, '')
    .replaceAll(/<link[^>]*rel="(modulepreload|preload)"[^>]*(fetch|\.js)[^>]*>/g, '');
  const files = new Map([['/', { type: 'text/html; charset=utf-8', body: Buffer.from(plain) }]]);
  for (const [, path] of plain.matchAll(/(?:href|src)="(\/[^"]+\.(?:css|woff2|svg))"/g)) {
    const reply = await fetch(origin + path, { headers: { 'accept-encoding': 'identity' } });
    files.set(path, { type: reply.headers.get('content-type'), body: Buffer.from(await reply.arrayBuffer()) });
  }
  const server = createServer((request, response) => {
    const file = files.get(request.url);
    response.writeHead(file ? 200 : 404, { 'content-type': file?.type ?? 'text/plain' });
    response.end(file?.body);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close() };
}
