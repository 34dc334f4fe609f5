"""Logs many small traces from several threads at once.

`PYTHON clients/many_traces.py URL EXPERIMENT THREADS TRACES` prints the ids and how often the server answered with
which status, retries included.
"""

import collections
import json
import os
import sys
import threading

url, experiment, threads, count = sys.argv[1:]
os.environ.update({
    # The client drops traces when its queue is full; what is tested here is the server.
    "MLFLOW_ASYNC_TRACE_LOGGING_MAX_QUEUE_SIZE": "100000",
    # A refusal must be seen, not repeated until it goes well.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
})

import mlflow  # noqa: E402, it reads its settings when it is loaded
import requests  # noqa: E402

statuses = collections.Counter()
send = requests.adapters.HTTPAdapter.send


def counted(*arguments, **more):
    try:
        reply = send(*arguments, **more)
    except requests.RequestException as error:
        statuses[type(error).__name__] += 1
        raise
    statuses[str(reply.status_code)] += 1
    return reply


requests.adapters.HTTPAdapter.send = counted
ids = []


def log(share):
    for number in range(share):
        with mlflow.start_span(name="root") as root:
            root.set_inputs({"number": number})
            with mlflow.start_span(name="leaf", span_type="LLM"):
                pass
        ids.append(root.trace_id)


mlflow.set_tracking_uri(url)
mlflow.set_experiment(experiment_id=experiment)
workers = [threading.Thread(target=log, args=(int(count) // int(threads),)) for _ in range(int(threads))]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
mlflow.flush_trace_async_logging()
print(json.dumps({"ids": ids, "statuses": statuses}))
