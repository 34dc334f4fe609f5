-- Experiments. The counts and the newest start are kept up to date by every transaction that touches traces, so that the
-- list of experiments costs one small read.
create table experiment (
    experiment_id integer primary key autoincrement,
    name text not null unique,
    artifact_location text not null,
    lifecycle text not null check (lifecycle in ('active', 'deleted')),
    creation_time_ms integer not null,
    last_update_time_ms integer not null,
    trace_count integer not null default 0,
    error_count integer not null default 0,
    last_trace_time_ms integer
) strict;

create table experiment_tag (
    experiment_id integer not null references experiment,
    key text not null,
    value text not null,
    primary key (experiment_id, key)
) strict, without rowid;

create table run (
    run_no integer primary key,
    run_id text not null unique,
    experiment_id integer not null references experiment,
    name text not null,
    user_id text not null,
    status text not null,
    start_time_ms integer not null,
    end_time_ms integer,
    lifecycle text not null check (lifecycle in ('active', 'deleted'))
) strict;

-- Serves the search for runs, which reads the runs of given experiments, and the deletion of an experiment.
create index run_by_experiment on run (experiment_id, start_time_ms);

create table run_tag (
    run_no integer not null references run,
    key text not null,
    value text not null,
    primary key (run_no, key)
) strict, without rowid;

create table run_param (
    run_no integer not null references run,
    key text not null,
    value text not null,
    primary key (run_no, key)
) strict, without rowid;

-- All values of all metrics. SQLite has no NaN: null stands for it.
create table metric (
    metric_no integer primary key,
    run_no integer not null references run,
    key text not null,
    value real,
    timestamp_ms integer not null,
    step integer not null
) strict;

-- Serves the history of one metric in order of step, time and arrival.
create index metric_history on metric (run_no, key, step, timestamp_ms);

-- The same entry twice is one.
create unique index metric_once on metric (run_no, key, step, timestamp_ms, ifnull(value, 'NaN'));

create table latest_metric (
    run_no integer not null references run,
    key text not null,
    value real,
    timestamp_ms integer not null,
    step integer not null,
    primary key (run_no, key)
) strict, without rowid;

-- One row a trace, appended. No index on trace_key: random ids would dirty a page each in the acknowledging transaction.
-- trace_key: 1 and the 16 bytes of an OpenTelemetry id, or 0 and the text.
create table trace (
    trace_no integer primary key,
    trace_key blob not null,
    experiment_id integer not null,
    request_time_ms integer not null,
    -- Bit 0: the client sent trace information, which outranks what spans say. Bit 1: counts and sums await a recount.
    -- Bit 2: clients find the spans by the trace's id.
    flags integer not null,
    -- The number the next span block gets.
    next_block integer not null,
    -- How many span blocks there are.
    block_count integer not null,
    -- See src/summary.rs.
    summary blob not null
) strict;

-- Serves the recount after a crash: the few traces whose counts are open.
create index trace_stale on trace (trace_no) where flags & 2 != 0;

-- Trace ids in sorted order, merged in large batches. Traces from store_state.keys_merged_to on are not in it yet; the
-- writer keeps those in memory.
create table trace_key (
    trace_key blob primary key,
    trace_no integer not null
) strict, without rowid;

-- Ids of deleted traces that may still stand in trace_key, and are taken out of it in large sorted lots: deleting each at once
-- would write a page of the tree a trace. Whoever looks up trace_key checks that the trace is there.
create table dead_key (
    dead_no integer primary key,
    trace_key blob not null
) strict;

-- The spans of one trace and one commit; see src/block.rs. block_key = trace_no * 2^20 + block_no keeps the blocks of a trace
-- together and in order without another index. Heads and bodies are apart because most reads want heads alone, and because
-- rows of even size fill pages better: measured, 330 instead of 405 bytes a span.
create table span_head (
    block_key integer primary key,
    head blob not null
) strict;

create table span_body (
    block_key integer primary key,
    body blob not null
) strict;

create table assessment (
    assessment_no integer primary key,
    trace_no integer not null,
    assessment_id text not null,
    name text not null,
    -- 0 feedback, 1 expectation, 2 issue
    kind integer not null,
    valid integer not null,
    -- Metadata mlflow.trace.session: what is said holds for the whole session.
    session text,
    -- Of feedback: the value as a number, if it is one, a truth value, yes or no.
    score real,
    -- JSON of the domain's Assessment.
    data text not null
) strict;

-- Serves reads of a trace's assessments and the check that an id is free.
create unique index assessment_by_trace on assessment (trace_no, assessment_id);

-- Serves filters on feedback, expectations and issues, which begin with the name.
create index assessment_by_name on assessment (name, kind);

-- Serves the averages of ratings, which need nothing else of an assessment.
create index assessment_score on assessment (trace_no, name, score)
    where kind = 0 and valid = 1 and score is not null;

create table trace_run (
    trace_no integer not null,
    run_id text not null,
    primary key (trace_no, run_id)
) strict, without rowid;

-- Serves filters on the run and the traces of a run.
create index trace_run_by_run on trace_run (run_id, trace_no);

-- Search index: immutable segments of many traces in columns; see src/index.rs. meta holds ranges and the directory of
-- parts; dead marks rows whose trace has changed or gone since.
create table segment (
    segment_no integer primary key,
    meta blob not null,
    dead blob not null
) strict;

-- part_key = segment_no * 2^20 + part_no.
create table segment_part (
    part_key integer primary key,
    data blob not null
) strict;

-- Traces that are in no segment although older than store_state.indexed_to: changed since they were indexed.
create table changed_trace (
    trace_no integer primary key
) strict;

-- Traces that the text index (a file of its own) must take again: changed or gone since it took them. note tells two changes
-- apart.
create table text_changed (
    trace_no integer primary key,
    note integer not null
) strict;

-- Numbers that belong to the store as a whole.
create table store_state (
    name text primary key,
    value integer not null
) strict, without rowid;

insert into store_state (name, value) values ('keys_merged_to', 0), ('indexed_to', 0), ('text_cleared', 0),
    ('text_id', 0);
