-- Accounts of the synthetic canary: they do what users do, and count in no business metric.
alter table users add column is_canary boolean not null default false;
update users set is_canary = true
  where id in (select user_id from identities where provider = 'email' and subject ~ '^canary-[0-9]{2}-[ab]@canary\.');
-- Sessions that ended are looked for by when they were used last.
create index sessions_used on sessions (last_used_at);
create index media_rejected on media (completed_at) where state in ('rejected', 'failed');
