create table metric_days (
  day date not null,
  name text not null,
  value bigint not null,
  primary key (day, name)
) with (fillfactor = 50);

create table active_days (
  day date not null,
  user_id uuid not null references users (id) on delete cascade,
  primary key (day, user_id)
);

-- How far each user got, and on which day: each step is counted once.
create table milestones (
  user_id uuid not null references users (id) on delete cascade,
  name text not null,
  day date not null,
  primary key (user_id, name)
);
