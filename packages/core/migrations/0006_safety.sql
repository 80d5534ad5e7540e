create table blocks (
  blocker_id uuid not null references users (id) on delete cascade,
  blocked_id uuid not null references users (id) on delete cascade,
  created_at timestamptz not null,
  primary key (blocker_id, blocked_id),
  check (blocker_id <> blocked_id)
);
create index blocks_reverse on blocks (blocked_id, blocker_id);

create table reports (
  id uuid primary key,
  reporter_id uuid not null references users (id) on delete cascade,
  reported_id uuid not null references users (id) on delete cascade,
  reason text not null,
  note text not null default '',
  subject jsonb not null,
  state text not null default 'open' check (state in ('open', 'actioned', 'dismissed')),
  created_at timestamptz not null,
  due_at timestamptz not null,
  decided_at timestamptz
);
create index reports_reporter on reports (reporter_id, created_at desc);
create index reports_reported on reports (reported_id, created_at desc);
create index reports_open on reports (due_at) where state = 'open';

-- What was reported, as it was when it was reported.
create table evidence (
  report_id uuid primary key references reports (id) on delete cascade,
  content jsonb not null,
  retain_until timestamptz not null
);
create index evidence_due on evidence (retain_until);
-- Whether a picture is still evidence, asked whenever one is removed.
create index evidence_content on evidence using gin (content jsonb_path_ops);

-- A statement of reasons (Digital Services Act, Article 17) for every restriction.
create table decisions (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  subject_kind text not null check (subject_kind in ('media', 'profileText', 'message', 'account')),
  subject_id uuid not null,
  restriction text not null check (restriction in ('removed', 'hidden', 'suspended', 'none')),
  ground text not null,
  facts text not null,
  automated_detection boolean not null,
  automated_decision boolean not null,
  decided_at timestamptz not null
);
create index decisions_user on decisions (user_id, decided_at desc);
