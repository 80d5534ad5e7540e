-- When a notification lost its reason: it leaves the list, and is forgotten with those that were read at that time.
alter table notifications add column withdrawn_at timestamptz;
-- The notification that speaks of a like. Null for likes of the code before, and until the like's event is consumed.
alter table likes_inbox add column notification_id uuid;
create index likes_inbox_notification on likes_inbox (notification_id) where notification_id is not null;
-- A binding ends with the session that made it. Null for bindings of the code before, which go on until they are made again.
alter table devices add column session_id uuid references sessions (id) on delete cascade;
create index devices_session on devices (session_id) where session_id is not null;
