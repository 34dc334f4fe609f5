-- Issues: problems that people or jobs found in the traces of an experiment. Assessments of kind issue bear their ids as names.
create table issue (
    issue_no integer primary key,
    issue_id text not null unique,
    experiment_id integer not null references experiment on delete cascade,
    -- JSON of the domain's Issue.
    data text not null
) strict;

-- Serves the search for issues, which reads those of an experiment.
create index issue_by_experiment on issue (experiment_id, issue_no);
