-- Which likes gave their cost back when they were taken back: once per target and day, so that nobody likes and unlikes without end.
create table quota_refunds (
  user_id uuid not null references users (id) on delete cascade,
  target_id uuid not null references users (id) on delete cascade,
  refunded_on date not null,
  primary key (user_id, target_id, refunded_on)
);
create index quota_refunds_age on quota_refunds (refunded_on);
