-- A start looks for the sessions that ended lately: their access tokens are refused until they are over.
create index sessions_revoked on sessions (revoked_at) where revoked_at is not null;
-- When a code of an address was used last: what strangers spent before then counts no more.
create index otp_challenges_used on otp_challenges (email, consumed_at) where consumed_at is not null;
