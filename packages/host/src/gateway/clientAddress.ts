import { AsyncLocalStorage } from "node:async_hooks";
import type { IncomingMessage } from "node:http";
import type { Secrets } from "@pendo/core/ports/secrets/secrets";

export const SOCKET_PATH = "/socket";

/** What addresses in answers begin with. */
export interface ClientAddress {
  /** Without a request: the issuer of tokens, and what links in emails begin with. */
  readonly url: string;
  readonly socketUrl: string;
  /** Secrets that name the socket's address as the client of the request reaches it. */
  secretsFor(secrets: Secrets): Secrets;
  /** Whether it is only a guess, which a client elsewhere cannot use. */
  readonly isGuess: boolean;
  /** For the request that is being answered: the address that its client used, where the host has none of its own. */
  current(): string;
  /** Answers a request, with `current` telling its address. */
  during<T>(request: IncomingMessage, answer: () => T): T;
}

export interface ClientAddressOptions {
  /** The address to listen on. */
  readonly host: string;
  readonly port: number;
  readonly publicUrl?: string | undefined;
}

/** All addresses of the machine, in the ways that they are written. */
const EVERY_ADDRESS = /^(0+(\.0+){0,3}|[0:]*::[0:]*(ffff:0+(\.0+){3})?|0+(:0+){7})$/i;
/** A name or an address, with or without a port. Whatever else a client sends as `Host` goes into no answer. */
const HOST = /^([a-z\d]([a-z\d.-]{0,251}[a-z\d])?|\[[\da-f:.]{2,45}\])(:\d{1,5})?$/i;

/**
 * Where clients reach this host. One that listens on all addresses of its machine and was not told its public address has no name of its own: there
 * each client gets the address that it used. An email has no such client, so its links hold the loopback name.
 */
export function clientAddress({ host, port, publicUrl }: ClientAddressOptions): ClientAddress {
  const isGuess = publicUrl === undefined && EVERY_ADDRESS.test(host);
  const name = isGuess ? "localhost" : host.includes(":") ? `[${host}]` : host;
  const url = publicUrl ?? `http://${name}:${port}`;
  const socketUrl = socketUrlOf(url);
  if (!isGuess)
    return { url, socketUrl, isGuess, secretsFor: (secrets) => secrets, current: () => url, during: (_request, answer) => answer() };
  const used = new AsyncLocalStorage<string>();
  return {
    ...{ url, socketUrl, isGuess },
    secretsFor: (secrets) => Object.defineProperty({ ...secrets }, "socketUrl", { get: () => socketUrlOf(used.getStore() ?? url) }),
    current: () => used.getStore() ?? url,
    during: (request, answer) => {
      const asked = request.headers.host ?? "";
      return HOST.test(asked) && !EVERY_ADDRESS.test(asked.replace(/:\d+$/, "").replace(/^\[|\]$/g, ""))
        ? used.run(`http://${asked.toLowerCase()}`, answer)
        : answer();
    },
  };
}

/** What the start says of an address that is only a guess. */
export function notesOf(host: string, { isGuess, url }: ClientAddress): string[] {
  if (!isGuess) return [];
  const missing = `Until then links in emails begin with ${url}, and pages that are opened by another name get no socket.`;
  return [`HOST=${host} says not where clients reach Pendo: set PENDO_URL to that address. ${missing}`];
}

function socketUrlOf(url: string): string {
  return `${url.replace(/^http/, "ws")}${SOCKET_PATH}`;
}
