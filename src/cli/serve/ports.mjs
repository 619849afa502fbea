import { connect, createServer } from "node:net";
import { Complaint } from "../complaint.mjs";

/**
 * @param {string} variable that chooses the port
 * @param {number} port
 * @param {string} host
 */
export async function requireFreePort(variable, port, host) {
  const problem = (await answers(port, host)) ? "EADDRINUSE" : await listenProblem(port, host);
  if (problem === undefined) return;
  if (problem === "EADDRINUSE") {
    throw new Complaint(
      `Port ${port} is in use: stop what listens there, or set ${variable} to another port.`,
    );
  }
  if (problem === "EACCES") {
    throw new Complaint(`Port ${port} needs more rights: set ${variable} to one above 1023.`);
  }
  throw new Complaint(
    `Cannot listen on ${host}:${port} (${problem}): set ${variable} or the address to another.`,
  );
}

/**
 * On macOS one may listen on 127.0.0.1 beside somebody who listens on all addresses, so connect as well.
 *
 * @param {number} port
 * @param {string} host
 * @returns {Promise<boolean>}
 */
function answers(port, host) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: isAny(host) ? "127.0.0.1" : host });
    socket.setTimeout(1000, () => socket.destroy());
    socket.on("connect", () => {
      resolve(true);
      socket.destroy();
    });
    socket.on("error", () => resolve(false));
    socket.on("close", () => resolve(false));
  });
}

/**
 * @param {number} port
 * @param {string} host
 * @returns {Promise<string | undefined>} the system's error code
 */
function listenProblem(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", (/** @type {NodeJS.ErrnoException} */ error) => resolve(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** @param {string} host */
export function isAny(host) {
  return host === "0.0.0.0" || host === "::" || host === "*";
}

/** A port that nobody listens on just now. @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen({ port: 0, host: "127.0.0.1" }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });
}
