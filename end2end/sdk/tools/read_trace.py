#!/usr/bin/env python3
"""Print tags and assessments of a trace as the SDK reads them, as JSON.

    python read_trace.py --uri http://127.0.0.1:5000 tr-…
"""

import argparse
import json

import mlflow


def main() -> None:
    """Reads one trace."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uri", required=True)
    parser.add_argument("trace_id")
    arguments = parser.parse_args()
    mlflow.set_tracking_uri(arguments.uri)
    info = mlflow.get_trace(arguments.trace_id).info
    assessments = [
        {
            "name": assessment.name,
            "value": assessment.value,
            "rationale": assessment.rationale,
            "source": assessment.source.source_type,
            "author": assessment.source.source_id,
            "valid": assessment.valid,
            "span": assessment.span_id,
            "metadata": dict(assessment.metadata or {}),
        }
        for assessment in info.assessments
    ]
    print(json.dumps({"tags": dict(info.tags), "assessments": assessments}))


if __name__ == "__main__":
    main()
