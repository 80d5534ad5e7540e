-- The words and filters of every discoverable profile: PostgreSQL's own search index, and what another one is rebuilt from.
create table search_documents (
  user_id uuid primary key references users (id) on delete cascade,
  name text not null,
  bio text not null,
  prompts text not null,
  interests text[] not null,
  gender text not null,
  birth_date date not null,
  intent text,
  lat double precision,
  lon double precision,
  words tsvector not null
);
create index search_documents_words on search_documents using gin (words);
create index search_documents_interests on search_documents using gin (interests);
create index search_documents_near on search_documents using gist (ll_to_earth(lat, lon));
create index search_documents_name on search_documents using gin (name gin_trgm_ops);

-- One row for two people, whoever swiped first: the row that decides which of two simultaneous likes makes the match.
create table swipe_pairs (
  lo uuid not null references users (id) on delete cascade,
  hi uuid not null references users (id) on delete cascade,
  lo_action text check (lo_action in ('like', 'superlike', 'pass')),
  hi_action text check (hi_action in ('like', 'superlike', 'pass')),
  lo_at timestamptz,
  hi_at timestamptz,
  primary key (lo, hi),
  check (lo < hi)
) with (fillfactor = 90);
create index swipe_pairs_hi on swipe_pairs (hi, lo);

-- What a rewind takes back: the newest swipe of a user, once.
create table last_swipes (
  user_id uuid primary key references users (id) on delete cascade,
  target_id uuid not null references users (id) on delete cascade,
  action text not null,
  quota_window timestamptz,
  swiped_at timestamptz not null
) with (fillfactor = 60);

create table likes_inbox (
  liked_id uuid not null references users (id) on delete cascade,
  liker_id uuid not null references users (id) on delete cascade,
  action text not null check (action in ('like', 'superlike')),
  comment text,
  comment_on jsonb,
  liked_at timestamptz not null,
  primary key (liked_id, liker_id)
);
create index likes_inbox_newest on likes_inbox (liked_id, liked_at desc, liker_id);
create index likes_inbox_outgoing on likes_inbox (liker_id, liked_at desc, liked_id);

create table quota_counters (
  user_id uuid not null references users (id) on delete cascade,
  kind text not null check (kind in ('like', 'superlike', 'rewind')),
  window_start timestamptz not null,
  used int not null,
  cap int not null,
  primary key (user_id, kind, window_start),
  check (used >= 0 and used <= cap)
) with (fillfactor = 60);

create table matches (
  id uuid primary key,
  lo uuid not null references users (id) on delete cascade,
  hi uuid not null references users (id) on delete cascade,
  created_at timestamptz not null,
  ended_at timestamptz,
  ended_by uuid references users (id) on delete set null,
  check (lo < hi)
);
create unique index matches_current on matches (lo, hi) where ended_at is null;
create index matches_lo on matches (lo, created_at desc);
create index matches_hi on matches (hi, created_at desc);
