import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { HttpMiddleware } from "./httpInvocation.ts";

/** Less than this fits into one packet as it is. */
const BYTES_MIN = 1024;
const TEXT = /^(application\/(problem\+)?json|text\/\w+)(;|$)/;

const codings = {
  br: (text: string) => brotli(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_SIZE_HINT]: text.length } }),
  gzip: (text: string) => deflate(text, { level: 6 }),
} as const;
type Coding = keyof typeof codings;

const brotli = promisify(brotliCompress) as (text: string, options: object) => Promise<Buffer>;
const deflate = promisify(gzip) as (text: string, options: object) => Promise<Buffer>;

/** Compresses what is large enough, where the client accepts it. An HTTP API of API Gateway compresses nothing itself. */
export function compress(): HttpMiddleware {
  return {
    after: async ({ event, response }) => {
      if (response?.body === undefined || response.isBase64Encoded || !isWorthIt(response, response.body)) return;
      const headers = { ...response.headers, vary: varying(response.headers?.["vary"]) };
      response.headers = headers;
      const coding = acceptedCoding(event.headers["accept-encoding"]);
      if (!coding) return;
      response.body = (await codings[coding](response.body)).toString("base64");
      response.isBase64Encoded = true;
      response.headers = { ...headers, "content-encoding": coding };
    },
  };
}

function isWorthIt({ headers }: APIGatewayProxyStructuredResultV2, body: string): boolean {
  return body.length >= BYTES_MIN && TEXT.test(String(headers?.["content-type"] ?? ""));
}

function varying(vary: unknown): string {
  if (typeof vary !== "string") return "accept-encoding";
  return vary.includes("accept-encoding") ? vary : `${vary}, accept-encoding`;
}

/** The coding that the client likes best (RFC 9110, 12.5.3), Brotli before gzip; null where it takes neither, or likes the bare text better. */
export function acceptedCoding(header = ""): Coding | null {
  const weights = new Map<string, number>();
  for (const part of header.toLowerCase().split(",").slice(0, 20)) {
    const [name = "", ...parameters] = part.split(";").map((piece) => piece.trim());
    const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
    if (name !== "" && /^[01](\.\d{0,3})?$/.test(weight)) weights.set(name === "x-gzip" ? "gzip" : name, Number(weight));
  }
  const weightOf = (name: string): number => weights.get(name) ?? weights.get("*") ?? 0;
  const best = weightOf("br") >= weightOf("gzip") ? "br" : "gzip";
  return weightOf(best) > 0 && weightOf(best) >= (weights.get("identity") ?? 0) ? best : null;
}
