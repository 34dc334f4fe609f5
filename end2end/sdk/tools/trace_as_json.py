"""Prints a trace as the SDK's `Trace.to_json()` gives it, which is what people keep in files."""

import argparse

import mlflow


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uri", required=True)
    parser.add_argument("trace_id")
    arguments = parser.parse_args()
    mlflow.set_tracking_uri(arguments.uri)
    print(mlflow.get_trace(arguments.trace_id).to_json())


if __name__ == "__main__":
    main()
