-- Who refused the picture that an entry looks like. An entry without an origin was written by code that also stored what the bank itself refused: it refuses nothing.
alter table hash_bank_entries
  add column origin text check (origin in ('vision', 'reviewer')),
  -- Which picture and which decision. The ids outlive the rows that they name.
  add column media_id uuid,
  add column decision_id uuid,
  add column removed_at timestamptz,
  add column removed_by uuid;
create index hash_bank_entries_newest on hash_bank_entries (created_at desc, phash desc);

-- What vision refused says so in its facts.
update hash_bank_entries e set origin = 'vision', media_id = m.id, decision_id = d.id
from media m join decisions d on d.subject_kind = 'media' and d.subject_id = m.id
where m.phash = e.phash and d.decided_at between e.created_at - interval '1 minute' and e.created_at + interval '1 minute' and d.facts like 'It appears to show: %';
