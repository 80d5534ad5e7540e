import { expect, test } from "vitest";
import { gateway } from "../gateway/gateway.fixture.ts";
import { serveFront } from "./front.ts";

const { url, errors } = await gateway(["GET /v1/x"], async () => ({ statusCode: 200 }), { other: [serveFront()] });
const html = { headers: { accept: "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8" } };

test("a browser gets a page at / that leads to the reference, the console and the quickstart", async () => {
  const response = await fetch(url, html);

  const page = await response.text();
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  const links = [...page.matchAll(/href="([^"]+)"/g)].map(([, to]) => to);
  expect(links).toEqual(["/docs", "/openapi.json", "/quickstart", "/_local"]);
});

test("the quickstart is served as it is written", async () => {
  const response = await fetch(`${url}/quickstart`);

  expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect(await response.text()).toMatch(/^# Quickstart/);
});

test("a client that does not ask for HTML gets the problem of an unknown route at /, as at any other", async () => {
  for (const headers of [{ accept: "*/*" }, { accept: "application/json" }]) {
    const response = await fetch(url, { headers });

    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: "route.notFound" });
  }
});

test("other methods and paths stay those of the API", async () => {
  expect((await fetch(url, { ...html, method: "POST" })).status).toBe(404);
  expect((await fetch(`${url}/v1/x`, html)).status).toBe(200);
  expect((await fetch(url, { ...html, method: "HEAD" })).headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(errors).toEqual([]);
});
