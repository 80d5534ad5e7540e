create table conversations (
  id uuid primary key,
  match_id uuid not null unique references matches (id) on delete cascade,
  last_seq int not null default 0,
  last_message_at timestamptz,
  created_at timestamptz not null,
  ended_at timestamptz
) with (fillfactor = 70);

create table members (
  conversation_id uuid not null references conversations (id) on delete cascade,
  user_id uuid not null references users (id) on delete cascade,
  other_id uuid not null references users (id) on delete cascade,
  read_seq int not null default 0,
  unread_count int not null default 0 check (unread_count >= 0),
  muted_until timestamptz,
  -- Newest activity first is how people read their conversations; kept here so that one index answers the list.
  active_at timestamptz not null,
  primary key (conversation_id, user_id)
) with (fillfactor = 70);
create index members_list on members (user_id, active_at desc, conversation_id desc);

create table messages (
  conversation_id uuid not null references conversations (id) on delete cascade,
  seq int not null check (seq > 0),
  id uuid not null unique,
  sender_id uuid not null references users (id) on delete cascade,
  client_message_id uuid not null,
  kind text not null check (kind in ('text', 'photo', 'voice')),
  text text,
  media_id uuid references media (id) on delete set null,
  -- Of what was first sent under the client message id: another body under the same id is refused.
  body_hash bytea not null,
  state text not null default 'visible' check (state in ('visible', 'hidden')),
  created_at timestamptz not null,
  edited_at timestamptz,
  deleted_at timestamptz,
  primary key (conversation_id, seq),
  unique (conversation_id, sender_id, client_message_id)
);

create table reactions (
  message_id uuid not null references messages (id) on delete cascade,
  user_id uuid not null references users (id) on delete cascade,
  emoji text not null,
  created_at timestamptz not null,
  primary key (message_id, user_id, emoji)
);

-- Per user: the newest revision of the log, and the counts that are never counted on read.
create table user_heads (
  user_id uuid primary key references users (id) on delete cascade,
  rev bigint not null default 0,
  likes_count int not null default 0 check (likes_count >= 0),
  unread_count int not null default 0 check (unread_count >= 0)
) with (fillfactor = 50);

-- What changed for a user, newest revision per object: a client that missed everything reads it from its cursor on.
create table user_log (
  user_id uuid not null references users (id) on delete cascade,
  kind text not null check (kind in ('match', 'conversation', 'message', 'like', 'profile', 'media', 'notification', 'decision', 'block')),
  ref uuid not null,
  rev bigint not null,
  logged_at timestamptz not null,
  primary key (user_id, kind, ref)
) with (fillfactor = 80);
create index user_log_rev on user_log (user_id, rev);
