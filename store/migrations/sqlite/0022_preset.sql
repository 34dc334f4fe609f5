-- What traces have in common, learned from them; blocks and summaries are compressed behind it. See src/preset.rs.
create table preset (
    preset_no integer primary key,
    -- How many traces there had been when it was learned.
    trace_count integer not null,
    learned blob not null
) strict;
