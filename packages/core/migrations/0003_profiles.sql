create extension if not exists cube;
create extension if not exists earthdistance;
create extension if not exists pg_trgm;

-- Positions are snapped to a coarse grid before they are written; exact ones are never stored.
create table profiles (
  user_id uuid primary key references users (id) on delete cascade,
  name text,
  birth_date date,
  gender text check (gender in ('woman', 'man', 'nonbinary')),
  intent text check (intent in ('relationship', 'casual', 'friendship', 'unsure')),
  bio text not null default '',
  interests text[] not null default '{}',
  job text,
  school text,
  height_cm int check (height_cm between 90 and 250),
  visibility text not null default 'visible' check (visibility in ('visible', 'paused')),
  -- Hidden until a person has looked at it, whatever its owner chooses.
  held boolean not null default false,
  -- What others may see of the words: nothing before a verdict.
  text_state text not null default 'pending' check (text_state in ('pending', 'visible', 'rejected')),
  text_version int not null default 0,
  -- The newest name that passed moderation: what a match sees while a changed one waits for its verdict.
  shown_name text,
  lat double precision check (lat between -90 and 90),
  lon double precision check (lon between -180 and 180),
  -- The same place as a point on the sphere: computing it for every candidate of a deck would take longer than all other conditions.
  place earth generated always as (ll_to_earth(lat, lon)) stored,
  located_at timestamptz,
  -- How often the place changed since the window began: who changes it too often is refused.
  location_window_at timestamptz,
  location_changes int not null default 0,
  -- Whether decks and search may show it: maintained with every change that decides it, never computed on read.
  discoverable boolean not null default false,
  -- Of swipes received: the cold-start popularity of the simple score.
  likes_received int not null default 0,
  swipes_received int not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check ((lat is null) = (lon is null))
) with (fillfactor = 80);
create index profiles_near on profiles using gist (place) where discoverable;

create table preferences (
  user_id uuid primary key references users (id) on delete cascade,
  genders text[] not null default '{woman,man,nonbinary}',
  age_min int not null default 18 check (age_min >= 18),
  age_max int not null default 99 check (age_max <= 120),
  radius_km int not null default 50 check (radius_km between 2 and 500),
  -- Empty: any intent.
  intents text[] not null default '{}',
  updated_at timestamptz not null,
  check (age_min <= age_max)
);

create table prompts (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  position int not null check (position between 0 and 4),
  question text not null,
  answer text not null,
  unique (user_id, position) deferrable initially deferred
);

create table media (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  kind text not null check (kind in ('photo', 'messagePhoto', 'voice')),
  -- requested → uploaded → processed → visible or rejected; failed when it was no picture.
  state text not null check (state in ('requested', 'uploaded', 'processed', 'visible', 'rejected', 'failed')),
  position int,
  content_type text not null,
  upload_key text not null unique,
  width int,
  height int,
  phash text,
  blur text,
  reason text,
  created_at timestamptz not null,
  completed_at timestamptz,
  unique (user_id, position) deferrable initially deferred
);
create index media_user on media (user_id, position);
create index media_phash on media (phash) where phash is not null;
create index media_abandoned on media (created_at) where state = 'requested';
-- Pictures that were rejected once are rejected again, synchronously.
create table hash_bank_entries (
  phash text primary key,
  reason text not null,
  created_at timestamptz not null
);
