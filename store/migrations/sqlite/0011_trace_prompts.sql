-- Prompt versions that traces were linked to, written name/version. The prompts themselves are not kept.
create table trace_prompt (
    trace_no integer not null,
    prompt text not null,
    primary key (trace_no, prompt)
) strict, without rowid;

-- Serves filters on the prompt.
create index trace_prompt_by_prompt on trace_prompt (prompt, trace_no);
