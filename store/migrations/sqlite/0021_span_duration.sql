-- How long spans took: counts by bucket of the domain's sketch, for each experiment, name and day (days since 1970, UTC).
create table span_duration (
    experiment_id integer not null,
    name text not null,
    day integer not null,
    counts blob not null,
    primary key (experiment_id, name, day)
) strict, without rowid;

-- Serves the check that a day has not too many names.
create index span_duration_by_day on span_duration (experiment_id, day);
