-- Logged models: versions of an application that traces and runs refer to.
create table logged_model (
    model_no integer primary key,
    model_id text not null unique,
    experiment_id integer not null references experiment on delete cascade,
    name text not null,
    artifact_uri text not null,
    model_type text not null,
    source_run_id text not null,
    -- The protocol's number.
    status integer not null,
    lifecycle text not null check (lifecycle in ('active', 'deleted')),
    creation_time_ms integer not null,
    last_update_time_ms integer not null
) strict;

-- Serves the search for models, which reads the models of given experiments.
create index logged_model_by_experiment on logged_model (experiment_id, model_no);

create table logged_model_tag (
    model_no integer not null references logged_model on delete cascade,
    key text not null,
    value text not null,
    primary key (model_no, key)
) strict, without rowid;

create table logged_model_param (
    model_no integer not null references logged_model on delete cascade,
    key text not null,
    value text not null,
    primary key (model_no, key)
) strict, without rowid;

-- A null value stands for NaN. An empty dataset_name means that none was said.
create table logged_model_metric (
    model_no integer not null references logged_model on delete cascade,
    key text not null,
    timestamp_ms integer not null,
    step integer not null,
    run_id text not null,
    value real,
    dataset_name text not null,
    dataset_digest text not null,
    primary key (model_no, key, timestamp_ms, step, run_id)
) strict, without rowid;

-- Datasets that runs used, in order of arrival.
create table run_dataset (
    run_dataset_no integer primary key,
    run_no integer not null references run on delete cascade,
    name text not null,
    digest text not null,
    -- JSON of the domain's DatasetInput.
    data text not null,
    unique (run_no, name, digest)
) strict;

-- Models that runs used (is_output 0) or made (1), in order of arrival. The models need not be known.
create table run_model (
    run_model_no integer primary key,
    run_no integer not null references run on delete cascade,
    is_output integer not null,
    model_id text not null,
    step integer not null,
    unique (run_no, is_output, model_id, step)
) strict;
