create table devices (
  user_id uuid not null references users (id) on delete cascade,
  device_id text not null,
  platform text not null check (platform in ('ios', 'android', 'web')),
  -- A token belongs to one user: signing in with another account on the same phone takes it over.
  token text not null unique,
  updated_at timestamptz not null,
  primary key (user_id, device_id)
);

create table notification_prefs (
  user_id uuid primary key references users (id) on delete cascade,
  push jsonb not null default '{}',
  email jsonb not null default '{}',
  quiet_from time,
  quiet_to time,
  updated_at timestamptz not null
);

-- One unread notification per user and collapse key: the second message of a conversation refreshes the first's.
create table notifications (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  kind text not null check (kind in ('like', 'match', 'message', 'moderation', 'account')),
  collapse_key text not null,
  refs jsonb not null,
  event_count int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  read_at timestamptz,
  -- When a push of it is due (quiet hours, or one that was just sent, hold it back), and when the last one was claimed for sending.
  push_due_at timestamptz,
  pushed_at timestamptz
);
create unique index notifications_collapse on notifications (user_id, collapse_key) where read_at is null;
create index notifications_list on notifications (user_id, updated_at desc, id);
create index notifications_due on notifications (push_due_at) where push_due_at is not null and read_at is null;
