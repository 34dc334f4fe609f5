"""The LangChain application of the guide of 2.14: models and input examples are logged as runs beside the traces.

`PYTHON clients/langchain_2_14.py URL EXPERIMENT LLM_URL` prints what it saw as JSON.
"""

import json
import os
import sys

url, experiment, llm_url = sys.argv[1:]
os.environ.update({"OPENAI_API_KEY": "none", "OPENAI_API_BASE": f"{llm_url}/v1", "OPENAI_BASE_URL": f"{llm_url}/v1"})

import mlflow  # noqa: E402, the libraries read their settings when they are loaded
from langchain.prompts import PromptTemplate  # noqa: E402
from langchain_openai import OpenAI  # noqa: E402

mlflow.set_tracking_uri(url)
experiment_id = mlflow.set_experiment(experiment).experiment_id
mlflow.langchain.autolog(log_models=True, log_input_examples=True)
chain = PromptTemplate.from_template("You are {person}. The question is: {question}") | OpenAI(temperature=0.7, max_tokens=100)
answers = [
    chain.invoke({"person": "Richard Feynman", "question": "Why Mars and not Venus?"}),
    chain.invoke({"person": "Linus Torvalds", "question": "May everyone have sudo?"}),
]
client = mlflow.MlflowClient()
traces = client.search_traces(experiment_ids=[experiment_id])
runs = client.search_runs([experiment_id])
files = [entry.path for run in runs for entry in client.list_artifacts(run.info.run_id)]
print(json.dumps({
    "experiment_id": experiment_id,
    "answers": answers,
    "traces": [[span.name for span in trace.data.spans] for trace in traces],
    "runs": len(runs),
    "files": files,
}))
