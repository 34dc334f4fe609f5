"""How long `mlflow.search_traces` takes with the server, and with the same replies out of this process's memory.

`PYTHON clients/search_floor.py URL EXPERIMENT ROUNDS` prints the seconds of each round, server and memory in turn.
"""

import json
import sys
import time

import mlflow
import requests

url, experiment, rounds = sys.argv[1:]
mlflow.set_tracking_uri(url)
send = requests.adapters.HTTPAdapter.send
replies = {}


def key(request):
    return request.method, request.url, request.body


def recorded(adapter, request, **more):
    reply = send(adapter, request, **more)
    reply.content  # noqa: B018, reads the body, so that it can be given again
    replies[key(request)] = reply
    return reply


def replayed(_adapter, request, **_more):
    return replies[key(request)]


def search(transport):
    requests.adapters.HTTPAdapter.send = transport
    began = time.perf_counter()
    found = mlflow.search_traces(locations=[experiment], max_results=50, return_type="list")
    return time.perf_counter() - began, sum(len(trace.data.spans) for trace in found), len(found)


search(recorded)
real, floor = [], []
for _ in range(int(rounds)):
    seconds, spans, traces = search(send)
    real.append(seconds)
    floor.append(search(replayed)[0])
print(json.dumps({"real": real, "floor": floor, "traces": traces, "spans": spans}))
