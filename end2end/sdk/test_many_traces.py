"""Many threads log through the SDK while others search: nothing is lost and nobody is refused."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import programs
import wire

TRACES = 10_000
PROCESSES = 2
THREADS = 16
READERS = 4
FILTERS = [None, "status = 'OK'", "span.name = 'leaf'", "name LIKE 'ro%'"]


class Reader(threading.Thread):
    """Searches until it is told to stop. Any reply but 200 ends it with an error."""

    def __init__(self, url, experiment, filter):
        super().__init__()
        self.api, self.experiment, self.filter = wire.Wire(url), experiment, filter
        self.searches, self.newest_count, self.error, self.is_over = 0, 0, None, threading.Event()

    def run(self):
        try:
            while not self.is_over.is_set():
                found = self.api.post("3.0/mlflow/traces/search", {
                    "locations": [{"mlflow_experiment": {"experiment_id": self.experiment}}],
                    "max_results": 100, **({"filter": self.filter} if self.filter else {})})
                self.searches += 1
                self.newest_count = len(found.get("traces", []))
        except AssertionError as error:
            self.error = error


def test_no_trace_of_many_threads_is_lost_while_others_search(server, api):
    experiment = api.experiment("many traces")
    readers = [Reader(server.url, experiment, filter) for filter in FILTERS[:READERS]]
    for reader in readers:
        reader.start()
    began = time.monotonic()

    def log(_):
        return programs.run("tracing_3_17", "many_traces.py", server.url, experiment, THREADS // PROCESSES, TRACES // PROCESSES)

    with ThreadPoolExecutor(PROCESSES) as pool:
        told = list(pool.map(log, range(PROCESSES)))
    seconds = time.monotonic() - began
    for reader in readers:
        reader.is_over.set()
        reader.join()

    logged = {id for one in told for id in one["ids"]}
    assert len(logged) == TRACES
    for one in told:
        # 404 is the client's question whether its experiment has a trace archive.
        assert set(one["statuses"]) <= {"200", "404"}, one["statuses"]
    assert [reader.error for reader in readers] == [None] * READERS
    assert all(reader.searches > 0 and reader.newest_count == 100 for reader in readers)
    infos = api.search(experiment, max_results=500)
    assert {info["trace_id"] for info in infos} == logged and len(infos) == TRACES
    assert {info["state"] for info in infos} == {"OK"}
    # Both spans of each are stored.
    assert len(api.search(experiment, "span.name = 'leaf' AND span.type = 'LLM'", max_results=500)) == TRACES
    assert len(api.search(experiment, "span.name = 'root'", max_results=500)) == TRACES
    print(f"{TRACES} traces in {seconds:.1f} s, {sum(reader.searches for reader in readers)} searches meanwhile")
