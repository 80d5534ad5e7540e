import { testIds } from "@pendo/core/ports/ids/testIds.fixture";
import { client as clientOf } from "@pendo/client/client";
import { askConsole } from "@pendo/host/console/askConsole";
import { expect, test } from "vitest";
import { signIn } from "../people/person.ts";
import { jsonCall, type RawAnswer } from "./rawCall.ts";
import { world } from "./world.ts";

const here = world();
const codeOf = ({ status, text }: RawAnswer): [number, string | null] => [
  status,
  text ? ((JSON.parse(text) as { code?: string }).code ?? null) : null,
];

async function openSocket(url: string): Promise<{ frames: string[]; closed: Promise<number>; socket: WebSocket }> {
  const socket = new WebSocket(url);
  const frames: string[] = [];
  socket.addEventListener("message", ({ data }) => void frames.push((JSON.parse(String(data)) as { type: string }).type));
  const closed = new Promise<number>((resolve) => socket.addEventListener("close", ({ code }) => resolve(code)));
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error("The socket did not open.")));
  });
  return { frames, closed, socket };
}

test("A rotated refresh token used again revokes its family: socket closed after session.revoked, access and refresh tokens refused, other sessions untouched", async () => {
  const { url } = here.host;
  const email = "robin@example.test";
  const phone = await signIn(here.host, email, "phone");
  const laptop = await signIn(here.host, email, "laptop");
  const stolen = phone.client.session.tokens();
  if (!stolen) throw new Error("Not signed in.");
  const refresh = (refreshToken: string) => jsonCall(url, "POST /v1/auth/token/refresh", { body: { refreshToken } });

  const rotated = JSON.parse((await refresh(stolen.refreshToken)).text) as { accessToken: string; refreshToken: string };
  const renewed = clientOf({ baseUrl: url, tokens: rotated });
  const [phoneSocket, laptopSocket] = [
    await openSocket((await renewed.realtime.createTicket()).url),
    await openSocket((await laptop.client.realtime.createTicket()).url),
  ];
  expect((await renewed.me.get()).email).toBe(email);

  expect(codeOf(await refresh(stolen.refreshToken))).toEqual([401, "auth.refreshInvalid"]);
  expect(await phoneSocket.closed).toBe(1000);
  expect(phoneSocket.frames).toEqual(["session.revoked"]);
  // The access token before the rotation, the one after it, and the refresh token that was still good.
  for (const token of [stolen.accessToken, rotated.accessToken])
    expect(codeOf(await jsonCall(url, "GET /v1/me", { token }))).toEqual([401, "auth.tokenInvalid"]);
  expect(codeOf(await refresh(rotated.refreshToken))).toEqual([401, "auth.refreshInvalid"]);

  expect((await laptop.client.sessions.list()).items.map(({ deviceName }) => deviceName)).toEqual(["laptop"]);
  expect(laptopSocket.socket.readyState).toBe(WebSocket.OPEN);
  laptopSocket.socket.close();
  await here.settled();
  const letters = (await (await askConsole(here.host, `GET /mail?to=${encodeURIComponent(email)}`)).json()) as {
    items: { content: { subject: string } }[];
  };
  // Two codes, a welcome, and the warning.
  expect(letters.items.length).toBe(4);
  expect(here.log).toEqual([]);
});

test("A retry of a refresh whose answer was lost, with its attemptId, is no theft", async () => {
  const { url } = here.host;
  const person = await signIn(here.host, "lost@example.test");
  const refreshToken = person.client.session.tokens()?.refreshToken ?? "";
  const attemptId = testIds.next();
  const refresh = () => jsonCall(url, "POST /v1/auth/token/refresh", { body: { refreshToken, attemptId } });
  const answers = [await refresh(), await refresh()].map(({ text }) => JSON.parse(text) as { refreshToken: string; accessToken: string });
  expect(answers[1]?.refreshToken).toBe(answers[0]?.refreshToken);
  expect(codeOf(await jsonCall(url, "GET /v1/me", { token: answers[1]?.accessToken ?? "" }))[0]).toBe(200);
});
