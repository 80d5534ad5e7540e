-- A restored copy of the data begins a new epoch. Its random id tells it from the epoch that the lost future had under the same number.
create table epochs (
  number bigint primary key,
  id uuid not null unique,
  begun_at timestamptz not null
);
insert into epochs (number, id, begun_at) values (1, gen_random_uuid(), now());

-- For each user, the revision that the log had before its first entry of an epoch: cursors of earlier epochs reach no further.
create table user_epochs (
  user_id uuid not null references users (id) on delete cascade,
  epoch_number bigint not null references epochs (number) on delete cascade,
  before_rev bigint not null,
  primary key (user_id, epoch_number)
);
create index user_epochs_epoch on user_epochs (epoch_number);

-- A trigger, because every statement that writes a head has to note it, those of the release before included.
create function note_epoch() returns trigger language plpgsql as $$
begin
  insert into user_epochs (user_id, epoch_number, before_rev)
  select new.user_id, number, case when tg_op = 'UPDATE' then old.rev else 0 end from epochs order by number desc limit 1
  on conflict do nothing;
  return null;
end $$;
create trigger user_heads_begun after insert on user_heads for each row when (new.rev > 0) execute function note_epoch();
create trigger user_heads_moved after update of rev on user_heads for each row when (new.rev > old.rev) execute function note_epoch();
