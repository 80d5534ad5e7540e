-- The last write of each health check: a database that answers may have no room left to write.
create table heartbeats (
  name text primary key,
  at timestamptz not null
);
