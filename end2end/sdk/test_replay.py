"""Recorded agent runs go in through the official SDK and as OTLP in three attribute conventions, and come back equal."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
RUNS = HERE.parent / "data/tau2_sierra_timed_50.jsonl.gz"
EXPORTS = HERE.parent / "data/otlp_real_exports.jsonl.gz"


def replay(server, *arguments):
    """Runs the replay tool with --verify and returns its output; a mismatch makes it end with 1."""
    return load(server, *arguments, "--verify")


def load(server, *arguments):
    """Runs the replay tool and returns its output."""
    done = subprocess.run(
        [sys.executable, str(HERE / "tools/replay_trajectories.py"), *map(str, arguments), "--uri", server.url],
        env=os.environ, capture_output=True, text=True, timeout=600, check=False,
    )
    assert done.returncode == 0, (done.stdout[-4000:], done.stderr[-4000:])
    return done.stdout


def test_sdk_traces_with_runs_and_feedback_read_back_equal(server):
    output = replay(server, RUNS, "--experiment", "sdk", "--runs", "--feedback", "all")
    assert "50 traces read back, 0 mismatches" in output


@pytest.mark.parametrize("style", ["genai", "openinference", "mlflow"])
def test_otlp_traces_read_back_equal(server, style):
    output = replay(server, RUNS, "--mode", "otlp", "--attr-style", style, "--experiment", style)
    assert "50 traces read back, 0 mismatches" in output


def test_otlp_pieces_with_children_before_their_root_read_back_equal(server):
    output = replay(server, RUNS, "--mode", "otlp", "--split", "3", "--gzip", "--workers", "2", "--experiment", "pieces")
    assert "50 traces read back, 0 mismatches" in output


def test_recorded_exports_read_back_equal(server):
    output = replay(server, EXPORTS, "--experiment", "exports")
    assert "10 traces read back, 0 mismatches" in output
