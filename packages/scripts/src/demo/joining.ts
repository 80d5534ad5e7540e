import { type Frame, live } from "@pendo/client/live";
import { signIn, uploadPhoto } from "../people/person.ts";
import { portrait, testCard } from "../people/portrait.ts";
import { hear } from "./chatting.ts";
import { type Actor, called, type Stage } from "./stage.ts";

/** Who tries a picture that is refused. */
const DARING = 3;
const PHOTOS_MAX = 3;

/** Registers, says everything, uploads pictures, and waits until others can come across the profile. Answers whether they can. */
export async function join(stage: Stage, actor: Actor): Promise<boolean> {
  const { character, thrown } = actor;
  const { tally } = stage;
  const person = await signIn(stage.host, character.email, `${character.name}'s phone`, stage.fetch);
  actor.person = person;
  stage.byUser.set(person.userId, actor);
  tally.count("joined");
  connect(stage, actor);

  const { client } = person;
  const { name, birthDate, gender, intent, bio, interests, job, heightCm, prompts, wants, intents, lat, lon, city } = character;
  await client.me.update({ locale: city.locale, timeZone: city.timeZone });
  await client.profiles.updateMine({ name, birthDate, gender, intent, bio, job, heightCm, interests: [...interests] });
  await client.preferences.update({ ...wants, genders: [...wants.genders], intents: [...intents] });
  await client.location.replace({ lat, lon });
  if (prompts.length > 0) await client.prompts.replace({ prompts: prompts as never });
  tally.happened(`${called(actor)} joined: ${said(bio || prompts[0]?.answer || `likes ${interests[0] ?? "people"}`)}`);

  const photos = await Promise.all(
    Array.from({ length: Math.min(PHOTOS_MAX, character.photoCount) }, (_, scene) => portrait({ face: character.n, ...character }, scene)),
  );
  if (character.n === DARING) photos.push(await testCard());
  for (const photo of photos) {
    await uploadPhoto(client, photo);
    tally.count("photosUploaded");
    if (!(await stage.pause(thrown.int(50, 300)))) return false;
  }
  // Long enough not to crowd those who are still joining.
  while (!(await client.me.get()).discoverable) if (!(await stage.pause(400))) return false;
  actor.discoverable = true;
  return true;
}

/** Opens the actor's socket; whenever it opens again, what was missed is fetched. */
export function connect(stage: Stage, actor: Actor): void {
  const { person } = actor;
  if (!person) return;
  actor.socket = live({
    client: person.client,
    onFrame: (frame) => receive(stage, actor, frame),
    onOpen: () => stage.beside(() => actor.memory.sync(person.client)),
  });
}

/** Loses the connection for a while, as telephones do. */
export async function loseConnection(stage: Stage, actor: Actor): Promise<void> {
  actor.socket?.close();
  actor.socket = undefined;
  stage.tally.happened(`${called(actor)} went into a tunnel`);
  await stage.pause(actor.thrown.int(2500, 6000));
  connect(stage, actor);
  stage.tally.count("reconnects");
}

function receive(stage: Stage, actor: Actor, frame: Frame): void {
  const { tally } = stage;
  if (!["pong", "ack", "error", "ready"].includes(frame.type)) tally.count("frames");
  if (frame.type === "media.moderated") {
    tally.count(frame.data.verdict === "visible" ? "photosVisible" : "photosRefused");
    if (frame.data.verdict === "rejected") tally.happened(`A picture of ${called(actor)} was refused`);
  }
  hear(stage, actor, frame);
}

function said(text: string): string {
  const first = /^[^.!?\n]+[.!?]?/.exec(text)?.[0] ?? text;
  return `“${first.length > 58 ? `${first.slice(0, 57)}…` : first}”`;
}
