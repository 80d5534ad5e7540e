-- When each schedule of the contract is due, on hosts without a timer of their own: a restart forgets no run, and repeats none.
create table schedules (
  name text primary key,
  due_at timestamptz not null,
  -- Until then another process may still be at it.
  running_until timestamptz,
  last_run_at timestamptz,
  -- `done`, or the code of the fault that ended the last run.
  last_outcome text
);
