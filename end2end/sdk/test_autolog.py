"""Libraries that MLflow traces by itself: the real ones, talking to a stand-in for their LLM."""

import json

import pytest

import programs
from stand_in_llm import ANSWER, StandInLlm

QUESTION = "What is the capital of France?"

#: For each application of `clients/autolog.py`: its environment, and what the server must show of each trace,
#: oldest first: state, name, total tokens, and the spans as (name, type, name of the parent).
APPLICATIONS = {
    "openai": ("gen_ai", [
        ("OK", "Completions", 12, [("Completions", "CHAT_MODEL", None)]),
        ("OK", "Completions", 12, [("Completions", "CHAT_MODEL", None)]),
        ("OK", "Responses", 12, [("Responses", "CHAT_MODEL", None)]),
        ("OK", "Embeddings", None, [("Embeddings", "EMBEDDING", None)]),
        ("ERROR", "Completions", None, [("Completions", "CHAT_MODEL", None)]),
    ]),
    "openai_async": ("gen_ai", [
        ("OK", "ask", 12, [("ask", "UNKNOWN", None), ("AsyncCompletions", "CHAT_MODEL", "ask")]),
    ]),
    "anthropic": ("gen_ai", [
        ("OK", "Messages.create", 12, [("Messages.create", "CHAT_MODEL", None)]),
        ("OK", "Messages.create", 12, [("Messages.create", "CHAT_MODEL", None)]),
    ]),
    "langchain": ("gen_ai", [
        ("OK", "RunnableSequence", 16, [
            ("RunnableSequence", "CHAIN", None),
            ("ChatPromptTemplate", "CHAIN", "RunnableSequence"),
            ("ChatOpenAI", "CHAT_MODEL", "RunnableSequence"),
            ("StrOutputParser", "CHAIN", "RunnableSequence"),
        ]),
    ]),
    "langchain_inside_own_span": ("gen_ai", [
        ("OK", "rag_pipeline", 16, [
            ("rag_pipeline", "CHAIN", None),
            ("retrieve", "RETRIEVER", "rag_pipeline"),
            ("ChatOpenAI", "CHAT_MODEL", "rag_pipeline"),
        ]),
    ]),
    "langgraph": ("gen_ai", [
        ("OK", "LangGraph", 22, [
            ("LangGraph", "CHAIN", None),
            ("model", "CHAIN", "LangGraph"),
            ("ChatOpenAI", "CHAT_MODEL", "model"),
            ("tools", "CHAIN", "LangGraph"),
            ("weather", "TOOL", "tools"),
            ("model", "CHAIN", "LangGraph"),
            ("ChatOpenAI", "CHAT_MODEL", "model"),
        ]),
    ]),
    "litellm": ("gen_ai", [
        ("OK", "litellm-completion", 12, [("litellm-completion", "LLM", None)]),
    ]),
    "llama_index": ("gen_ai", [
        ("OK", "SentenceSplitter.__call__", None, [("SentenceSplitter.__call__", "CHAIN", None)]),
        ("OK", "OpenAIEmbedding.get_text_embedding_batch", None, [
            ("OpenAIEmbedding.get_text_embedding_batch", "EMBEDDING", None),
        ]),
        ("OK", "RetrieverQueryEngine.query", 95, [
            ("RetrieverQueryEngine.query", "CHAIN", None),
            ("VectorIndexRetriever.retrieve", "RETRIEVER", "RetrieverQueryEngine._query"),
            ("OpenAIEmbedding.get_query_embedding", "EMBEDDING", "VectorIndexRetriever._retrieve"),
            ("OpenAILike.predict", "LLM", "DefaultRefineProgram.__call__"),
        ]),
    ]),
    "dspy": ("gen_ai", [
        ("OK", "Predict.forward", 116, [
            ("Predict.forward", "LLM", None),
            ("ChatAdapter.format", "PARSER", "Predict.forward"),
            ("LM.__call__", "CHAT_MODEL", "Predict.forward"),
            ("ChatAdapter.parse", "PARSER", "Predict.forward"),
        ]),
    ]),
    "autogen": ("gen_ai", [
        ("OK", "helper.run", 62, [
            ("helper.run", "AGENT", None),
            ("helper.on_messages", "AGENT", "helper.run"),
            ("OpenAIChatCompletionClient.create", "LLM", "helper.on_messages"),
            ("OpenAIChatCompletionClient.create", "LLM", "helper.on_messages"),
        ]),
    ]),
    "crewai": ("crewai", [
        ("OK", "Crew.kickoff", None, [
            ("Crew.kickoff", "CHAIN", None),
            ("Task.execute_sync", "CHAIN", "Crew.kickoff"),
            ("Geographer", "AGENT", "Task.execute_sync"),
        ]),
    ]),
}


@pytest.fixture(scope="module")
def llm():
    stand_in = StandInLlm()
    yield stand_in
    stand_in.stop()


@pytest.mark.parametrize("application", APPLICATIONS)
def test_application_is_shown_as_its_library_ran(application, server, api, llm, tmp_path):
    environment, expected = APPLICATIONS[application]
    home = {"HOME": str(tmp_path), "CREWAI_STORAGE_DIR": str(tmp_path)}
    told = programs.run(
        environment, "autolog.py", server.url, f"autolog {application}", application, llm.url,
        folder=tmp_path, more=home,
    )
    assert ANSWER in (told["answer"] if isinstance(told["answer"], str) else told["answer"][0])
    infos = api.search(told["experiment_id"], order_by=["timestamp_ms ASC"])
    assert [(info["state"], info["tags"]["mlflow.traceName"]) for info in infos] == [
        (state, name) for state, name, _, _ in expected
    ]
    for info, (_, _, tokens, parts) in zip(infos, expected, strict=True):
        usage = info["trace_metadata"].get("mlflow.trace.tokenUsage", "")
        assert (f'"total_tokens": {tokens}' in usage) if tokens else not usage
        spans = api.spans(info["trace_id"])
        names = {span["span_id"]: span["name"] for span in spans}
        shown = [(span["name"], span["type"], names.get(span["parent_id"])) for span in spans]
        assert [part for part in shown if part in parts] == parts
        session = info["trace_metadata"].get("mlflow.trace.session")
        assert session == ("thread-7" if application == "langgraph" else None)
        if tokens and application in ("openai", "anthropic", "langchain"):
            # 12 and 16 tokens of a known model: the client sends no cost, the server's price table knows it.
            assert 0 < json.loads(info["trace_metadata"]["mlflow.trace.cost"])["total_cost"] < 0.001
        if application == "openai":
            assert QUESTION in info["request_preview"] or "text-embedding" in info["request_preview"]
        if info["state"] == "OK":
            assert {span["status"] for span in spans} == {"OK"}
        else:
            assert spans[0]["events"][0]["exception.type"].endswith("NotFoundError")


def test_langchain_of_2_14_logs_its_model_as_a_run_beside_the_traces(server, api, llm, tmp_path):
    told = programs.run(
        "langchain_2_14", "langchain_2_14.py", server.url, "LangChain Tracing", llm.url, folder=tmp_path)
    assert told["answers"] == [ANSWER, ANSWER]
    assert told["traces"] == [["RunnableSequence", "PromptTemplate", "OpenAI"]] * 2
    assert (told["runs"], told["files"]) == (1, ["model"])
    infos = api.search(told["experiment_id"], order_by=["timestamp_ms ASC"])
    assert [info["state"] for info in infos] == ["OK", "OK"]
    root = api.spans(infos[0]["trace_id"])[0]
    assert (root["inputs"]["person"], root["outputs"]) == ("Richard Feynman", ANSWER)
