"""Client programs, each run with the interpreter of an environment of its own, and the JSON they print last."""

import json
import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
#: Holds one virtual environment for each file in `locks/`; `cargo xtask test sdk` makes them.
CLIENTS = pathlib.Path(os.environ.get("SPANFALL_CLIENTS", HERE.parents[1] / "target/python/clients"))
SECONDS_MAX = 300

#: Clients retry for minutes and libraries look for hosts that cannot be reached, unless told otherwise.
QUIET = {
    "ANONYMIZED_TELEMETRY": "false",
    "CREWAI_DISABLE_TELEMETRY": "true",
    "CREWAI_TRACING_ENABLED": "false",
    "DO_NOT_TRACK": "true",
    "LITELLM_LOCAL_MODEL_COST_MAP": "true",
    "LITELLM_TELEMETRY": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "OTEL_SDK_DISABLED": "false",
    "PYTHONWARNINGS": "ignore",
}


def interpreter(environment):
    """The Python of an environment; a missing one fails the test, with what to do about it."""
    python = CLIENTS / environment / "bin/python"
    assert python.is_file(), f"{python} is missing; `cargo xtask test sdk` makes it"
    return str(python)


def run(environment, script, *arguments, folder=None, more=None):
    """Runs `clients/SCRIPT` and returns the object that its last line of output holds."""
    return run_with(interpreter(environment), script, *arguments, folder=folder, more=more)


def run_with(python, script, *arguments, folder=None, more=None):
    """The same with an interpreter that the caller has."""
    done = subprocess.run(
        [python, str(HERE / "clients" / script), *map(str, arguments)],
        cwd=folder, env={**os.environ, **QUIET, **(more or {})},
        capture_output=True, text=True, timeout=SECONDS_MAX, check=False,
    )
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and lines, f"{script} ended with {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-6000:]}"
    return json.loads(lines[-1])
