-- When a hold ends by itself; empty for a hold that a reviewer confirmed.
alter table profiles add column held_until timestamptz;
create index profiles_held on profiles (held_until) where held;
