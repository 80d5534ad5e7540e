-- The place of the first message of whoever did not write the first one, which answers it. Null until there is one; of conversations that are older than this
-- column, the first since.
alter table conversations add column answered_seq int;
