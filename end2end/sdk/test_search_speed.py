"""Searching recorded agent runs through the SDK takes hardly longer than the SDK's own work on the replies."""

import sys

import programs
from test_replay import RUNS, load

#: What the server may add to what the SDK takes for decoding, in seconds, for 50 traces with their spans.
SERVER_SECONDS_MAX = 1.0


def test_server_adds_little_to_the_clients_own_time(server, api):
    load(server, RUNS, "--mode", "otlp", "--experiment", "speed")
    experiment = api.get("2.0/mlflow/experiments/get-by-name", experiment_name="speed")["experiment"]["experiment_id"]
    told = programs.run_with(sys.executable, "search_floor.py", server.url, experiment, 2)
    assert told["traces"] == 50 and told["spans"] > 500
    real, floor = min(told["real"]), min(told["floor"])
    print(f"through the SDK {real:.2f} s, its own floor {floor:.2f} s")
    assert real <= floor + SERVER_SECONDS_MAX, told
