-- A picture is looked for by the messages that show it when it is deleted, and when nobody knows whether one still does.
create index messages_media on messages (media_id) where media_id is not null;
create index media_sent on media (created_at) where kind <> 'photo';
-- What was read long ago goes.
create index notifications_read on notifications (read_at) where read_at is not null;
