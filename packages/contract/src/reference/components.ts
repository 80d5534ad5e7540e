import * as z from "zod";
import { Change } from "../change.ts";
import { Conversation } from "../conversation.ts";
import { DecisionSubject, Restriction } from "../decision.ts";
import { SwipeAction } from "../events.ts";
import { HashBankEntry } from "../hashBank.ts";
import { LikeOn } from "../like.ts";
import { Position } from "../location.ts";
import { MediaKind, MediaState, MyMedia, PictureType } from "../media.ts";
import { Message, MessageKind, Reaction } from "../message.ts";
import { Essential, MyProfile, Visibility } from "../myProfile.ts";
import { Notification, NotificationKind, NotificationRefs } from "../notification.ts";
import { DistanceBand, Gender, Intent, Photo, ProfileCard, Prompt } from "../profile.ts";
import { ReportReason } from "../report.ts";
import * as nouns from "../routes/index.ts";
import { StaffRoleName } from "../staff.ts";

const { admin, auth, blocks, boosts, conversations, devices, discovery, likes, matches } = nouns;
const { me, messages, notificationPreferences, notifications, preferences, prompts, quotas, reports, sessions, travel, wellKnown } = nouns;

const like = likes.listOutgoing.output.shape.items.element;
const depth = admin.listQueues.output.shape.items.element;
const promptAnswer = prompts.replace.input.shape.prompts.element;
const explained = discovery.explain.output.shape.items.element;
const picks = discovery.listDailyPicks.output;

/**
 * The named schemas of the API reference. A schema that is used twice is here.
 * So it has one name in generated clients.
 */
export const components = {
  Account: me.get.output,
  AccountStatus: me.get.output.shape.status,
  BlockedUser: blocks.list.output.shape.items.element,
  BlockList: blocks.list.output,
  Boost: boosts.start.output,
  CardList: discovery.listRecommendations.output,
  Change,
  Conversation,
  ConversationList: conversations.list.output,
  ConversationUser: Conversation.shape.user,
  DailyPicks: picks,
  DeadLetter: admin.listDeadLetters.output.shape.items.element,
  DecisionSubject,
  DistanceBand,
  EmailSwitches: notificationPreferences.get.output.shape.email,
  ExplainedReason: explained,
  Gender,
  HashBankEntry,
  HashBankOrigin: HashBankEntry.shape.origin.unwrap(),
  IncomingLikeList: likes.listIncoming.output,
  Intent,
  LastMessage: Conversation.shape.lastMessage.unwrap(),
  Like: like,
  LikeAction: like.shape.action,
  LikeList: likes.listOutgoing.output,
  LikeOn,
  Match: matches.get.output,
  MatchList: matches.list.output,
  MediaKind,
  MediaState,
  Message,
  MessageKind,
  MessageList: messages.list.output,
  MessageState: Message.shape.state,
  MetricCounts: admin.getMetrics.output.shape.totals,
  MyMedia,
  MyMediaKind: MyMedia.shape.kind,
  MyProfile,
  Notification,
  NotificationKind,
  NotificationList: notifications.list.output,
  NotificationPreferences: notificationPreferences.get.output,
  NotificationRefs,
  Photo,
  PictureType,
  Position,
  Preferences: preferences.get.output,
  ProfileCard,
  Prompt,
  PromptAnswer: promptAnswer,
  PromptQuestion: promptAnswer.shape.question,
  PublicKey: wellKnown.getJwks.output.shape.keys.element,
  PushPlatform: devices.replacePushToken.input.shape.platform,
  PushSwitches: notificationPreferences.get.output.shape.push,
  QueueDepth: depth,
  QueueName: depth.shape.queue,
  Quota: quotas.get.output.shape.likes,
  Quotas: quotas.get.output,
  Reaction,
  RecommendationReason: explained.shape.reason,
  Report: reports.get.output,
  ReportReason,
  ReportState: reports.get.output.shape.state,
  RequiredField: Essential,
  Restriction,
  SearchResults: discovery.search.output,
  Session: sessions.list.output.shape.items.element,
  SessionList: sessions.list.output,
  SignInCodeDigits: auth.requestOtp.output.shape.digits,
  StaffRole: StaffRoleName,
  SwipeAction,
  TextState: MyProfile.shape.textState,
  Tokens: auth.refresh.output,
  Travel: travel.get.output,
  TravelPeriod: travel.get.output.shape.travel.unwrap(),
  Visibility,
} as const satisfies Readonly<Record<string, z.ZodType>>;

/** The names of the components, as zod looks them up. */
export const componentNames = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(components)) componentNames.add(schema, { id });
