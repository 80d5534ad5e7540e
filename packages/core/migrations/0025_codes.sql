-- A code has six digits, or ten where an address is asked for many; a challenge may share the code of an earlier one; and it may be a known device's.
alter table otp_challenges
  add column digits smallint not null default 6,
  add column code_of uuid,
  add column device_id text;
