-- The codes that were sent, without the challenges that only share one: strangers can make any number of those.
create index otp_challenges_sent on otp_challenges (email, created_at) where code_of is null and device_id is null;
