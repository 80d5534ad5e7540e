-- Nothing ever notified of an account as such.
alter table notifications drop constraint notifications_kind_check,
  add constraint notifications_kind_check check (kind in ('like', 'match', 'message', 'moderation'));
