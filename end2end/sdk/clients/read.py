"""Reads traces with whatever client the interpreter has: `PYTHON clients/read.py URL TRACE_ID...` prints them as JSON."""

import json
import sys

import mlflow

from plain import MlflowClient, plain

url, *ids = sys.argv[1:]
mlflow.set_tracking_uri(url)
client = MlflowClient()
print(json.dumps({id: plain(client.get_trace(id)) for id in ids}, default=repr))
