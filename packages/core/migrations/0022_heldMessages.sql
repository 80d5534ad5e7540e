-- Messages that only their sender sees: without a verdict yet, or refused. A message gets its place in `messages` when it is delivered.
create table held_messages (
  id uuid primary key,
  conversation_id uuid not null references conversations (id) on delete cascade,
  sender_id uuid not null references users (id) on delete cascade,
  client_message_id uuid not null,
  kind text not null check (kind in ('text', 'photo')),
  -- Both are empty once the sender deleted the message: the row still answers a repeated request.
  text text,
  media_id uuid references media (id) on delete set null,
  body_hash bytea not null,
  state text not null check (state in ('pending', 'hidden')),
  created_at timestamptz not null,
  deleted_at timestamptz,
  unique (conversation_id, sender_id, client_message_id)
);
create index held_messages_list on held_messages (conversation_id, sender_id, created_at);
create index held_messages_sender on held_messages (sender_id);
create index held_messages_media on held_messages (media_id) where media_id is not null;

-- New texts of delivered messages, without a verdict yet: only the sender sees them.
create table held_edits (
  message_id uuid primary key references messages (id) on delete cascade,
  text text not null,
  edited_at timestamptz not null
);
