"""Every release line of the Python client, old and new: what it logs is what it, others and the server's API read back."""

import pytest

import programs

CLIENTS = {
    "skinny_3_17": "3.17.2",
    "tracing_3_17": "3.17.2",
    "tracing_3_5": "3.5.1",
    "tracing_3_3": "3.3.2",
    "skinny_3_1": "3.1.4",
    "skinny_2_22": "2.22.5",
    "skinny_2_14": "2.14.3",
}

INPUTS = {"question": "Wie groß ist \"Ω\"?\n☃", "list": [1, 2.5, None, True], "nested": {"a": {"b": []}}}
ATTRIBUTES = {
    "text": "plain", "count": 7, "ratio": 0.25, "flag": True,
    "number_text": "42", "list": ["x", "y"], "map": {"k": "v"},
}
FOUND = [{"doc": "größe", "sum": 4}]
EXCEPTION = {"name": "exception", "type": "ValueError", "message": "no such tool", "has_stack": True}


def span(name, kind="UNKNOWN", parent=None, inputs=None, outputs=None, attributes=None, status="OK", events=()):
    return {
        "name": name, "type": kind, "parent": parent, "inputs": inputs, "outputs": outputs,
        "attributes": attributes or {}, "status": status, "ended": True, "events": list(events),
    }


ANSWER = [
    span("answer", "AGENT", None, INPUTS, {"answer": "12 Punkt"}, ATTRIBUTES),
    span("search", "UNKNOWN", "answer", {"q": "größe"}, FOUND),
    span("look up", "RETRIEVER", "search", {"query": "größe"}, FOUND, {"a": 1, "b": "two"}),
    span("add", "UNKNOWN", "look up", {"x": 2, "y": 4, "z": 2}, 4),
]
PROBLEM = [
    span("problem", status="ERROR", events=[EXCEPTION]),
    span("inner", "TOOL", "problem", status="ERROR", events=[EXCEPTION]),
]
#: The OTLP encoder of 3.5 sends an empty list as no value at all; only its own file has it still.
ANSWER_OF_3_5 = [{**ANSWER[0], "inputs": {**INPUTS, "nested": {"a": {"b": None}}}}, *ANSWER[1:]]
IN_RUN = [span("in run", inputs={"input": "a"}, outputs={"response": "b"})]


def answer_as_stored(client):
    return ANSWER_OF_3_5 if client == "tracing_3_5" else ANSWER


#: They read the file that a client put, if they know its dialect, and so does 3.5.
READERS_OF_FILES = {"tracing_3_5", "tracing_3_3", "skinny_3_1"}


@pytest.fixture(scope="module")
def foreign(api):
    """A trace that came as OTLP/JSON from no MLflow client at all."""
    experiment = api.experiment("foreign")
    body = {"resourceSpans": [{"scopeSpans": [{"spans": [
        {
            "traceId": "00000000000000000000000000abcdef", "spanId": "00000000000000a1", "name": "chat gpt",
            "startTimeUnixNano": "1700000000000000000", "endTimeUnixNano": "1700000001000000000",
            "attributes": [
                {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
                {"key": "server.port", "value": {"intValue": "443"}},
            ],
            "status": {"code": 1},
        },
    ]}]}]}
    api.call("POST", "/v1/traces", headers={"x-mlflow-experiment-id": experiment}, json=body)
    return "tr-00000000000000000000000000abcdef"


@pytest.fixture(scope="module")
def stories(server, foreign, tmp_path_factory):
    """What each client told after its run of `clients/story.py`."""
    def told(client):
        folder = tmp_path_factory.mktemp(client)
        story = programs.run(client, "story.py", server.url, f"story {client}", foreign, folder=folder)
        return {**story, "client": client}

    return {client: told(client) for client in CLIENTS}


@pytest.fixture(params=CLIENTS)
def story(request, stories):
    """What one client told."""
    return stories[request.param]


def test_client_is_the_release_it_stands_for(story):
    assert story["version"] == CLIENTS[story["client"]]


def test_what_was_logged_is_read_back_equal(story):
    read, ids = story["read"], story["ids"]
    assert read[ids["answer"]]["spans"] == ANSWER
    assert read[ids["problem"]]["spans"] == PROBLEM
    assert (read[ids["answer"]]["state"], read[ids["problem"]]["state"]) == ("OK", "ERROR")
    tags = {} if "update_current_trace" in story["lacks"] else {"env": "prod", "user_id": "u-1"}
    assert read[ids["answer"]]["tags"] == {**tags, "reviewed": "true"}


def test_trace_belongs_to_the_active_run(story, api):
    if "start_run" in story["lacks"]:
        # The mlflow-tracing package has no runs.
        assert story["client"].startswith("tracing")
        return
    trace = story["read"][story["ids"]["in_run"]]
    assert trace["spans"] == IN_RUN
    assert trace["run_id"] == story["run_id"]
    found = api.search(story["experiment_id"], f"run_id = '{story['run_id']}'")
    assert [info["trace_id"] for info in found] == [trace["trace_id"]]


def test_search_returns_whole_traces(story):
    ids = story["ids"]
    assert set(story["searched"]) == {id for id in ids.values() if id}
    for name in ["answer", "problem", "in_run"]:
        if ids[name]:
            assert story["searched"][ids[name]] == story["read"][ids[name]], name


def test_filters_order_and_limit_are_obeyed(story):
    ids = story["ids"]
    assert story["errors"] == [ids["problem"]]
    assert story["reviewed"] == [ids["answer"]]
    assert story["newest"] == [ids["doomed"]]


def test_deleted_trace_is_gone_and_counted(story, api):
    ids = story["ids"]
    assert story["deleted"] == 1
    assert story["left"] == sorted(id for name, id in ids.items() if id and name != "doomed")
    reply = api.get(f"3.0/mlflow/traces/{ids['doomed']}", expect=404)
    assert reply["error_code"] == "RESOURCE_DOES_NOT_EXIST"


def test_client_reads_a_trace_that_came_over_otlp(story, foreign):
    trace = story["read"][foreign]
    assert trace["state"] == "OK"
    assert [(span["name"], span["type"], span["attributes"]["server.port"]) for span in trace["spans"]] == [
        ("chat gpt", "CHAT_MODEL", 443)
    ]


def test_api_shows_the_spans_of_every_client(story, api):
    spans = api.spans(story["ids"]["answer"])
    names = {span["span_id"]: span["name"] for span in spans}
    assert [(span["name"], names.get(span["parent_id"])) for span in spans] == [
        ("answer", None), ("search", "answer"), ("look up", "search"), ("add", "look up"),
    ]
    assert spans[0]["inputs"] == answer_as_stored(story["client"])[0]["inputs"]
    assert {key: spans[0]["attributes"][key] for key in ATTRIBUTES} == ATTRIBUTES
    assert api.info(story["ids"]["answer"])["tags"]["mlflow.traceName"] == "answer"


def test_trace_of_every_client_is_found_by_its_text(story, api):
    found = api.search(story["experiment_id"], "span.type = 'RETRIEVER' AND trace.text LIKE '%größe%'")
    assert [info["trace_id"] for info in found] == [story["ids"]["answer"]]


@pytest.mark.parametrize("reader", CLIENTS)
def test_every_release_reads_what_the_others_wrote(stories, reader, server, tmp_path):
    answers = {client: story["ids"]["answer"] for client, story in stories.items()}
    problems = {client: story["ids"]["problem"] for client, story in stories.items()}
    read = programs.run(reader, "read.py", server.url, *answers.values(), *problems.values(), folder=tmp_path)
    for writer, trace_id in answers.items():
        expected = ANSWER if reader in READERS_OF_FILES else answer_as_stored(writer)
        assert read[trace_id]["spans"] == expected, writer
        assert read[trace_id]["tags"] == stories[writer]["read"][trace_id]["tags"], writer
    for writer, trace_id in problems.items():
        assert read[trace_id]["spans"] == PROBLEM, writer
