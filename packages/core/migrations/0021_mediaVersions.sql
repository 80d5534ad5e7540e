alter table media
  -- Which files show the picture: chosen before they are written, so that no other attempt overwrites them. Null: files of before there were versions.
  add column version text,
  add column form_expires_at timestamptz,
  -- When the object of the upload was removed for the last time, after its form had expired.
  add column upload_swept_at timestamptz,
  -- When a picture for a message was found to be shown by one. Null again when a message that showed it is deleted.
  add column sent_checked_at timestamptz;
create index media_unswept on media (completed_at) where completed_at is not null and upload_swept_at is null;
create index media_unchecked on media (created_at) where kind <> 'photo' and state <> 'requested' and sent_checked_at is null;
