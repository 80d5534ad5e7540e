import type * as nouns from "../routes/index.ts";

export type Noun = keyof typeof nouns;

export interface TagGroup {
  readonly name: string;
  readonly tags: readonly Noun[];
}

/** The nouns in the order of a user's journey. Staff come last. */
export const tagGroups = [
  { name: "Sign-in and account", tags: ["auth", "sessions", "me", "devices"] },
  { name: "Profile", tags: ["profiles", "prompts", "media", "location", "preferences"] },
  { name: "Discovery", tags: ["discovery", "swipes", "likes", "quotas", "boosts", "travel"] },
  { name: "Matches and chat", tags: ["matches", "conversations", "messages"] },
  { name: "Live and offline", tags: ["realtime", "sync"] },
  { name: "Notices", tags: ["notifications", "notificationPreferences", "unsubscribe"] },
  { name: "Safety", tags: ["blocks", "reports"] },
  { name: "Service", tags: ["wellKnown", "docs", "ops"] },
  { name: "Staff", tags: ["admin"] },
] as const satisfies readonly TagGroup[];

interface TagText {
  readonly title: string;
  /** Names what developers search for, too. */
  readonly description: string;
}

export const tagTexts: Readonly<Record<Noun, TagText>> = {
  auth: {
    title: "Sign-in (login)",
    description: "Sign up and log in with a code by email, refresh the access token, and log out. There are no passwords.",
  },
  sessions: { title: "Sessions", description: "The devices on which you are signed in. Revoke a session to sign a device out." },
  me: { title: "Account", description: "Your account: its email address, language and time zone." },
  devices: { title: "Devices and push tokens", description: "Register an installation for pushes: APNs, FCM or web push." },
  profiles: { title: "Profiles", description: "Your own profile, and the profiles of others as you may see them." },
  prompts: { title: "Prompts", description: "Questions that a profile shows, each with the text of the user." },
  media: { title: "Photos", description: "Upload pictures for the profile or for messages, and order the photos of the profile." },
  location: { title: "Location", description: "Tell Pendo where you are. Others see only a band of distance." },
  preferences: {
    title: "Matching preferences",
    description: "Which users decks and search show you: genders, ages, distance and intents.",
  },
  discovery: { title: "Discovery", description: "Recommendations (the deck), daily picks, the most compatible user, and search." },
  swipes: { title: "Swipes", description: "Like, superlike or pass, and rewind. A like of both sides makes a match." },
  likes: { title: "Likes", description: "Likes that you received, and likes that wait for an answer." },
  quotas: { title: "Quotas", description: "How many likes, superlikes, rewinds and boosts you have left." },
  boosts: { title: "Boosts", description: "Be shown to more users for half an hour." },
  travel: { title: "Travel mode", description: "See users at another place, and be seen there, for a week." },
  matches: { title: "Matches", description: "Two users who like each other. End a match to unmatch." },
  conversations: { title: "Conversations", description: "A match opens a conversation (a chat): its newest message, read marks and mute." },
  messages: { title: "Messages", description: "Chat: send, list, edit and remove messages, and react with emojis." },
  realtime: { title: "Socket (WebSocket)", description: "A ticket opens a socket, which carries messages, typing and presence live." },
  sync: { title: "Sync", description: "What changed since your last visit, for apps that keep data offline." },
  notifications: { title: "Notifications", description: "The list of notifications in the app, and read marks." },
  notificationPreferences: { title: "Notification preferences", description: "Which pushes and emails you get, and quiet hours." },
  unsubscribe: { title: "Unsubscribe", description: "The links in emails that end one kind of email." },
  blocks: { title: "Blocks", description: "Block a user: neither of you sees or reaches the other." },
  reports: { title: "Reports", description: "Report a user, a message or a photo, and see the outcome." },
  wellKnown: { title: "Keys of access tokens", description: "The public keys with which other services check access tokens." },
  docs: { title: "Documents", description: "This reference, the error guide and the frames of the socket, as documents and as pages." },
  ops: { title: "Health", description: "Whether the process runs, and whether its dependencies respond." },
  admin: { title: "Staff", description: "For staff only: metrics, queues, dead letters, roles and hash banks." },
};

/** The operations of a noun in the order of their use. A module does not keep the order of its exports. */
export const operationOrder: { readonly [N in Noun]: readonly (keyof (typeof nouns)[N])[] } = {
  auth: ["requestOtp", "verifyOtp", "refresh", "logout"],
  sessions: ["list", "revoke"],
  me: ["get", "update"],
  devices: ["replacePushToken", "removePushToken", "getVapidPublicKey"],
  profiles: ["getMine", "updateMine", "get"],
  prompts: ["replace"],
  media: ["createUpload", "completeUpload", "get", "remove", "replacePhotoOrder"],
  location: ["replace"],
  preferences: ["get", "update"],
  discovery: ["listRecommendations", "explain", "listDailyPicks", "getMostCompatible", "search"],
  swipes: ["record", "rewind"],
  likes: ["listIncoming", "listOutgoing"],
  quotas: ["get"],
  boosts: ["start", "getCurrent"],
  travel: ["start", "get", "end"],
  matches: ["list", "get", "end"],
  conversations: ["list", "get", "markRead", "mute"],
  messages: ["list", "send", "update", "remove", "addReaction", "removeReaction"],
  realtime: ["createTicket"],
  sync: ["sync"],
  notifications: ["list", "markRead"],
  notificationPreferences: ["get", "update"],
  unsubscribe: ["getPage", "confirm"],
  blocks: ["list", "create", "remove"],
  reports: ["create", "get"],
  wellKnown: ["getJwks", "getOpenidConfiguration"],
  docs: ["getOpenApi", "getAsyncApi", "getPage", "getScript", "getErrorGuide"],
  ops: ["getHealth", "getReadiness"],
  admin: [
    "getMetrics",
    "listQueues",
    "listDeadLetters",
    "redrive",
    "removeDeadLetter",
    "replaceRoles",
    "listHashBankEntries",
    "removeHashBankEntry",
  ],
};
