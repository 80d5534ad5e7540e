-- Messages of one sender are delivered in the order in which they were sent: one that is judged already may wait for an earlier one.
alter table held_messages
  add column place bigint generated always as identity,
  add column ready boolean not null default false;
create index held_messages_waiting on held_messages (conversation_id, sender_id, place) where state = 'pending' and deleted_at is null;
create index held_messages_ready on held_messages (created_at) where ready and state = 'pending' and deleted_at is null;
