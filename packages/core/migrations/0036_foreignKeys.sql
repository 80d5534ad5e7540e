-- Deleting a user looks in each table for the rows that refer to it: every foreign key has an index.
create index messages_sender on messages (sender_id);
create index members_other on members (other_id);
create index reactions_user on reactions (user_id);
create index last_swipes_target on last_swipes (target_id);
create index active_days_user on active_days (user_id);
create index quota_refunds_target on quota_refunds (target_id);
create index sessions_of_user on sessions (user_id);
create index matches_ended_by on matches (ended_by) where ended_by is not null;
create index staff_roles_granted_by on staff_roles (granted_by) where granted_by is not null;
