-- What was learned about people from what they did, where the matching queue's function learns: only those about whom something was. An engine keeps its own.
create table beliefs (
  user_id uuid primary key references users (id) on delete cascade,
  -- How readily they say yes, and others to them, beyond what their profile says: in logits, to find the likeliest by.
  actor real not null default 0,
  target real not null default 0,
  -- All of it, these two included. Empty where nothing is known but the counts.
  learned bytea not null default '',
  -- What stands: how many yeses they said of how many swipes, what a yes of theirs is therefore worth, and how often they were answered.
  yeses int not null default 0,
  swipes int not null default 0,
  worth real not null default 1,
  shown int not null default 0
) with (fillfactor = 70);

-- Which answer of each was learned from: true for a yes, false for a pass, null for none that stands. And whether the first message back was.
alter table swipe_pairs
  add column lo_learned boolean, add column hi_learned boolean,
  add column lo_reply_learned boolean, add column hi_reply_learned boolean;
