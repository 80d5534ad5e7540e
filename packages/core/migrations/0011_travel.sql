-- Where somebody is seen, and looks from, instead of where they are. Of a travel that is over the row stays for a day: the next one is held to its speed.
create table travels (
  user_id uuid primary key references users (id) on delete cascade,
  -- Snapped to the same coarse grid as where people are.
  lat double precision not null check (lat between -90 and 90),
  lon double precision not null check (lon between -180 and 180),
  place earth generated always as (ll_to_earth(lat, lon)) stored,
  started_at timestamptz not null,
  until timestamptz not null,
  -- When it was told that it is over. It is over at `until` all the same.
  ended_at timestamptz
);
create index travels_near on travels using gist (place) where ended_at is null;
create index travels_due on travels (until) where ended_at is null;
create index travels_over on travels (ended_at) where ended_at is not null;

-- There is a quota for travels now. Which kinds there are, the contract says.
alter table quota_counters drop constraint quota_counters_kind_check;
