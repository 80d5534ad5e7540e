import { SESv2Client, SESv2ServiceException, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, expect, test } from "vitest";
import { Fault } from "../../fault.ts";
import { sesMail } from "./ses.ts";

const ses = mockClient(SESv2Client);
const rejected: string[] = [];
const mail = sesMail({
  from: "Pendo <hello@pendo.example>",
  configurationSet: "pendo",
  onRejected: (letterId, reason) => void rejected.push(`${letterId} ${reason}`),
  client: { region: "eu-central-1", credentials: { accessKeyId: "k", secretAccessKey: "s" } },
});
const letter = {
  id: "match:1",
  to: "ada@example.com",
  subject: "You and Zoë matched ✨",
  text: "Say hello.",
  html: "<p>Say hello.</p>",
  unsubscribeUrl: "https://api.pendo.example/v1/unsubscribe/t1",
};

afterEach(() => {
  ses.reset();
  rejected.length = 0;
});

function sent(): { headers: string; body: string; input: SendEmailCommand["input"] } {
  const input = ses.commandCalls(SendEmailCommand)[0]?.args[0].input;
  if (!input) throw new Error("nothing was sent");
  const [headers = "", ...body] = Buffer.from(input.Content?.Raw?.Data ?? [])
    .toString()
    .split("\r\n\r\n");
  return { headers: headers.replaceAll(/\r\n\s+/g, " "), body: body.join("\r\n\r\n"), input };
}

function failure(name: string, status: number): SESv2ServiceException {
  return new SESv2ServiceException({
    name,
    $fault: status < 500 ? "client" : "server",
    $metadata: { httpStatusCode: status },
    message: name,
  });
}

test("a letter leaves as plain text and HTML, with one-click unsubscribing", async () => {
  ses.on(SendEmailCommand).resolves({ MessageId: "1" });
  await mail.send(letter);
  const { headers, body, input } = sent();
  expect(input.Destination).toEqual({ ToAddresses: ["ada@example.com"] });
  expect(input.ConfigurationSetName).toBe("pendo");
  expect(headers).toContain("From: Pendo <hello@pendo.example>");
  expect(headers).toContain("To: ada@example.com");
  expect(headers).toContain("X-Letter-ID: match:1");
  expect(headers).toContain("List-Unsubscribe: <https://api.pendo.example/v1/unsubscribe/t1>");
  expect(headers).toContain("List-Unsubscribe-Post: List-Unsubscribe=One-Click");
  expect(headers).toMatch(/Subject: =\?UTF-8\?/);
  expect(headers).toContain("multipart/alternative");
  expect(body).toMatch(/text\/plain[^]*Say hello\.[^]*text\/html[^]*<p>Say hello\.<\/p>/);
});

test("a letter that must arrive offers no unsubscribing", async () => {
  ses.on(SendEmailCommand).resolves({ MessageId: "1" });
  const { unsubscribeUrl: _, ...code } = letter;
  await mail.send(code);
  expect(sent().headers).not.toContain("List-Unsubscribe");
});

test("a line break in a subject adds no header", async () => {
  ses.on(SendEmailCommand).resolves({ MessageId: "1" });
  await mail.send({ ...letter, subject: "Hello\r\nBcc: eve@example.com" });
  expect(sent().headers).not.toMatch(/^Bcc:/m);
});

test.each([
  ["TooManyRequestsException", 429],
  ["ThrottlingException", 400],
  ["InternalServiceErrorException", 500],
])("%s goes back to the queue", async (name, status) => {
  ses.on(SendEmailCommand).rejects(failure(name, status));
  await expect(mail.send(letter)).rejects.toThrow(new Fault("store.unavailable"));
  expect(rejected).toEqual([]);
});

test.each(["MessageRejected", "BadRequestException"])(
  "%s: a refused address counts as sent and is reported, since no retry helps",
  async (name) => {
    ses.on(SendEmailCommand).rejects(failure(name, 400));
    await mail.send(letter);
    expect(rejected).toEqual([`match:1 ${name}`]);
  },
);

test.each(["AccountSuspendedException", "SendingPausedException", "MailFromDomainNotVerifiedException"])(
  "%s throws: every letter would be lost otherwise",
  async (name) => {
    ses.on(SendEmailCommand).rejects(failure(name, 400));
    await expect(mail.send(letter)).rejects.toThrow(name);
    expect(rejected).toEqual([]);
  },
);
