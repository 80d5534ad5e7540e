create table users (
  id uuid primary key,
  status text not null default 'active' check (status in ('active', 'suspended', 'deactivated', 'deleted')),
  locale text not null default 'en',
  time_zone text not null default 'UTC',
  created_at timestamptz not null,
  last_active_at timestamptz not null,
  deleted_at timestamptz
);

-- How somebody proves to be a user. The subject of an email identity is the normalized address.
create table identities (
  provider text not null check (provider in ('email', 'google', 'apple')),
  subject text not null,
  user_id uuid not null references users (id) on delete cascade,
  created_at timestamptz not null,
  primary key (provider, subject)
);
create index identities_user on identities (user_id);

-- A code is derived from the challenge's id and a secret, so neither this table nor a queue ever holds one.
create table otp_challenges (
  id uuid primary key,
  email text not null,
  -- The language of the letter, and of the user that the code may register.
  locale text not null default 'en',
  attempts int not null default 0,
  expires_at timestamptz not null,
  consumed_at timestamptz,
  created_at timestamptz not null
);
create index otp_challenges_expiry on otp_challenges (expires_at);
create index otp_challenges_email on otp_challenges (email, created_at);

-- One row a sign-in; its refresh tokens are a family, of which only the newest is valid.
create table sessions (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  device_name text,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  revoked_at timestamptz,
  revoke_reason text check (revoke_reason in ('logout', 'revoked', 'reuse', 'suspended', 'expired'))
);
create index sessions_user on sessions (user_id) where revoked_at is null;

create table refresh_tokens (
  hash bytea primary key,
  session_id uuid not null references sessions (id) on delete cascade,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  rotated_at timestamptz
);
create index refresh_tokens_session on refresh_tokens (session_id);
create index refresh_tokens_expiry on refresh_tokens (expires_at);

create table staff_roles (
  user_id uuid not null references users (id) on delete cascade,
  role text not null check (role in ('moderator', 'support', 'analyst', 'admin')),
  granted_by uuid references users (id) on delete set null,
  granted_at timestamptz not null,
  primary key (user_id, role)
);
