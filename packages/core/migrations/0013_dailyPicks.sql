-- The day, where somebody is, for which picks were made last: each morning is made once.
create table daily_rounds (
  user_id uuid primary key references users (id) on delete cascade,
  day date not null
);

create table daily_picks (
  user_id uuid not null references users (id) on delete cascade,
  -- The best is 0.
  place int not null check (place >= 0),
  pick_id uuid not null references users (id) on delete cascade,
  until timestamptz not null,
  primary key (user_id, place)
);
create index daily_picks_pick on daily_picks (pick_id);
create index daily_picks_over on daily_picks (until);

-- The two whom a morning paired. The row stays for a while after it is over, so that the same two are not paired again at once.
create table daily_pairs (
  lo uuid not null references users (id) on delete cascade,
  hi uuid not null references users (id) on delete cascade,
  made_at timestamptz not null,
  until timestamptz not null,
  primary key (lo, hi),
  check (lo < hi)
);
create index daily_pairs_hi on daily_pairs (hi, lo);
create index daily_pairs_made on daily_pairs (made_at);
