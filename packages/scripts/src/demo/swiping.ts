import type { UserId } from "@pendo/contract/ids";
import type { ProfileCard } from "@pendo/contract/profile";
import { match } from "./chatting.ts";
import { type Actor, pairKey, type Stage } from "./stage.ts";

/** Looks through the deck until the play ends: likes by taste, answers likes that wait, and searches where the deck is empty. */
export async function swipe(stage: Stage, actor: Actor): Promise<void> {
  const done = new Set<UserId>();
  for (let look = 0; !stage.over(); look++) {
    const cards = (await stage.attempt(() => people(actor, look))) ?? [];
    const fresh = cards.filter(({ id }) => !done.has(id));
    for (const card of fresh) {
      if (!(await stage.pause(actor.thrown.int(350, 1700)))) return;
      done.add(card.id);
      await stage.attempt(() => decide(stage, actor, card));
    }
    if (!(await stage.pause(fresh.length > 0 ? 300 : actor.thrown.int(2500, 5000)))) return;
  }
}

async function people({ person, character, thrown }: Actor, look: number): Promise<readonly ProfileCard[]> {
  if (!person) return [];
  const { client } = person;
  if (look % 4 === 2) return (await client.likes.listIncoming({ limit: 10 })).items.map(({ user }) => user);
  const { items } = await client.discovery.listRecommendations({ limit: 10 });
  if (items.length > 0) return items;
  return (await client.discovery.search({ text: thrown.chance(0.5) ? "" : thrown.pick(character.interests), limit: 10 })).items;
}

async function decide(stage: Stage, actor: Actor, card: ProfileCard): Promise<void> {
  const { person, thrown } = actor;
  if (!person) return;
  const { client, userId } = person;
  const liked = thrown.chance(taste(stage, actor, card));
  const action = !liked ? "pass" : thrown.chance(0.02) ? "superlike" : "like";
  const [prompt] = card.prompts;
  const comment = liked && prompt && thrown.chance(0.15) ? { comment: "This made me smile.", on: { promptId: prompt.id } } : {};
  if (liked) stage.likedMs.set(pairKey(userId, card.id), performance.now());
  const { matchId, conversationId } = await client.swipes.record({ targetId: card.id, action, ...comment });
  stage.tally.count("swipes");
  if (liked) stage.tally.count("likes");
  if (matchId) match(stage, actor, { matchId, conversationId, otherId: card.id, mine: true });
}

/** How likely the actor likes somebody: openness, the other's charm, and what they share. */
function taste(stage: Stage, { character }: Actor, card: ProfileCard): number {
  const charm = stage.byUser.get(card.id)?.character.charm ?? 0.5;
  const shared = card.interests.filter((interest) => character.interests.includes(interest)).length;
  return Math.min(0.95, Math.max(0.08, 0.2 + character.openness * 0.8 + (charm - 0.5) * 0.7 + shared * 0.12));
}
