-- Saved views: names for addresses of the viewer. An owner of '' is everybody.
create table saved_view (
    saved_view_id integer primary key autoincrement,
    experiment_id integer not null references experiment,
    name text not null,
    owner text not null,
    query text not null,
    created_ms integer not null,
    updated_ms integer not null,
    -- Serves the list of an experiment too.
    unique (experiment_id, name, owner)
) strict;
