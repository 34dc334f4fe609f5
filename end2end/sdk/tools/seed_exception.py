#!/usr/bin/env python3
"""Log the traces that browser tests look for, through the real SDK: one that raises, one whose user and session are tags alone,
one with hostile and right-to-left text. Prints {"experiment": id, "traces": {name: trace id}, "run": id}.

    python seed_exception.py --uri http://127.0.0.1:5000
"""

import argparse
import json

import mlflow

# Content that must be shown as text and never act: markup, a script address, Arabic, emoji, a change of direction.
HOSTILE = {
    "question": "<img src=x onerror=alert(1)> <script>alert(2)</script>",
    "link": "javascript:alert(3)",
    "markdown": "[click](javascript:alert(4))",
    "arabic": "مرحبا بالعالم، كيف حالك؟",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301",
    "direction": "safe\u202egnp.exe",
}


@mlflow.trace(name="query_database", span_type="TOOL")
def query_database(order: str) -> dict:
    """Fails with a chain of two exceptions, as drivers do."""
    try:
        raise ConnectionError("connection to 10.0.0.7 timed out")
    except ConnectionError as cause:
        raise TimeoutError(f"order {order} could not be read within 30 s") from cause


@mlflow.trace(name="look_up_order", span_type="RETRIEVER")
def look_up_order(order: str) -> dict:
    """A step between the agent and what fails."""
    return query_database(order)


@mlflow.trace(name="plan", span_type="LLM")
def plan(question: str) -> str:
    """A step that goes well, before the one that fails."""
    return f"look up the order of: {question}"


@mlflow.trace(name="refund_agent", span_type="AGENT")
def refund_agent(question: str) -> dict:
    """Raises from two levels below."""
    plan(question)
    return look_up_order("A-1042")


@mlflow.trace(name="tagged_agent", span_type="AGENT")
def tagged_agent(question: str) -> str:
    """User and session are tags, as older applications write them."""
    mlflow.update_current_trace(tags={"user_id": "tag-only-user", "session_id": "tag-only-session"})
    return f"You asked: {question}"


@mlflow.trace(name="hostile_agent", span_type="AGENT")
def hostile_agent(question: dict) -> dict:
    """Answers with what it was given, as conversation too."""
    mlflow.update_current_trace(tags={"<b>key</b>": "<img src=x onerror=alert(5)>"})
    chat(question)
    return question


@mlflow.trace(name="chat <i>model</i>", span_type="CHAT_MODEL")
def chat(question: dict) -> dict:
    """The same content as messages."""
    text = "\n\n".join(question.values())
    return {"choices": [{"index": 0, "message": {"role": "assistant", "content": text}}]}


@mlflow.trace(name="rated_agent", span_type="AGENT")
def rated_agent(question: str) -> str:
    """A plain answer for people to judge and label."""
    return f"The answer to “{question}” is 42."


def main() -> None:
    """Logs all of them into one experiment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uri", required=True)
    parser.add_argument("--experiment", default="support-agent")
    arguments = parser.parse_args()
    mlflow.set_tracking_uri(arguments.uri)
    experiment = mlflow.set_experiment(arguments.experiment).experiment_id
    traces = {}

    def log(name, call, *values):
        try:
            call(*values)
        except TimeoutError:
            pass
        traces[name] = mlflow.get_last_active_trace_id()

    with mlflow.start_run(run_name="nightly") as run:
        mlflow.log_params({"model": "claude-sonnet-4-5", "temperature": 0.2})
        mlflow.log_metric("mean_reward", 0.75)
        log("failed", refund_agent, "Where is my refund?")
    log("tagged", tagged_agent, "Who am I?")
    log("hostile", hostile_agent, HOSTILE)
    for name in ("rated", "rated-by-keys", "rated-without-script", "labelled", "labelled-without-script"):
        log(name, rated_agent, f"What is six times seven ({name})?")
    mlflow.flush_trace_async_logging()
    print(json.dumps({"experiment": experiment, "traces": traces, "run": run.info.run_id}))


if __name__ == "__main__":
    main()
