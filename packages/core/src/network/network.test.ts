import { expect, test } from "vitest";
import { addressIn, rangesOf } from "./address.ts";
import { networksOf } from "./network.ts";

const names = async (address: string): Promise<string[]> => (await networksOf(address)).map(({ name }) => name);

test("an IPv6 address counts by its /64 and its /48, however it is written", async () => {
  const wanted = ["2001:db8:1:2::/64", "2001:db8:1::/48"];
  for (const spelling of ["2001:db8:1:2::1", "2001:0DB8:0001:0002:ffff:ffff:ffff:ffff", "2001:db8:1:2:0:0:192.0.2.1"]) {
    expect(await names(spelling)).toEqual(wanted);
  }
  expect(await names("2001:db8:1:3::1")).toEqual(["2001:db8:1:3::/64", "2001:db8:1::/48"]);
  expect(await names("::1")).toEqual(["::/64", "::/48"]);
});

test("an IPv4 address counts by itself, also where it is written as IPv6", async () => {
  for (const spelling of ["192.0.2.1", "::ffff:192.0.2.1", "::ffff:c000:201", "0:0:0:0:0:FFFF:192.0.2.1"]) {
    expect(await names(spelling)).toEqual(["192.0.2.1"]);
  }
});

test("texts that are no address count each by itself", async () => {
  expect(await names("_hidden")).toEqual(["_hidden"]);
  expect(await names("3221225985")).toEqual(["3221225985"]);
  expect(await names("0300.0.2.1")).toEqual(["0300.0.2.1"]);
  expect((await names("x".repeat(5000)))[0]).toHaveLength(64);
});

test.each([
  ["1.2.3.4:5678", "1.2.3.4"],
  [" 1.2.3.4 ", "1.2.3.4"],
  ["[2001:db8::1]:443", "2001:db8::1"],
  ["[2001:db8::1]", "2001:db8::1"],
  ["2001:DB8::1", "2001:db8::1"],
  ["::ffff:1.2.3.4", "1.2.3.4"],
  ["[::ffff:1.2.3.4]:80", "1.2.3.4"],
  ["fe80::1%eth0", "fe80::1"],
  ["unknown", null],
  ["", null],
  ["1.2.3", null],
  ["1.2.3.4:", null],
  ["1.2.3.4:abc", null],
  ["[1.2.3.4", null],
  ["9".repeat(5000), null],
])("the address in %j is %j", (text, address) => {
  expect(addressIn(text)).toBe(address);
});

test("ranges hold addresses of their kind, and a text that is no range is named", () => {
  const isIn = rangesOf(["10.0.0.0/8", "127.0.0.1", "fd00::/8", "::1"]);
  const addresses = ["10.9.8.7", "::ffff:10.1.1.1", "127.0.0.1", "fd12::1", "::1", "127.0.0.2", "11.0.0.1", "fe80::1", "junk"];
  expect(addresses.filter(isIn)).toEqual(addresses.slice(0, 5));
  for (const wrong of ["10.0.0.0/33", "everyone", "10.0.0", "::/129", "10.0.0.0/"]) expect(() => rangesOf([wrong])).toThrow(wrong);
});
