import { expect, test } from "vitest";
import { statementsIn } from "../access.ts";
import { allows } from "./simulate.ts";

const policy = (...Statement: object[]) => statementsIn({ Version: "2012-10-17", Statement });
const send = { action: "sqs:SendMessage", resource: "arn:aws:sqs:eu-west-1:1:email" };

test("what no statement allows is denied", () => {
  expect(allows([], send)).toBe(false);
  expect(allows(policy({ Effect: "Allow", Action: "sqs:ReceiveMessage", Resource: "*" }), send)).toBe(false);
  expect(allows(policy({ Effect: "Allow", Action: "sqs:SendMessage", Resource: "arn:aws:sqs:eu-west-1:1:push" }), send)).toBe(false);
});

test("stars and question marks stand for any letters; actions are compared without case, resources with it", () => {
  expect(allows(policy({ Effect: "Allow", Action: "sqs:*", Resource: "arn:aws:sqs:*:1:em?il" }), send)).toBe(true);
  expect(allows(policy({ Effect: "Allow", Action: "SQS:sendmessage", Resource: "*" }), send)).toBe(true);
  expect(allows(policy({ Effect: "Allow", Action: "sqs:SendMessage", Resource: "arn:aws:sqs:eu-west-1:1:EMAIL" }), send)).toBe(false);
  expect(allows(policy({ Effect: "Allow", Action: "sqs:Send.*", Resource: "*" }), send)).toBe(false);
});

test("a denial wins over what is allowed", () => {
  const both = policy({ Effect: "Allow", Action: "*", Resource: "*" }, { Effect: "Deny", Action: ["sqs:SendMessage"], Resource: "*" });
  expect(allows(both, send)).toBe(false);
  expect(allows(both, { ...send, action: "sqs:ReceiveMessage" })).toBe(true);
});

test("all but the named is what NotAction and NotResource speak of", () => {
  expect(allows(policy({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }), send)).toBe(true);
  expect(allows(policy({ Effect: "Allow", NotAction: "sqs:*", Resource: "*" }), send)).toBe(false);
  expect(allows(policy({ Effect: "Allow", Action: "sqs:*", NotResource: "arn:aws:sqs:*:*:email" }), send)).toBe(false);
});
