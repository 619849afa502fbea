import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { portOf } from "./ports.ts";

/** What went over the wire for one picture. */
export type Exchange = {
  path: string;
  accept: string | undefined;
  ifNoneMatch: string | undefined;
  status: number;
  type: string | undefined;
};

/**
 * A web site with the service behind it, as a browser meets them: `/photos/…` are its photos, among them one SVG, `/image/…` is passed on to the service, and
 * everything else is the page. Browsers tell little of what they took from their cache; the wire does.
 */
export type Site = {
  url: string;
  /** HTML of the body that `/` answers from now on. */
  body: string;
  /** Seconds that a cache before the service says to have had the pictures for: browsers count them as theirs. */
  age: number;
  /** Exchanges about pictures so far, each before the browser has the answer. */
  wire: Exchange[];
  close: () => void;
};

/** A picture that browsers show and the service refuses. */
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40"><rect width="60" height="40"/></svg>';

/**
 * @param photo a JPEG, which all photos are
 * @param service asked for pictures; it fetches photos from the site, so it may start later
 */
export async function startSite(photo: Uint8Array, service: () => string): Promise<Site> {
  const server = createServer((incoming, outgoing) => {
    const { pathname } = new URL(incoming.url ?? "/", site.url);
    if (pathname.startsWith("/image/")) return forward(incoming, outgoing, service(), site);
    if (pathname === "/photos/icon.svg") {
      return void outgoing.setHeader("Content-Type", "image/svg+xml").end(ICON);
    }
    if (pathname.startsWith("/photos/")) {
      return void outgoing.setHeader("Content-Type", "image/jpeg").end(photo);
    }
    if (pathname !== "/") return void outgoing.writeHead(404).end();
    outgoing.setHeader("Content-Type", "text/html; charset=utf-8").setHeader("Cache-Control", "no-store");
    outgoing.end(
      `<!doctype html><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><body style="margin: 0">${site.body}`,
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  const site: Site = { url: `http://127.0.0.1:${portOf(server)}`, body: "", age: 0, wire: [], close };
  return site;
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, service: string, { age, wire }: Site) {
  const { host, ...headers } = incoming.headers;
  // The path as it came: URL parsers would tidy the source in it.
  const { hostname, port } = new URL(service);
  const onward = request({ hostname, port, path: incoming.url, method: incoming.method, headers });
  onward.on("response", (answer) => {
    wire.push({
      path: incoming.url ?? "",
      accept: headers.accept,
      ifNoneMatch: headers["if-none-match"],
      status: answer.statusCode ?? 0,
      type: answer.headers["content-type"],
    });
    outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...(age > 0 ? { Age: age } : {}) });
    answer.pipe(outgoing);
  });
  onward.on("error", () => outgoing.destroy());
  incoming.pipe(onward);
}
