-- Half an hour in which somebody is shown more. `until` ends it; `ended_at` says when that was told, with how many had seen them.
create table boosts (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  started_at timestamptz not null,
  until timestamptz not null,
  ended_at timestamptz,
  seen int not null default 0
);
-- Nobody has two at once.
create unique index boosts_current on boosts (user_id) where ended_at is null;
create index boosts_due on boosts (until) where ended_at is null;
create index boosts_over on boosts (ended_at) where ended_at is not null;
create index boosts_user on boosts (user_id);

-- To whom a boosted card was handed out, so that each counts once. When the boost is over they are counted and forgotten.
create table boost_views (
  boost_id uuid not null references boosts (id) on delete cascade,
  viewer_id uuid not null references users (id) on delete cascade,
  primary key (boost_id, viewer_id)
);
create index boost_views_viewer on boost_views (viewer_id);

-- A boost that is over notifies. Which kinds there are, the contract says.
alter table notifications drop constraint notifications_kind_check;
