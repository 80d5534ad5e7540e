-- When a hold ends by itself; empty for a hold that a reviewer confirmed.
alter table profiles add column held_until timestamptz;
create index profiles_held on profiles (held_until) where held;

-- Passes that are learned from when their day is over: an order that moved at once would tell who passed.
create table passes_to_learn (
  swiper_id uuid not null references users (id) on delete cascade,
  target_id uuid not null references users (id) on delete cascade,
  due_on date not null,
  primary key (swiper_id, target_id)
);
create index passes_to_learn_due on passes_to_learn (due_on);
create index passes_to_learn_target on passes_to_learn (target_id);
