-- Facts that are committed and not yet relayed. A row lives for milliseconds unless a crash left it behind.
create table outbox (
  id uuid primary key,
  type text not null,
  envelope jsonb not null
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

-- Which facts a consumer has done. Written in the transaction of their effect.
create table inbox (
  consumer text not null,
  event_id uuid not null,
  done_at timestamptz not null,
  primary key (consumer, event_id)
);
create index inbox_age on inbox (done_at);

create table idempotency_keys (
  user_id uuid not null references users (id) on delete cascade,
  key text not null,
  request_hash bytea not null,
  status int,
  response jsonb,
  created_at timestamptz not null,
  primary key (user_id, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);

-- Letters and pushes on hosts without a provider, for a person or a test to read. The id makes a retry harmless.
create table local_outbox (
  id text primary key,
  kind text not null check (kind in ('mail', 'push')),
  recipient text not null,
  content jsonb not null,
  sent_at timestamptz not null
);
create index local_outbox_newest on local_outbox (kind, recipient, sent_at desc);
