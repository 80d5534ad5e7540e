import type { Change } from "@pendo/contract/change";
import type { ConversationId } from "@pendo/contract/ids";
import type { Client } from "./client.ts";
import { notificationKeptDays } from "./contractData.ts";
import { ProblemError } from "./problem.ts";

type Held<Kind extends Change["kind"]> = Exclude<Extract<Change, { kind: Kind }>, { removed: true } | { kind: "like" }>;
type Id<Kind extends Exclude<Change["kind"], "like">> = Extract<Change, { kind: Kind }>["id"];

/** What a device holds of its user, by kind and id. */
export type State = {
  readonly [Kind in Exclude<Change["kind"], "like">]: ReadonlyMap<Id<Kind>, Held<Kind>>;
} & { readonly counts: { readonly unread: number; readonly likes: number } };

export interface Replica {
  state(): State;
  /** Where the next sync begins; undefined before the first. */
  cursor(): string | undefined;
  /**
   * Syncs until nothing is left, and answers how many pages that took. Where the server no longer knows the cursor, because a backup was restored,
   * it begins again, and drops what the server does not have.
   * @throws {ProblemError} where a request failed: what came before it is kept, and the next call goes on there.
   */
  catchUp(): Promise<number>;
}

export interface ReplicaOptions {
  readonly client: { readonly sync: Pick<Client["sync"], "sync"> };
  readonly pageMax?: number;
  readonly now?: () => Date;
}

/** The state of one device, kept equal to the server's by `GET /v1/sync` alone. */
export function replica({ client, pageMax = 200, now = () => new Date() }: ReplicaOptions): Replica {
  let held = emptyState();
  let cursor: string | undefined;
  let running: Promise<number> | undefined;

  /** A new state is shown only once it is whole. */
  const startOver = async (): Promise<number> => {
    const fresh = emptyState();
    let from: string | undefined;
    const pages = await readAll(undefined, (page) => {
      take(fresh, page);
      from = page.cursor;
    });
    [held, cursor] = [fresh, from];
    return pages;
  };
  const goOn = (): Promise<number> =>
    readAll(cursor, (page) => {
      take(held, page);
      cursor = page.cursor;
    });
  const readAll = async (from: string | undefined, each: (page: Page) => void): Promise<number> => {
    let next = from;
    for (let pages = 1; ; pages++) {
      const page = await client.sync.sync({ limit: pageMax, ...(next !== undefined && { cursor: next }) });
      each(page);
      next = page.cursor;
      if (!page.hasMore) return pages;
    }
  };
  const catchUp = async (): Promise<number> => {
    try {
      return cursor === undefined ? await startOver() : await goOn();
    } catch (error) {
      if (!(error instanceof ProblemError && error.code === "sync.cursorInvalid")) throw error;
      return await startOver();
    }
  };
  return {
    state: () => held,
    cursor: () => cursor,
    // Two at once would take the same page twice.
    catchUp: () =>
      (running ??= catchUp()
        .then((pages) => {
          forgetNotifications(held, now());
          return pages;
        })
        .finally(() => (running = undefined))),
  };
}

type Page = Awaited<ReturnType<Client["sync"]["sync"]>>;
type MutableState = { [Kind in Exclude<Change["kind"], "like">]: Map<Id<Kind>, Held<Kind>> } & { counts: State["counts"] };

function emptyState(): MutableState {
  return {
    match: new Map(),
    conversation: new Map(),
    message: new Map(),
    profile: new Map(),
    media: new Map(),
    decision: new Map(),
    block: new Map(),
    notification: new Map(),
    counts: { unread: 0, likes: 0 },
  };
}

function take(state: MutableState, { changes, counts }: Page): void {
  for (const change of changes) apply(state, change);
  state.counts = counts;
}

function apply(state: MutableState, change: Change): void {
  // What changed is in the counts.
  if (change.kind === "like") return;
  if (!("removed" in change)) return void (state[change.kind] as Map<string, unknown>).set(change.id, change);
  if (change.kind === "match") endMatch(state, state.match.get(change.id)?.match);
  if (change.kind === "conversation") forgetConversation(state, change.id);
  (state[change.kind] as Map<string, unknown>).delete(change.id);
}

/** Everything of a match goes with it. */
function endMatch(state: MutableState, match: Held<"match">["match"] | undefined): void {
  if (!match) return;
  forgetConversation(state, match.conversationId);
  state.profile.delete(match.userId);
}

function forgetConversation(state: MutableState, conversationId: ConversationId): void {
  state.conversation.delete(conversationId);
  for (const [id, { message }] of state.message) if (message.conversationId === conversationId) state.message.delete(id);
  for (const [id, { notification }] of state.notification)
    if (notification.refs.conversationId === conversationId) state.notification.delete(id);
}

/** No change says that they expired. */
function forgetNotifications(state: MutableState, now: Date): void {
  const before = now.getTime() - notificationKeptDays * 86_400_000;
  for (const [id, { notification }] of state.notification)
    if (notification.readAt !== null && Date.parse(notification.readAt) < before) state.notification.delete(id);
}
