-- A block of any id is stored: otherwise the list of blocks tells which ids have a user.
alter table blocks drop constraint blocks_blocked_id_fkey;
-- Whether each of the two had been shown to the other when the block was made. Rows of the code before name the user, as that code did.
alter table blocks
  add column blocker_saw boolean not null default true,
  add column blocked_saw boolean not null default true;
