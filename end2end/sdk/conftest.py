"""A running server for the tests of client libraries: empty data, a free port, stopped at the end.

`cargo xtask test sdk` sets SPANFALL_BINARY and the variables that keep the clients from telemetry.
"""

import os
import pathlib
import re
import subprocess
import threading

import pytest

import wire
from programs import QUIET

# Test modules that use a client in this very process get the same settings as the programs.
os.environ.update(QUIET)

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("SPANFALL_BINARY", str(ROOT / "target/release/spanfall"))
START_SECONDS_MAX = 10


class Server:
    """One `spanfall serve` process."""

    def __init__(self, folder: pathlib.Path, *more: str):
        self.folder = folder
        self.process = subprocess.Popen(
            [
                BINARY,
                "serve",
                *("--host", "127.0.0.1", "--port", "0"),
                *("--backend-store-uri", f"sqlite:///{folder / 'spanfall.db'}"),
                *("--artifacts-destination", str(folder / "artifacts")),
                *more,
            ],
            cwd=folder,
            stdout=subprocess.PIPE,
            text=True,
        )
        watchdog = threading.Timer(START_SECONDS_MAX, self.process.kill)
        watchdog.start()
        self.url = self._address()
        watchdog.cancel()
        # Whatever else it says must not fill the pipe.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def _address(self) -> str:
        for line in self.process.stdout:
            if found := re.search(r"listening on (http://\S+)", line):
                return found.group(1).rstrip("/")
        raise RuntimeError(f"{BINARY} ended with {self.process.wait()} before it said its address")

    def stop(self) -> None:
        """Ends the process the way an operator does, and waits for it."""
        self.process.terminate()
        self.process.wait(timeout=30)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The server that tests share; experiments of one test have names of its own."""
    running = Server(tmp_path_factory.mktemp("spanfall"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def api(server):
    """Raw calls to the shared server."""
    return wire.Wire(server.url)


@pytest.fixture
def experiment(server, request):
    """An experiment of this test's own, active in the client of this very process."""
    import mlflow  # it takes seconds, which tests without it need not wait

    mlflow.set_tracking_uri(server.url)
    return mlflow.set_experiment(request.node.nodeid)


@pytest.fixture
def fresh_server(tmp_path):
    """A server for one test, for what changes the whole store or restarts it."""
    running = Server(tmp_path)
    yield running
    running.stop()
