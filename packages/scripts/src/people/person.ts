import { createHash } from "node:crypto";
import { type Client, client } from "@pendo/client/client";
import type { MediaId, UserId } from "@pendo/contract/ids";
import type { Gender, Intent } from "@pendo/contract/profile";
import { askConsole, type ConsoleAddress } from "@pendo/host/console/askConsole";

/** Everything somebody says when joining. */
export interface Persona {
  readonly email: string;
  readonly name: string;
  readonly birthDate: string;
  readonly gender: Gender;
  readonly intent: Intent;
  readonly bio: string;
  readonly interests: readonly string[];
  readonly prompts: readonly { readonly question: string; readonly answer: string }[];
  readonly lat: number;
  readonly lon: number;
  readonly wants: { readonly genders: readonly Gender[]; readonly ageMin: number; readonly ageMax: number; readonly radiusKm: number };
  /** JPEG files. */
  readonly photos: readonly Uint8Array[];
}

export interface Person {
  readonly client: Client;
  readonly userId: UserId;
  readonly email: string;
}

/** Signs in as anybody would, with the code from the mail; here the mail is read at the local console. */
export async function signIn(
  host: ConsoleAddress,
  email: string,
  deviceName?: string,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Promise<Person & { readonly registered: boolean }> {
  // Everybody has an address of their own, which limits per address count by.
  const pendo = client({ baseUrl: host.url, fetch, headers: { "x-forwarded-for": addressOf(email) } });
  const earlier = new Set((await lettersTo(host, email)).map(({ id }) => id));
  const { challengeId } = await pendo.auth.requestOtp({ email });
  const code = await codeFor(host, email, earlier);
  const { userId, registered, ...tokens } = await pendo.auth.verifyOtp({ challengeId, code, ...(deviceName && { deviceName }) });
  pendo.session.adopt(tokens);
  return { client: pendo, userId, email, registered };
}

/** One of the addresses that are set aside for benchmarks (RFC 2544). */
function addressOf(email: string): string {
  const [a = 0, b = 0] = createHash("sha256").update(email).digest();
  return `198.${18 + (a & 1)}.${b}.${a}`;
}

interface Letter {
  readonly id: string;
  readonly content: { readonly text: string };
}

async function lettersTo(host: ConsoleAddress, email: string): Promise<Letter[]> {
  const answer = await askConsole(host, `GET /mail?limit=5&to=${encodeURIComponent(email)}`);
  return ((await answer.json()) as { items: Letter[] }).items;
}

/** The code of a letter that was not there before: an earlier sign-in's would be refused. */
export async function codeFor(host: ConsoleAddress, email: string, earlier: ReadonlySet<string>): Promise<string> {
  const deadline = Date.now() + 20_000;
  for (let waitMs = 5; Date.now() < deadline; waitMs = Math.min(250, waitMs * 2)) {
    const fresh = (await lettersTo(host, email)).filter(({ id }) => !earlier.has(id));
    const code = fresh.map(({ content }) => /\b(\d{6}|\d{10})\b/.exec(content.text)?.[1]).find(Boolean);
    if (code) return code;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  throw new Error(`No code for ${email} arrived within 20 s.`);
}

/** Joins: registers, says everything, uploads the photos. Returns when the profile is complete; verdicts may still be due. */
export async function join(host: ConsoleAddress, persona: Persona): Promise<Person> {
  const person = await signIn(host, persona.email);
  const { client: pendo } = person;
  const { name, birthDate, gender, intent, bio, interests, wants, lat, lon } = persona;
  await pendo.profiles.updateMine({ name, birthDate, gender, intent, bio, interests: [...interests] });
  await pendo.preferences.update({ ...wants, genders: [...wants.genders] });
  await pendo.location.replace({ lat, lon });
  if (persona.prompts.length > 0) await pendo.prompts.replace({ prompts: persona.prompts as never });
  for (const photo of persona.photos) await uploadPhoto(pendo, photo);
  return person;
}

/** Uploads as a browser would: ask for a form, post it, say that it is done. */
export async function uploadPhoto(pendo: Client, jpeg: Uint8Array, kind: "photo" | "messagePhoto" = "photo"): Promise<MediaId> {
  const { mediaId, upload } = await pendo.media.createUpload({ kind, contentType: "image/jpeg", bytes: jpeg.byteLength });
  const form = new FormData();
  for (const [field, value] of Object.entries(upload.fields)) form.set(field, value);
  form.set("file", new Blob([jpeg as Uint8Array<ArrayBuffer>], { type: "image/jpeg" }), "photo.jpg");
  const answer = await fetch(upload.url, { method: "POST", body: form });
  if (!answer.ok) throw new Error(`The upload was refused with ${answer.status}: ${await answer.text()}`);
  await pendo.media.completeUpload({ mediaId });
  return mediaId;
}

/** Waits until others can come across the profile: its words and at least one photo have passed moderation. */
export async function untilDiscoverable({ client: pendo, email }: Person, withinMs = 30_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (let waitMs = 10; ; waitMs = Math.min(500, waitMs * 2)) {
    if ((await pendo.me.get()).discoverable) return;
    if (Date.now() > deadline) throw new Error(`${email} is still not discoverable: ${JSON.stringify(await pendo.profiles.getMine())}`);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
